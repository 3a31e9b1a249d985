// A menu of commands that opens at a button: shortcuts, a message's "…", overflow elements.
import { h } from "./dom.js";
import { place } from "./popover.js";

function moveFocus(menu, step) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const next = items.indexOf(document.activeElement) + step;
  items.at(next % items.length)?.focus();
}

const KEYS = { ArrowDown: 1, ArrowUp: -1 };

function onKey(event, menu) {
  if (event.key in KEYS) moveFocus(menu, KEYS[event.key]);
  else if (event.key === "Tab") menu.hidePopover();
  else if (event.key === "Escape") {
    event.stopPropagation();
    menu.hidePopover();
  } else return;
  event.preventDefault();
}

function menuItem({ label, detail, danger, run }, menu) {
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: danger ? "menu-item danger" : "menu-item",
      tabindex: -1,
      on: {
        click: () => {
          menu.hidePopover();
          run();
        },
      },
    },
    h("span", { class: "menu-label" }, label),
    detail && h("span", { class: "menu-detail" }, detail),
  );
}

/**
 * Opens a menu at `button`. `items` are {label, detail?, danger?, run}, or null for a dividing line.
 * The focus goes into the menu and comes back to the button.
 */
export function openMenu(button, label, items, { align = "start" } = {}) {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, popover: "auto" });
  menu.append(...items.map((item) => (item ? menuItem(item, menu) : h("hr"))));
  menu.addEventListener("keydown", (event) => onKey(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    button.setAttribute("aria-expanded", "false");
    menu.remove();
  });
  button.after(menu);
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(menu, button, { align });
  menu.querySelector("[role=menuitem]")?.focus();
}
