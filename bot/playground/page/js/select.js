// Select menus: one field to type in and a list to choose from, for a single choice or several.
import { append, h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { choiceState, findOptions, initialChoice, isMulti } from "./options.js";
import { place } from "./popover.js";
import { textObject } from "./mrkdwn.js";

const QUERY_DELAY_MILLISECONDS = 150;

class SelectMenu {
  constructor(element, field) {
    this.element = element;
    this.field = field;
    this.multi = isMulti(element);
    this.chosen = initialChoice(element);
    this.active = -1;
    this.asked = 0;
    this.build();
    this.showChosen();
  }

  build() {
    const listId = uniqueId("options");
    this.input = h("input", {
      type: "text",
      role: "combobox",
      class: "select-input",
      id: this.field.id,
      autocomplete: "off",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-autocomplete": "list",
      ...this.field.aria,
      on: {
        click: () => this.open(),
        input: () => this.search(),
        keydown: (event) => this.onKey(event),
        blur: () => this.close(),
      },
    });
    this.list = h("div", {
      class: "select-list",
      id: listId,
      role: "listbox",
      popover: "manual",
      "aria-multiselectable": this.multi ? "true" : null,
    });
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.chips = h("span", { class: "chips" });
    this.clearButton = h(
      "button",
      { type: "button", class: "select-clear", "aria-label": "Clear selection", on: { click: () => this.commit([]) } },
      icon("close"),
    );
    this.box = h(
      "div",
      { class: "select-box", on: { click: () => this.input.focus() } },
      this.chips,
      this.input,
      this.clearButton,
      icon("chevron"),
    );
    this.node = h("div", { class: this.multi ? "select multi" : "select" }, this.box, this.list);
    this.reposition = () => place(this.list, this.box, { matchWidth: true });
  }

  showChosen() {
    const placeholder = this.element.placeholder?.text ?? (this.multi ? "Select options" : "Select an option");
    this.input.value = this.multi ? "" : (this.chosen[0]?.text.text ?? "");
    this.input.placeholder = this.multi && this.chosen.length ? "" : placeholder;
    this.chips.replaceChildren(...(this.multi ? this.chosen.map((option) => this.chip(option)) : []));
    this.clearButton.hidden = this.multi || !this.field.optional || this.chosen.length === 0;
  }

  chip(option) {
    const name = option.text.text;
    const remove = () => this.commit(this.chosen.filter((each) => each !== option));
    const button = h(
      "button",
      { type: "button", "aria-label": `Remove ${name}`, on: { click: remove } },
      icon("close"),
    );
    return h("span", { class: "chip" }, name, button);
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  async open() {
    if (this.isOpen) return;
    this.list.showPopover();
    this.input.setAttribute("aria-expanded", "true");
    if (!this.multi) this.input.select();
    document.addEventListener("scroll", this.reposition, true);
    await this.show("");
  }

  close() {
    clearTimeout(this.waiting);
    this.asked += 1;
    if (!this.isOpen) return;
    document.removeEventListener("scroll", this.reposition, true);
    this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.showChosen();
  }

  search() {
    const typed = this.input.value;
    if (!this.isOpen) this.open();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.show(typed), QUERY_DELAY_MILLISECONDS);
  }

  async show(query) {
    this.asked += 1;
    const question = this.asked;
    const { groups, note } = await findOptions(this.element, this.field.blockId, this.field.form.container, query);
    if (question !== this.asked || !this.isOpen) return;
    this.options = [];
    this.list.replaceChildren();
    for (const { label, options } of groups) {
      const rows = options.map((option) => this.optionRow(option));
      append(
        this.list,
        label
          ? h("div", { role: "group", "aria-label": label }, h("div", { class: "option-group" }, label), rows)
          : rows,
      );
    }
    if (this.options.length === 0) this.list.append(h("div", { class: "select-note" }, note));
    this.activate(
      query === ""
        ? Math.max(
            0,
            this.options.findIndex(({ option }) => this.isChosen(option)),
          )
        : 0,
    );
    this.reposition();
  }

  isChosen(option) {
    return this.chosen.some((each) => each.value === option.value);
  }

  optionRow(option) {
    const row = h(
      "div",
      {
        class: "option",
        role: "option",
        id: uniqueId("option"),
        "aria-selected": String(this.isChosen(option)),
        data: { value: option.value },
      },
      h("span", { class: "option-text" }, textObject(option.text)),
      option.description && h("span", { class: "option-description" }, textObject(option.description)),
    );
    row.addEventListener("click", () => this.choose(option));
    this.options.push({ option, row });
    return row;
  }

  activate(index) {
    this.options[this.active]?.row.classList.remove("active");
    this.active = index;
    const row = this.options[index]?.row;
    if (!row) return;
    row.classList.add("active");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }

  onKey(event) {
    if (event.key === "Backspace" && this.multi && this.input.value === "" && this.chosen.length) {
      this.commit(this.chosen.slice(0, -1));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else this.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else if (this.options?.[this.active]) this.choose(this.options[this.active].option);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  step(by) {
    const count = this.options?.length ?? 0;
    if (count) this.activate((this.active + by + count) % count);
  }

  choose(option) {
    if (!this.multi) {
      this.commit([option]);
      return;
    }
    const without = this.chosen.filter((each) => each.value !== option.value);
    const added = without.length === this.chosen.length;
    if (added && this.chosen.length >= (this.element.max_selected_items ?? Infinity)) return;
    this.commit(added ? [...this.chosen, option] : without);
  }

  async commit(chosen) {
    const before = this.chosen;
    this.chosen = chosen;
    this.close();
    this.showChosen();
    const sent = await this.field.changed(this.read());
    if (!sent) {
      this.chosen = before;
      this.showChosen();
    }
  }

  read() {
    return choiceState(this.element, this.chosen);
  }
}

/** A select menu as a field: {node, control, read, isEmpty}. */
export function selectMenu(element, field) {
  const menu = new SelectMenu(element, field);
  return { node: menu.node, control: menu.input, read: () => menu.read(), isEmpty: () => menu.chosen.length === 0 };
}
