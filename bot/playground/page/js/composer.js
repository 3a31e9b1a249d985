// Where a person types: messages, slash commands, and the menu of shortcuts.
import { api } from "./api.js";
import { directory } from "./directory.js";
import { toast } from "./dialog.js";
import { h } from "./dom.js";
import { sentence } from "./errors.js";
import { iconButton } from "./icons.js";
import { openMenu } from "./menu.js";
import { outgoing } from "./outgoing.js";
import { keep, kept, session } from "./session.js";
import { Suggestions } from "./suggest.js";

async function runShortcut(shortcut) {
  const answer = await api.shortcut({ user: session.user, callback_id: shortcut.callback_id });
  if (!answer.ok) toast(sentence(answer.error));
}

function shortcutItems() {
  return directory.shortcuts
    .filter((shortcut) => shortcut.type === "global")
    .map((shortcut) => ({ label: shortcut.name, detail: directory.app.name, run: () => runShortcut(shortcut) }));
}

function usageHint(text) {
  const word = text.split(/\s/, 1)[0];
  const command = directory.commands.find((each) => each.command === word);
  return command && text.length > word.length ? `${command.command} ${command.usage_hint ?? ""}` : null;
}

export class Composer {
  /** `target` is {channel, thread_ts?}; `onSent` runs after the server took what was sent. */
  constructor({ label, target, onSent }) {
    this.target = target;
    this.onSent = onSent;
    this.recalled = 0;
    this.textarea = h("textarea", {
      rows: 1,
      class: "composer-input",
      "aria-label": label,
      placeholder: label,
      on: { input: () => this.onInput(), keydown: (event) => this.onKey(event), focus: () => this.onInput() },
    });
    this.suggestions = new Suggestions(this.textarea);
    this.hint = h("p", { class: "composer-hint" });
    this.error = h("p", { class: "composer-error", role: "alert", hidden: true });
    this.sendButton = iconButton("send", "Send", () => this.send(), { class: "icon-button send" });
    const box = h(
      "div",
      { class: "composer-box" },
      this.textarea,
      h("div", { class: "composer-tools" }, this.shortcutsButton(), this.sendButton),
    );
    this.node = h("div", { class: "composer" }, this.suggestions.list, box, this.error, this.hint);
    this.onInput();
  }

  shortcutsButton() {
    if (this.target.thread_ts || shortcutItems().length === 0) return null;
    const button = iconButton("bolt", "Shortcuts", () => openMenu(button, "Shortcuts", shortcutItems()), {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    });
    return button;
  }

  onInput() {
    const { value } = this.textarea;
    this.suggestions.update();
    this.resize();
    this.sendButton.disabled = value.trim() === "";
    const newline = value === "" ? "" : "Shift + Enter to add a new line";
    this.hint.textContent = usageHint(value) ?? newline;
  }

  resize() {
    this.textarea.style.height = "auto";
    this.textarea.style.height = `${this.textarea.scrollHeight}px`;
  }

  onKey(event) {
    if (event.isComposing || this.suggestions.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp") this.recall(event, 1);
    else if (event.key === "ArrowDown") this.recall(event, -1);
  }

  /** Steps through the lines sent before, while the field is empty or shows one of them. */
  recall(event, step) {
    const lines = kept("lines");
    const shown = this.recalled ? lines.at(-this.recalled) : "";
    const wanted = this.recalled + step;
    if (this.textarea.value !== shown || wanted < 0 || wanted > lines.length) return;
    event.preventDefault();
    this.set(wanted ? lines.at(-wanted) : "");
    this.recalled = wanted;
    this.suggestions.show([]);
  }

  set(text) {
    this.textarea.value = text;
    this.recalled = 0;
    this.onInput();
  }

  async send() {
    const line = this.textarea.value.trim();
    if (!line) return;
    keep("lines", line);
    this.set("");
    this.error.hidden = true;
    this.sendButton.setAttribute("aria-busy", "true");
    const answer = await api.say({ user: session.user, ...this.target, text: outgoing(line) });
    this.sendButton.removeAttribute("aria-busy");
    if (answer.ok) this.onSent();
    else this.failed(line, answer.error);
  }

  failed(line, error) {
    this.error.textContent = `Not sent: ${sentence(error)}`;
    this.error.hidden = false;
    if (this.textarea.value === "") this.set(line);
    this.suggestions.show([]);
  }

  focus() {
    this.textarea.focus();
  }
}
