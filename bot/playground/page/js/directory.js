// Who and what the workspace holds, as the server last told it.

export const directory = {
  team: { id: "", name: "" },
  app: { id: "", name: "App", bot_user_id: "" },
  users: [],
  channels: [],
  commands: [],
  shortcuts: [],
  connected: true,
};

/** Takes over what the server told; an answer that failed changes nothing. */
export function updateDirectory(state) {
  if (!state.error) Object.assign(directory, state);
}

export function findUser(id) {
  return directory.users.find((user) => user.id === id);
}

export function findChannel(id) {
  return directory.channels.find((channel) => channel.id === id);
}

/** The name a mention shows; an id nobody has stays visible as the id. */
export function userName(id) {
  if (id === directory.app.bot_user_id) return directory.app.name;
  return findUser(id)?.name ?? id;
}

export function channelName(id) {
  return findChannel(id)?.name ?? id;
}

/** A direct-message conversation has an id that begins with D, as in Slack. */
export function isDirect(channel) {
  return channel.id.startsWith("D");
}

/** The channels (not direct messages) that a person is in. */
export function channelsOf(userId) {
  return directory.channels.filter((channel) => !isDirect(channel) && channel.members.includes(userId));
}

/** The direct-message conversation between a person and the app, or undefined before the first message. */
export function directOf(userId) {
  return directory.channels.find((channel) => isDirect(channel) && channel.members.includes(userId));
}
