// One message as a list item: who, when, what, and what can be done with it.
import { api } from "./api.js";
import { avatar } from "./avatar.js";
import { blocksNode } from "./blocks.js";
import { clock, dayAndClock, fullTime } from "./dates.js";
import { directory } from "./directory.js";
import { toast } from "./dialog.js";
import { h } from "./dom.js";
import { sentence } from "./errors.js";
import { Form } from "./form.js";
import { icon, iconButton } from "./icons.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { session } from "./session.js";

const KILOBYTE = 1024;

function size(bytes) {
  if (bytes < KILOBYTE) return `${bytes} B`;
  return bytes < KILOBYTE * KILOBYTE
    ? `${Math.round(bytes / KILOBYTE)} kB`
    : `${(bytes / KILOBYTE / KILOBYTE).toFixed(1)} MB`;
}

function fileCard(file) {
  const detail = [file.filetype?.toUpperCase(), size(file.size)].filter(Boolean).join(" · ");
  const link = file.url_private_download ?? file.url_private;
  return h(
    "a",
    { class: "file-card", href: link, download: file.name },
    icon("file"),
    h(
      "span",
      {},
      h("span", { class: "file-name" }, file.title || file.name),
      h("span", { class: "file-detail" }, detail),
    ),
  );
}

function content(message, form) {
  const edited = message.edited && h("span", { class: "edited" }, " (edited)");
  const text = message.blocks?.length
    ? [blocksNode(message.blocks, form), edited]
    : h("div", { class: "message-text" }, mrkdwn(message.text), edited);
  return [text, message.files.map(fileCard)];
}

function head(message, inThread) {
  const time = new Date(message.time);
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "author" }, message.author),
    message.bot && h("span", { class: "app-badge" }, "APP"),
    h("time", { datetime: message.time, title: fullTime(time) }, inThread ? dayAndClock(time) : clock(time)),
  );
}

function ephemeralNote(message, actions) {
  if (!message.ephemeral) return null;
  const dismiss = h(
    "button",
    { type: "button", class: "link-button", on: { click: () => actions.dismiss(message) } },
    "Dismiss",
  );
  return h(
    "div",
    { class: "ephemeral-note" },
    icon("eye"),
    "Only visible to you",
    h("span", { "aria-hidden": "true" }, "·"),
    dismiss,
  );
}

function replies(message, actions) {
  if (actions.inThread || !message.reply_count) return null;
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return h(
    "button",
    { type: "button", class: "reply-bar", on: { click: () => actions.openThread(message) } },
    h("span", { class: "reply-count" }, count),
    h("span", { class: "reply-hint" }, "View thread"),
  );
}

async function runShortcut(shortcut, message, channel) {
  const answer = await api.shortcut({ user: session.user, callback_id: shortcut.callback_id, channel, ts: message.ts });
  if (!answer.ok) toast(sentence(answer.error));
}

function menuItems(message, actions) {
  const shortcuts = directory.shortcuts
    .filter((shortcut) => shortcut.type === "message" && !message.ephemeral)
    .map((shortcut) => ({
      label: shortcut.name,
      detail: directory.app.name,
      run: () => runShortcut(shortcut, message, actions.channel),
    }));
  const line = shortcuts.length ? [null] : [];
  return [
    ...shortcuts,
    ...line,
    { label: "Show raw payload", run: () => actions.showRaw(message) },
    { label: "Show as notification", run: () => actions.showNotification(message) },
  ];
}

function toolbar(message, actions) {
  const more = iconButton(
    "more",
    "More actions",
    () => openMenu(more, "Message actions", menuItems(message, actions), { align: "end" }),
    {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
  );
  const thread =
    !actions.inThread &&
    !message.ephemeral &&
    iconButton("thread", "Reply in thread", () => actions.openThread(message));
  return h("div", { class: "message-toolbar", role: "group", "aria-label": "Message tools" }, thread, more);
}

/**
 * The list item of a message and its form: {node, form}.
 * `compact` leaves out the head, for a message that follows one of the same author.
 */
export function messageItem(message, { compact, retained, actions }) {
  const form = new Form({ type: "message", channel: actions.channel, ts: message.ts }, retained);
  const time = new Date(message.time);
  const gutter = compact
    ? h("time", { class: "gutter-time", title: fullTime(time) }, clock(time).replace(/ [AP]M$/, ""))
    : avatar(message.user ?? "app", message.author, { app: message.bot });
  const node = h(
    "li",
    {
      class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      data: { ts: message.ts, author: message.author },
    },
    h("div", { class: "gutter" }, gutter),
    h(
      "div",
      { class: "message-main" },
      ephemeralNote(message, actions),
      compact ? null : head(message, actions.inThread),
      content(message, form),
      replies(message, actions),
    ),
    toolbar(message, actions),
  );
  return { node, form };
}
