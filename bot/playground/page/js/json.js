// JSON laid out to be read.
import { h } from "./dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/gi;

function kind(token, key) {
  if (key) return "json-key";
  return token.startsWith('"') ? "json-string" : "json-value";
}

/** A block of indented JSON with keys and values told apart, and a button to copy it. */
export function json(value) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const pre = h("pre", { class: "json", tabindex: 0 });
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[1] ?? match[0];
    pre.append(text.slice(end, match.index), h("span", { class: kind(token, match[2]) }, token), match[2] ?? "");
    end = match.index + match[0].length;
  }
  pre.append(text.slice(end));
  const copy = h(
    "button",
    { type: "button", class: "button small copy", on: { click: () => navigator.clipboard.writeText(text) } },
    "Copy",
  );
  return h("div", { class: "json-box" }, copy, pre);
}
