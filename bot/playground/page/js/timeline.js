// A scrolling list of messages that changes only where the messages changed, so that focus and half-made choices stay.
import { announce, h } from "./dom.js";
import { dayHeading } from "./dates.js";
import { kept, keep } from "./session.js";
import { messageItem } from "./message.js";
import { asPlainText } from "./mrkdwn.js";

const GROUPED_MINUTES = 5;
const NEAR_BOTTOM_PIXELS = 80;

function follows(message, previous) {
  if (!previous || previous.ephemeral || message.ephemeral) return false;
  const minutes = (new Date(message.time) - new Date(previous.time)) / 60_000;
  return (
    previous.author === message.author &&
    previous.bot === message.bot &&
    !previous.reply_count &&
    minutes < GROUPED_MINUTES
  );
}

function day(message) {
  return new Date(message.time).toDateString();
}

function dayHeadingBetween(previous, message) {
  return previous && day(previous) === day(message) ? null : dayHeading(new Date(message.time));
}

/** In a thread the parent is set off from its replies by their number. */
function replyHeading(messages, index) {
  if (index !== 1) return null;
  return messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`;
}

/** Brings `list` to hold exactly `wanted`, in order, without moving nodes that stand right already. */
function arrange(list, wanted) {
  const keepers = new Set(wanted);
  for (const child of [...list.children]) if (!keepers.has(child)) child.remove();
  let place = list.firstElementChild;
  for (const node of wanted) {
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}

export class Timeline {
  /** `actions` are what a message's buttons do; see message.js. `intro` is shown before the first message. */
  constructor({ label, actions, intro = null }) {
    this.actions = { ...actions, dismiss: (message) => this.dismiss(message) };
    this.items = new Map();
    this.headings = new Map();
    this.loaded = false;
    this.stuck = true;
    this.lastTop = 0;
    this.list = h("ol", { class: "messages", "aria-label": label });
    this.newer = h(
      "button",
      { type: "button", class: "newer", hidden: true, on: { click: () => this.toBottom() } },
      "New messages ↓",
    );
    this.scroller = h("div", { class: "scroller", tabindex: -1 }, h("div", { class: "scroll-fill" }, intro, this.list));
    this.scroller.addEventListener("scroll", () => this.scrolled());
    const grown = new ResizeObserver(() => this.stuck && this.toBottom());
    grown.observe(this.scroller);
    grown.observe(this.scroller.firstElementChild);
    this.node = h("div", { class: "timeline" }, this.scroller, this.newer);
  }

  get atBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PIXELS;
  }

  /** Whoever reads the newest message stays with it while pictures load and messages come in, until they scroll up. */
  scrolled() {
    const { scrollTop } = this.scroller;
    if (this.atBottom) {
      this.stuck = true;
      this.newer.hidden = true;
    } else if (scrollTop < this.lastTop) this.stuck = false;
    this.lastTop = scrollTop;
  }

  toBottom() {
    this.stuck = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newer.hidden = true;
  }

  dismiss(message) {
    keep("dismissed", message.ts);
    this.show(this.messages);
  }

  show(messages) {
    const dismissed = new Set(kept("dismissed"));
    this.messages = messages;
    const visible = messages.filter((message) => !(message.ephemeral && dismissed.has(message.ts)));
    const added = visible.filter((message) => !this.items.has(message.ts));
    arrange(this.list, this.nodesFor(visible));
    this.forget(visible);
    if (this.stuck) this.toBottom();
    else if (added.length) this.newer.hidden = false;
    if (this.loaded && added.length)
      announce(added.map((message) => `${message.author}: ${asPlainText(message.text)}`).join("\n"));
    this.loaded = true;
  }

  nodesFor(messages) {
    const nodes = [];
    messages.forEach((message, index) => {
      const previous = messages[index - 1];
      const heading = this.actions.inThread ? replyHeading(messages, index) : dayHeadingBetween(previous, message);
      if (heading) nodes.push(this.heading(heading));
      nodes.push(this.item(message, !heading && follows(message, previous)));
    });
    return nodes;
  }

  heading(text) {
    const kind = this.actions.inThread ? "reply-line" : "day";
    if (!this.headings.has(text))
      this.headings.set(text, h("li", { class: kind, role: "separator", "aria-label": text }, h("span", {}, text)));
    return this.headings.get(text);
  }

  item(message, compact) {
    const signature = JSON.stringify([message, compact]);
    const old = this.items.get(message.ts);
    if (old?.signature === signature) return old.node;
    const made = messageItem(message, { compact, retained: old?.form.values(), actions: this.actions });
    this.items.set(message.ts, { ...made, signature });
    if (old) this.replace(old.node, made.node);
    return made.node;
  }

  replace(oldNode, newNode) {
    const focused = oldNode.contains(document.activeElement)
      ? document.activeElement.closest("[data-action-id]")
      : null;
    oldNode.replaceWith(newNode);
    if (focused) newNode.querySelector(`[data-action-id="${CSS.escape(focused.dataset.actionId)}"]`)?.focus();
  }

  forget(messages) {
    const present = new Set(messages.map((message) => message.ts));
    for (const ts of this.items.keys()) if (!present.has(ts)) this.items.delete(ts);
  }
}
