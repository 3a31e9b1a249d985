// The middle of the page: the header of a channel or of the app, and what is under it.
import { Conversation } from "./conversation.js";
import { directory, directOf, findChannel } from "./directory.js";
import { h } from "./dom.js";
import { Home } from "./home.js";
import { icon } from "./icons.js";
import { closePanel, panelKind } from "./panel.js";
import { remember, session } from "./session.js";
import { APP_PLACE } from "./sidebar.js";
import { openTraffic } from "./traffic.js";

function trafficButton() {
  const toggle = () => (panelKind() === "traffic" ? closePanel() : openTraffic());
  return h("button", { type: "button", class: "button small", on: { click: toggle } }, icon("traffic"), "Traffic");
}

function header(title, ...beside) {
  return h(
    "header",
    { class: "place-head" },
    h("h2", {}, title),
    beside,
    h("span", { class: "spacer" }),
    trafficButton(),
  );
}

function intro(title, text) {
  return h("div", { class: "intro" }, h("h3", {}, title), h("p", {}, text));
}

function commandHint() {
  const first = directory.commands[0]?.command;
  return first ? ` Type ${first} to talk to ${directory.app.name}, or “/” to see every command.` : "";
}

function channelPlace(channel, openThread) {
  const count = `${channel.members.length} ${channel.members.length === 1 ? "member" : "members"}`;
  const absent =
    !channel.bot_is_member && h("span", { class: "absent" }, `${directory.app.name} is not in this channel`);
  const title = `#${channel.name}`;
  const conversation = new Conversation({
    channel: channel.id,
    title,
    intro: intro(title, `This is the very beginning of the ${title} channel.${commandHint()}`),
    openThread,
  });
  return {
    head: [header(title, h("span", { class: "member-count" }, count), absent)],
    body: conversation,
    channel: channel.id,
  };
}

function tab(name, label, onTab) {
  const current = session.tab === name;
  return h(
    "button",
    { type: "button", role: "tab", "aria-selected": String(current), class: "tab", on: { click: () => onTab(name) } },
    label,
  );
}

function appMessages(openThread) {
  const direct = directOf(session.user);
  const name = directory.app.name;
  if (!direct)
    return { node: h("p", { class: "empty" }, `${name} has not written to you yet.`), refresh: async () => {} };
  return new Conversation({
    channel: direct.id,
    title: name,
    intro: intro(name, `Messages between you and ${name}.${commandHint()}`),
    openThread,
  });
}

function appPlace(openThread, onTab) {
  const tabs = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": directory.app.name },
    tab("home", "Home", onTab),
    tab("messages", "Messages", onTab),
  );
  const body = session.tab === "home" ? new Home() : appMessages(openThread);
  return {
    head: [header(directory.app.name, h("span", { class: "app-badge" }, "APP")), tabs],
    body,
    channel: body.channel,
  };
}

/** Draws the place the session names into `node`; returns {body, channel}, the body having `node` and `refresh`. */
export function drawPlace(node, { openThread, onTab }) {
  if (session.place === APP_PLACE && session.tab !== "messages") remember({ tab: "home" });
  const place =
    session.place === APP_PLACE ? appPlace(openThread, onTab) : channelPlace(findChannel(session.place), openThread);
  node.replaceChildren(...place.head, place.body.node);
  return place;
}
