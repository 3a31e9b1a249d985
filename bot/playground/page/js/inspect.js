// Two ways to look behind a message: its payload, and what a notification of it would say.
import { avatar } from "./avatar.js";
import { directory } from "./directory.js";
import { h } from "./dom.js";
import { json } from "./json.js";
import { asPlainText } from "./mrkdwn.js";
import { openPanel } from "./panel.js";

const WITHOUT_TEXT = "This content can't be displayed.";

/** Opens the message's payload as the server holds it. */
export function showRaw(message) {
  openPanel({
    kind: "raw",
    title: "Raw payload",
    subtitle: message.ts,
    content: h("div", { class: "panel-scroll" }, json(message.raw)),
  });
}

/** Opens what Slack would show on a phone's lock screen: the fallback text alone, never the blocks. */
export function showNotification(message) {
  const text = asPlainText(message.text);
  const card = h(
    "div",
    { class: "notification" },
    avatar(message.user ?? "app", message.author, { app: message.bot, small: true }),
    h("div", {}, h("strong", {}, message.author), h("p", { class: "notification-text" }, text || WITHOUT_TEXT)),
  );
  const note = message.ephemeral
    ? "Slack sends no notification for a message only you can see; screen readers read this text."
    : "Notifications and screen readers get the message's text alone. Blocks do not appear there.";
  openPanel({
    kind: "notification",
    title: "As a notification",
    subtitle: directory.team.name,
    content: h("div", { class: "panel-scroll" }, card, h("p", { class: "panel-note" }, note)),
  });
}
