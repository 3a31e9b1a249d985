// The panel on the right: a thread, a payload, a notification or the traffic, one at a time.
import { h } from "./dom.js";
import { iconButton } from "./icons.js";

let current = null;

function element() {
  return document.getElementById("panel");
}

/** Shows `content` under `title`. `kind` names what it is; `onClose` runs when it closes or makes way for another. */
export function openPanel({ kind, title, subtitle = null, content, onClose = () => {} }) {
  const opener = current?.opener ?? document.activeElement;
  current?.onClose();
  current = { kind, onClose, opener };
  const heading = h(
    "h2",
    { id: "panel-title", tabindex: -1 },
    title,
    subtitle && h("span", { class: "panel-subtitle" }, subtitle),
  );
  const head = h("header", { class: "panel-head" }, heading, iconButton("close", "Close panel", closePanel));
  element().replaceChildren(head, content);
  element().setAttribute("aria-labelledby", "panel-title");
  element().dataset.kind = kind;
  element().hidden = false;
  heading.focus();
}

/** Closes the panel and gives the focus back to what had it before. */
export function closePanel() {
  if (!current) return;
  const { onClose, opener } = current;
  current = null;
  element().hidden = true;
  element().replaceChildren();
  onClose();
  if (opener?.isConnected) opener.focus();
}

export function panelKind() {
  return current?.kind ?? null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && element().contains(event.target)) closePanel();
});
