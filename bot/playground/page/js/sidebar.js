// The left side: who is acting, channels, and the app.
import { avatar } from "./avatar.js";
import { channelsOf, directory, directOf, findUser } from "./directory.js";
import { h } from "./dom.js";
import { session } from "./session.js";

/** The place that stands for the app: its Home and its direct messages. */
export const APP_PLACE = "app";

function actAs(onUser) {
  const user = findUser(session.user);
  const select = h("select", { id: "act-as", on: { change: (event) => onUser(event.target.value) } });
  for (const each of directory.users) {
    const option = h("option", { value: each.id }, each.title ? `${each.name} · ${each.title}` : each.name);
    option.selected = each.id === session.user;
    select.append(option);
  }
  return h(
    "div",
    { class: "act-as" },
    avatar(session.user, user?.name ?? "?"),
    h("div", { class: "act-as-text" }, h("label", { for: "act-as" }, "Act as"), select),
  );
}

function entry({ place, label, mark, unread, onPlace }) {
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: unread ? "place unread" : "place",
        "aria-current": session.place === place ? "page" : null,
        data: { place },
        on: { click: () => onPlace(place) },
      },
      mark,
      h("span", { class: "place-label" }, label),
      unread && h("span", { class: "visually-hidden" }, " (unread)"),
    ),
  );
}

function places({ unread, onPlace }) {
  const direct = directOf(session.user);
  const hash = () => h("span", { class: "place-mark", "aria-hidden": "true" }, "#");
  const channels = channelsOf(session.user).map(({ id, name }) =>
    entry({ place: id, label: name, mark: hash(), unread: unread.has(id), onPlace }),
  );
  const app = entry({
    place: APP_PLACE,
    label: directory.app.name,
    mark: avatar("app", directory.app.name, { app: true, small: true }),
    unread: Boolean(direct && unread.has(direct.id)),
    onPlace,
  });
  return h(
    "div",
    { class: "places" },
    h("h2", {}, "Channels"),
    h("ul", { "aria-label": "Channels" }, channels),
    h("h2", {}, "Apps"),
    h("ul", { "aria-label": "Apps" }, app),
  );
}

function team() {
  return h(
    "header",
    { class: "team" },
    h("h1", {}, directory.team.name),
    h("span", { class: "team-note" }, "Slack playground"),
  );
}

function connection() {
  const [state, text] = directory.connected ? ["on", "Bot connected"] : ["off", "Bot not connected"];
  return h("p", { class: `connection ${state}` }, text);
}

/** Puts `made` where `old` stands, unless they are alike: a menu that is open in it stays open. */
function exchange(old, made) {
  const choice = (node) => node.querySelector("select")?.value;
  if (old.outerHTML === made.outerHTML && choice(old) === choice(made)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(made);
  if (focused?.id) document.getElementById(focused.id).focus();
  else if (focused?.dataset.place) made.querySelector(`[data-place="${CSS.escape(focused.dataset.place)}"]`)?.focus();
}

/** Draws the sidebar. `unread` is a set of channel ids. */
export function drawSidebar(node, { unread, onPlace, onUser }) {
  const parts = [team(), actAs(onUser), places({ unread, onPlace }), connection()];
  if (node.childElementCount === 0) node.append(...parts);
  else [...node.children].forEach((old, index) => exchange(old, parts[index]));
}
