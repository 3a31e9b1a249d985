// What a refusal means for the person who sees it.

const SENTENCES = {
  dispatch_failed: "The bot is not connected, so this did not reach it.",
  unreachable: "The playground server does not answer.",
  operation_timeout: "The bot did not answer within three seconds.",
  expired_trigger_id: "The bot answered too late: Slack's trigger had expired.",
  not_in_channel: "You are not in this channel.",
  channel_not_found: "This channel does not exist.",
  not_a_command: "The app has no such command.",
  not_supported_in_threads: "Slash commands do not work in threads.",
};

/** A sentence for a Slack error code, which stays readable in brackets for whoever mends the bot. */
export function sentence(error) {
  if (!error) return "Something went wrong.";
  const text = SENTENCES[error];
  return text ? `${text} (${error})` : String(error);
}
