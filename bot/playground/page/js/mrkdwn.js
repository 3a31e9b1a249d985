// Slack's mrkdwn to DOM nodes. https://docs.slack.dev/messaging/formatting-message-text
import { append, h } from "./dom.js";
import { channelName, userName } from "./directory.js";
import { emoji } from "./emoji.js";
import { fillDate } from "./dates.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Text with Slack's three escapes undone. */
function unescape(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** A link that can only lead to the web or a mail program; anything else stays text. */
export function safeLink(url, label) {
  if (!/^(https?:|mailto:)/i.test(url)) return label;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function mention(kind, label) {
  return h("span", { class: `mention mention-${kind}` }, label);
}

export function emojiNode(name) {
  const character = emoji(name);
  if (!character) return `:${name}:`;
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, character);
}

function dateNode(content) {
  const [whole, fallback = ""] = splitOnce(content, "|");
  const [, seconds, template = "", link] = whole.split("^");
  const text = fillDate(template, Number(seconds)) ?? unescape(fallback);
  return link ? safeLink(unescape(link), text) : h("time", {}, text);
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** What stands between angle brackets: a mention, a date or a link. */
function angle(content) {
  const [target, label] = splitOnce(content, "|");
  if (target.startsWith("@")) return mention("user", `@${userName(target.slice(1))}`);
  if (target.startsWith("#")) return mention("channel", `#${label ? unescape(label) : channelName(target.slice(1))}`);
  if (target.startsWith("!date^")) return dateNode(content);
  if (target.startsWith("!subteam^")) return mention("user", label ?? target.slice(9));
  if (target.startsWith("!")) return mention("broadcast", `@${target.slice(1)}`);
  return safeLink(unescape(target), unescape(label ?? target));
}

function styled(delimiter, make) {
  const inner = `(?!\\s)((?:<[^<>\\n]*>|\`[^\`\\n]+\`|[^${delimiter}<\`\\n])+?)(?<!\\s)`;
  const mark = delimiter === "*" ? "\\*" : delimiter;
  return { bounded: true, pattern: new RegExp(`${mark}${inner}${mark}(?![\\p{L}\\p{N}])`, "uy"), make };
}

const RULES = [
  { pattern: /`([^`\n]+)`/y, make: (text) => h("code", {}, unescape(text)) },
  { pattern: /<([^<>\n]+)>/y, make: angle },
  { pattern: /:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/y, make: emojiNode },
  {
    bounded: true,
    pattern: /(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)])/y,
    make: (url) => safeLink(unescape(url), unescape(url)),
  },
  styled("*", (text) => h("strong", {}, inline(text))),
  styled("_", (text) => h("em", {}, inline(text))),
  styled("~", (text) => h("s", {}, inline(text))),
];

function matchAt(text, at) {
  const afterWord = at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1]);
  for (const rule of RULES) {
    if (rule.bounded && afterWord) continue;
    rule.pattern.lastIndex = at;
    const found = rule.pattern.exec(text);
    if (found) return { length: found[0].length, inside: found[1], make: rule.make };
  }
  return null;
}

/** One line's nodes: styles, code, links, mentions, emoji. */
function inline(text) {
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const found = matchAt(text, at);
    if (found) {
      nodes.push(unescape(plain), found.make(found.inside));
      plain = "";
      at += found.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  nodes.push(unescape(plain));
  return nodes.filter((node) => node !== "");
}

function withBreaks(lines, make) {
  return lines.flatMap((line, index) => (index === 0 ? make(line) : [h("br"), ...make(line)]));
}

const QUOTE = /^(?:&gt;|>) ?/;

/** Lines outside code blocks: runs of quoted lines become one quotation. */
function paragraphs(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTE.test(line);
    if (runs.at(-1)?.quoted !== quoted) runs.push({ quoted, lines: [] });
    runs.at(-1).lines.push(line.replace(QUOTE, quoted ? "" : "$&"));
  }
  return runs.map(({ quoted, lines }) => {
    const nodes = withBreaks(lines, inline);
    return quoted ? h("blockquote", {}, nodes) : nodes;
  });
}

/** The nodes of a mrkdwn text, as a fragment. */
export function mrkdwn(text) {
  const fragment = document.createDocumentFragment();
  const pieces = (text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/);
  pieces.forEach((piece, index) => {
    if (index % 2 === 1) append(fragment, h("pre", {}, unescape(piece)));
    else if (piece !== "") append(fragment, paragraphs(index + 1 < pieces.length ? piece.replace(/\n$/, "") : piece));
  });
  return fragment;
}

/** The nodes of a plain text: emoji names become emoji where the text says so, nothing else is styled. */
function plain({ text, emoji }) {
  const pieces = emoji === false ? [unescape(text ?? "")] : unescape(text ?? "").split(/:([a-z0-9_+'-]+):/);
  const nodes = pieces.map((piece, index) => {
    if (index % 2 === 0) return withBreaks(piece.split("\n"), (line) => [line]);
    return emojiNode(piece);
  });
  return append(document.createDocumentFragment(), nodes);
}

/** A Block Kit text object's nodes, whichever of the two kinds it is. */
export function textObject(object) {
  if (!object) return document.createDocumentFragment();
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object);
}

/** What a notification would read aloud: the text without its marks. */
export function asPlainText(text) {
  const holder = h("div", {}, mrkdwn(text));
  for (const line of holder.querySelectorAll("br")) line.replaceWith("\n");
  return holder.textContent;
}
