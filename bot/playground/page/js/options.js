// Where the options of a select menu come from, and how its choice is told to the bot.
import { api } from "./api.js";
import { directory, isDirect } from "./directory.js";
import { sentence } from "./errors.js";
import { session } from "./session.js";

const EXTERNAL_QUERY_LENGTH = 3;

function asOption(value, label, description) {
  return {
    value,
    text: { type: "plain_text", text: label },
    description: description ? { type: "plain_text", text: description } : undefined,
  };
}

function people() {
  return directory.users.map((user) => asOption(user.id, user.name, user.title));
}

function channels(element) {
  const hidesShared = element.filter?.exclude_external_shared_channels ?? false;
  return directory.channels
    .filter((channel) => !isDirect(channel) && !(hidesShared && channel.is_ext_shared))
    .map((channel) => asOption(channel.id, `#${channel.name}`));
}

const DIRECTORY_KINDS = {
  users_select: ["user", people],
  channels_select: ["channel", channels],
  conversations_select: ["conversation", channels],
};

function kindOf(element) {
  return element.type.replace(/^multi_/, "");
}

/** True for the elements of which several options can be chosen. */
export function isMulti(element) {
  return element.type.startsWith("multi_");
}

/** The options chosen at first, as option objects. */
export function initialChoice(element) {
  const found = DIRECTORY_KINDS[kindOf(element)];
  const name = found ? found[0] : "option";
  const initial = isMulti(element) ? (element[`initial_${name}s`] ?? []) : [element[`initial_${name}`]].filter(Boolean);
  if (!found) return initial;
  const all = found[1](element);
  return initial.map((id) => all.find((option) => option.value === id) ?? asOption(id, id));
}

/** The choice in Slack's words: selected_option, selected_users, … */
export function choiceState(element, chosen) {
  const found = DIRECTORY_KINDS[kindOf(element)];
  const values = found ? chosen.map((option) => option.value) : chosen;
  const name = `selected_${found ? found[0] : "option"}`;
  return isMulti(element) ? { [`${name}s`]: values } : { [name]: values[0] ?? null };
}

function matching(groups, query) {
  const wanted = query.trim().toLowerCase();
  const matches = (option) => option.text.text.toLowerCase().includes(wanted);
  return groups
    .map(({ label, options }) => ({ label, options: options.filter(matches) }))
    .filter(({ options }) => options.length);
}

function asGroups(source) {
  if (source.option_groups)
    return source.option_groups.map((group) => ({ label: group.label.text, options: group.options }));
  return [{ label: null, options: source.options ?? [] }];
}

async function askBot(element, blockId, container, query) {
  const missing = (element.min_query_length ?? EXTERNAL_QUERY_LENGTH) - query.length;
  if (missing > 0) return { groups: [], note: `Type ${missing} more ${missing === 1 ? "character" : "characters"}` };
  const answer = await api.options({
    user: session.user,
    container,
    block_id: blockId,
    action_id: element.action_id,
    query,
  });
  if (!answer.options && !answer.option_groups) return { groups: [], note: sentence(answer.error) };
  return { groups: asGroups(answer), note: "No results" };
}

/** Options for what was typed: {groups: [{label, options}], note}. The note stands where there are none. */
export async function findOptions(element, blockId, container, query) {
  if (kindOf(element) === "external_select") return askBot(element, blockId, container, query);
  const found = DIRECTORY_KINDS[kindOf(element)];
  const groups = found ? [{ label: null, options: found[1](element) }] : asGroups(element);
  return { groups: matching(groups, query), note: "No results" };
}
