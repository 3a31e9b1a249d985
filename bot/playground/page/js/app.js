// Ties the page together: who acts, what is shown, and what the server tells.
import { api } from "./api.js";
import { channelsOf, directory, directOf, findChannel, findUser, updateDirectory } from "./directory.js";
import { coalesce } from "./dom.js";
import { Home } from "./home.js";
import { Modals } from "./modal.js";
import { closePanel } from "./panel.js";
import { drawPlace } from "./place.js";
import { readAddress, remember, session } from "./session.js";
import { APP_PLACE, drawSidebar } from "./sidebar.js";
import { openThread } from "./thread.js";

const sidebar = document.getElementById("sidebar");
const main = document.getElementById("main");
const banner = document.getElementById("banner");
const unread = new Set();
const modals = new Modals();
let place = null;
let thread = null;
let events = null;
let reachable = true;

function showBanner() {
  const text = reachable
    ? `${directory.app.name} is not connected. Start the bot; commands and buttons fail until then.`
    : "The playground server does not answer. Trying again…";
  banner.hidden = reachable && directory.connected;
  banner.textContent = banner.hidden ? "" : text;
}

function showSidebar() {
  drawSidebar(sidebar, { unread, onPlace: (id) => goTo({ place: id, thread: null }), onUser: actAs });
}

function showThread(message) {
  const channel = place.channel;
  const title =
    findChannel(channel)?.id === directOf(session.user)?.id ? directory.app.name : `#${findChannel(channel).name}`;
  thread = openThread({
    channel,
    ts: message.thread_ts ?? message.ts,
    title,
    onClose: () => {
      thread = null;
    },
  });
  return thread.refresh();
}

async function goTo(changes) {
  closePanel();
  remember(changes);
  if (session.place === APP_PLACE && !directOf(session.user)) await refreshState();
  place = drawPlace(main, { openThread: showThread, onTab: (tab) => goTo({ tab }) });
  unread.delete(place.channel);
  const title = session.place === APP_PLACE ? directory.app.name : `#${findChannel(session.place).name}`;
  document.title = `${title} · ${directory.team.name}`;
  showSidebar();
  await (place.body.open?.() ?? place.body.refresh());
  place.body.composer?.focus();
}

/** Loads what this person sees, and mends the session where it names somebody or something that is not there. */
async function enter(user) {
  updateDirectory(await api.state(user));
  session.user = findUser(user) ? user : (directory.users[0]?.id ?? "");
  if (session.user !== user) updateDirectory(await api.state(session.user));
  const mine = channelsOf(session.user);
  const there = session.place === APP_PLACE || mine.some((channel) => channel.id === session.place);
  if (!there) Object.assign(session, { place: mine[0]?.id ?? APP_PLACE, thread: null });
}

const refreshState = coalesce(async () => {
  updateDirectory(await api.state(session.user));
  showBanner();
  showSidebar();
});

async function refreshAll() {
  await refreshState();
  await Promise.all([place?.body.refresh(), modals.refresh(), thread?.refresh()]);
}

const onEvent = {
  connected: refreshState,
  modals: modals.refresh,
  home: () => place.body instanceof Home && place.body.refresh(),
  async channel({ channel }) {
    if (!findChannel(channel)) await refreshState();
    if (thread?.channel === channel) thread.refresh();
    if (place.channel === channel) place.body.refresh();
    else markUnread(channel);
  },
};

function markUnread(channel) {
  unread.add(channel);
  showSidebar();
}

function listen() {
  events?.close();
  events = api.events(session.user);
  events.onmessage = (event) => {
    const told = JSON.parse(event.data);
    onEvent[told.type]?.(told);
  };
  // Whatever happened before the stream was open, at first or after a break, was not told: ask for all of it.
  events.onopen = () => {
    reachable = true;
    refreshAll();
  };
  events.onerror = () => {
    reachable = false;
    showBanner();
  };
}

async function actAs(user) {
  closePanel();
  unread.clear();
  await enter(user);
  showBanner();
  listen();
  await Promise.all([goTo({}), modals.refresh()]);
}

async function start() {
  readAddress();
  await actAs(session.user);
  if (session.thread && place.channel) await showThread({ ts: session.thread });
}

window.addEventListener("hashchange", () => location.reload());
start();
