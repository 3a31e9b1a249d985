// The interactive elements of one message or view: their state, their errors, and what they tell the bot.
import { h } from "./dom.js";
import { api } from "./api.js";
import { confirmed } from "./dialog.js";
import { sentence } from "./errors.js";
import { session } from "./session.js";

const REQUIRED = "Please complete this required field.";

/** The element as if the bot had set what the person already entered: Slack keeps state across updates by id. */
export function withRetained(element, value) {
  if (!value) return element;
  const kept = Object.entries(value).filter(([key]) => key !== "type");
  const initial = kept.map(([key, held]) => [
    key === "value" ? "initial_value" : key.replace("selected_", "initial_"),
    held,
  ]);
  return { ...element, ...Object.fromEntries(initial) };
}

/**
 * The form of one container ({type, channel, ts} or {type, view_id}).
 * `retained` holds the values of the same container before it was drawn again.
 */
export class Form {
  constructor(container, retained = {}) {
    this.container = container;
    this.retained = retained;
    this.fields = [];
    this.root = null;
  }

  held(blockId, actionId) {
    return this.retained[blockId]?.[actionId];
  }

  /** Registers a field: {blockId, actionId, type, optional, read, isEmpty, problem?, focus, showError}. */
  add(field) {
    this.fields.push(field);
  }

  /** The values in the shape of Slack's `state.values`. */
  values() {
    const values = {};
    for (const { blockId, actionId, type, read } of this.fields) {
      values[blockId] = { ...values[blockId], [actionId]: { type, ...read() } };
    }
    return values;
  }

  /** Checks what Slack's client checks before it submits; shows what is wrong and returns whether all is well. */
  check() {
    const errors = {};
    for (const field of this.fields.filter((each) => each.showError)) {
      const problem = field.isEmpty() ? (field.optional ? null : REQUIRED) : field.problem?.();
      if (problem) errors[field.blockId] = problem;
    }
    this.showErrors(errors);
    return Object.keys(errors).length === 0;
  }

  /** Shows each error beside its input, clears the others, and moves the focus to the first one wrong. */
  showErrors(errors) {
    const shown = this.fields.filter((field) => field.showError);
    for (const field of shown) field.showError(errors[field.blockId] ?? null);
    shown.find((field) => errors[field.blockId])?.focus();
  }

  /** Sends a block action after its confirmation, if it has one. Returns whether it was sent. */
  async act(element, blockId, value, control) {
    if (element.confirm && !(await confirmed(element.confirm))) return false;
    this.clearFailure();
    control.setAttribute("aria-busy", "true");
    const answer = await api.action({
      user: session.user,
      container: this.container,
      block_id: blockId,
      action_id: element.action_id,
      value,
      state: this.values(),
    });
    control.removeAttribute("aria-busy");
    if (!answer.ok) this.fail(sentence(answer.error));
    return true;
  }

  fail(text) {
    this.clearFailure();
    this.root.append(h("p", { class: "action-error", role: "alert" }, text));
  }

  clearFailure() {
    this.root.querySelector(":scope > .action-error")?.remove();
  }
}
