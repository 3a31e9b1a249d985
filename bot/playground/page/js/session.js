// Who is acting and what they look at. Kept in the address, so that two tabs can play two people.

export const session = { user: "", place: "", tab: "home", thread: null };

const KEYS = ["user", "place", "tab", "thread"];

/** Reads the address; what it does not say stays empty. */
export function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  for (const key of KEYS) session[key] = parts.get(key) ?? (key === "thread" ? null : "");
}

/** Changes the session and the address together. */
export function remember(changes) {
  Object.assign(session, changes);
  const parts = KEYS.filter((key) => session[key]).map((key) => [key, session[key]]);
  history.replaceState(null, "", `#${new URLSearchParams(parts)}`);
}

function stored(key) {
  return JSON.parse(sessionStorage.getItem(key) ?? "[]");
}

/** Adds an item to a short list this tab keeps: lines typed, messages dismissed. */
export function keep(list, item, limit = 200) {
  const key = `${list}:${session.user}`;
  const items = stored(key).filter((each) => each !== item);
  sessionStorage.setItem(key, JSON.stringify([...items, item].slice(-limit)));
}

/** The items kept in a list, oldest first. */
export function kept(list) {
  return stored(`${list}:${session.user}`);
}
