// Dialogs and toasts. The browser's own modal <dialog> keeps the focus inside and gives it back.
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";

/** Asks a Block Kit confirmation; resolves to whether the person agreed. */
export function confirmed(confirm) {
  const titleId = uniqueId("confirm-title");
  return new Promise((resolve) => {
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const button = (text, kind, answer) =>
      h("button", { type: "button", class: `button ${kind}`, on: { click: () => close(answer) } }, textObject(text));
    const dialog = h(
      "dialog",
      { class: "dialog confirm", "aria-labelledby": titleId },
      h("h2", { id: titleId }, textObject(confirm.title)),
      h("div", { class: "confirm-text" }, textObject(confirm.text)),
      h(
        "div",
        { class: "dialog-buttons" },
        button(confirm.deny, "", false),
        button(confirm.confirm, confirm.style ?? "primary", true),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Shows a short failure over everything else, until it is dismissed or the next one comes. */
export function toast(text) {
  document.querySelector(".toast")?.remove();
  const box = h("div", { class: "toast", role: "alert", popover: "manual" }, icon("warning"), h("span", {}, text));
  box.append(
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Dismiss", on: { click: () => box.remove() } },
      icon("close"),
    ),
  );
  // While a dialog is open nothing outside it can be reached.
  (document.querySelector("dialog[open]") ?? document.body).append(box);
  box.showPopover();
}
