// What a person types, written as Slack's client writes it: escapes, and mentions by id.
import { directory, isDirect } from "./directory.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function byLength(a, b) {
  return b.name.length - a.name.length;
}

function mention(user, asCommand) {
  return asCommand ? `<@${user.id}|${user.name}>` : `<@${user.id}>`;
}

/** The text with &, < and > escaped, and "@Name" and "#channel" made mentions where somebody or something is so named. */
export function outgoing(text) {
  const asCommand = text.startsWith("/");
  let written = text.replace(/[&<>]/g, (character) => ESCAPES[character]);
  for (const user of [...directory.users].sort(byLength)) written = written.replaceAll(`@${user.name}`, mention(user, asCommand));
  for (const channel of directory.channels.filter((each) => !isDirect(each)).sort(byLength)) {
    written = written.replaceAll(`#${channel.name}`, `<#${channel.id}|${channel.name}>`);
  }
  return written;
}
