// rich_text blocks. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
import { h } from "./dom.js";
import { channelName, userName } from "./directory.js";
import { emojiNode, mention, safeLink } from "./mrkdwn.js";
import { fillDate } from "./dates.js";

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u" };

function withStyle(node, style = {}) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index === 0 ? [line] : [h("br"), line]));
}

const PARTS = {
  text: (part) => lines(part.text),
  link: (part) => safeLink(part.url, part.text || part.url),
  emoji: (part) => emojiNode(part.name),
  user: (part) => mention("user", `@${userName(part.user_id)}`),
  channel: (part) => mention("channel", `#${channelName(part.channel_id)}`),
  usergroup: (part) => mention("user", `@${part.usergroup_id}`),
  broadcast: (part) => mention("broadcast", `@${part.range}`),
  color: (part) => part.value,
  date: (part) => h("time", {}, fillDate(part.format, part.timestamp) ?? part.fallback ?? ""),
};

function part(piece) {
  const node = Object.hasOwn(PARTS, piece.type) ? PARTS[piece.type](piece) : `[${piece.type}]`;
  return withStyle(node, piece.style);
}

function list(element) {
  const ordered = element.style === "ordered";
  return h(
    ordered ? "ol" : "ul",
    { class: `rich-list indent-${element.indent ?? 0}`, start: ordered ? (element.offset ?? 0) + 1 : null },
    element.elements.map((item) => h("li", {}, item.elements.map(part))),
  );
}

const ELEMENTS = {
  rich_text_section: (element) => h("p", { class: "rich-section" }, element.elements.map(part)),
  rich_text_preformatted: (element) => h("pre", {}, element.elements.map(part)),
  rich_text_quote: (element) => h("blockquote", {}, element.elements.map(part)),
  rich_text_list: list,
};

/** The nodes of a rich_text block's elements. */
export function richText(block) {
  return block.elements.map((element) => ELEMENTS[element.type]?.(element) ?? `[${element.type}]`);
}
