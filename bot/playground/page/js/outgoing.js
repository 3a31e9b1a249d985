// What a person types, written as Slack's client writes it: escapes, and mentions by id.
import { directory, isDirect } from "./directory.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function byLength(a, b) {
  return b.name.length - a.name.length;
}

/** A message always carries ids; a command does only where the app's manifest says `should_escape`. */
function carriesIds(text) {
  if (!text.startsWith("/")) return true;
  return directory.commands.some(({ command, should_escape: escapes }) => escapes && text.split(" ", 1)[0] === command);
}

/** The text with &, < and > escaped, and "@Name" and "#channel" made mentions where there is one so named. */
export function outgoing(text) {
  let written = text.replace(/[&<>]/g, (character) => ESCAPES[character]);
  if (!carriesIds(text)) return written;
  for (const user of [...directory.users].sort(byLength)) {
    written = written.replaceAll(`@${user.name}`, `<@${user.id}|${user.name}>`);
  }
  for (const channel of directory.channels.filter((each) => !isDirect(each)).sort(byLength)) {
    written = written.replaceAll(`#${channel.name}`, `<#${channel.id}|${channel.name}>`);
  }
  return written;
}
