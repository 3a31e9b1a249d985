// Coloured initials in place of photographs.
import { h } from "./dom.js";

const HUES = [206, 262, 338, 24, 152, 184, 44, 292];

function initials(name) {
  const words = name.split(/[\s_-]+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 2);
  return letters.toUpperCase();
}

function hue(id) {
  const sum = [...id].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 997, 7);
  return HUES[sum % HUES.length];
}

/** A square with a person's or an app's initials, in a colour that stays the same for the id. */
export function avatar(id, name, { app = false, small = false } = {}) {
  const node = h(
    "span",
    { class: `avatar${app ? " app" : ""}${small ? " small" : ""}`, "aria-hidden": "true" },
    initials(name || "?"),
  );
  if (!app) node.style.setProperty("--hue", hue(id));
  return node;
}
