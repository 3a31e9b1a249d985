// The list that helps while typing: commands after "/", people after "@", channels after "#".
import { h, uniqueId } from "./dom.js";
import { avatar } from "./avatar.js";
import { channelsOf, directory } from "./directory.js";
import { session } from "./session.js";

const MOST_SHOWN = 8;

function commands(query) {
  return directory.commands
    .filter(({ command }) => command.startsWith(`/${query}`))
    .map(({ command, description, usage_hint: hint }) => ({
      insert: `${command} `,
      label: command,
      hint,
      detail: description,
    }));
}

function people(query) {
  const wanted = query.toLowerCase();
  return directory.users
    .filter((user) => user.name.toLowerCase().includes(wanted))
    .map((user) => ({
      insert: `@${user.name} `,
      label: user.name,
      detail: user.title,
      picture: avatar(user.id, user.name, { small: true }),
    }));
}

function channels(query) {
  return channelsOf(session.user)
    .filter((channel) => channel.name.includes(query.toLowerCase()))
    .map((channel) => ({ insert: `#${channel.name} `, label: `#${channel.name}` }));
}

const TRIGGERS = [
  { pattern: /^\/(\S*)$/, find: commands },
  { pattern: /(?:^|\s)@([\p{L}\p{N}._-]*)$/u, find: people },
  { pattern: /(?:^|\s)#([\p{L}\p{N}._-]*)$/u, find: channels },
];

export class Suggestions {
  constructor(textarea) {
    this.textarea = textarea;
    this.list = h("div", {
      class: "suggestions",
      role: "listbox",
      id: uniqueId("suggestions"),
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    textarea.setAttribute("aria-autocomplete", "list");
    textarea.setAttribute("aria-controls", this.list.id);
    textarea.addEventListener("blur", () => this.show([]));
    this.show([]);
  }

  /** Looks at what stands before the caret and shows what could complete it. */
  update() {
    const before = this.textarea.value.slice(0, this.textarea.selectionStart);
    for (const { pattern, find } of TRIGGERS) {
      const match = pattern.exec(before);
      if (match) {
        this.from = before.length - match[1].length - 1;
        this.show(find(match[1]).slice(0, MOST_SHOWN));
        return;
      }
    }
    this.show([]);
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((each) => this.row(each)));
    this.list.hidden = found.length === 0;
    this.activate(0);
  }

  row(each) {
    return h(
      "div",
      {
        class: "suggestion",
        role: "option",
        id: uniqueId("suggestion"),
        "aria-selected": "false",
        on: { click: () => this.take(each) },
      },
      each.picture,
      h("span", { class: "suggestion-label" }, each.label),
      each.hint && h("span", { class: "suggestion-hint" }, each.hint),
      each.detail && h("span", { class: "suggestion-detail" }, each.detail),
    );
  }

  activate(index) {
    this.active = index;
    [...this.list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    const row = this.list.children[index];
    if (row) this.textarea.setAttribute("aria-activedescendant", row.id);
    else this.textarea.removeAttribute("aria-activedescendant");
  }

  take(each) {
    const { value, selectionStart } = this.textarea;
    this.textarea.setRangeText(each.insert, this.from, selectionStart, "end");
    if (value !== this.textarea.value) this.textarea.dispatchEvent(new Event("input"));
  }

  /** Handles a key while the list is open; returns whether it was for the list. */
  onKey(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const typed = this.textarea.value.slice(this.from, this.textarea.selectionStart);
    const complete = this.found[this.active].insert.trim() === typed;
    if (step) this.activate((this.active + step + this.found.length) % this.found.length);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !complete))
      this.take(this.found[this.active]);
    else if (event.key === "Escape") this.show([]);
    else return false;
    event.preventDefault();
    return true;
  }
}
