// The playground server's own interface, which stands where a Slack client would speak to Slack.

/** The answer; {ok: false, error: "unreachable"} when the server is away, which the event stream shows as a banner. */
async function request(path, options) {
  let response;
  try {
    response = await fetch(`/playground/${path}`, options);
  } catch {
    return { ok: false, error: "unreachable" };
  }
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("json")) return { ok: false, error: `http_${response.status}` };
  return response.json();
}

function get(path, query = {}) {
  return request(`${path}?${new URLSearchParams(query)}`);
}

function post(path, body) {
  return request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const api = {
  state: (user) => get("state", user ? { user } : {}),
  messages: (channel, user) => get("messages", { channel, user }),
  replies: (channel, user, threadTs) => get("replies", { channel, user, thread_ts: threadTs }),
  modals: (user) => get("modals", { user }),
  log: () => get("log", { limit: 200 }),
  say: (body) => post("say", body),
  action: (body) => post("action", body),
  submit: (body) => post("submit", body),
  close: (body) => post("close", body),
  home: (user) => get("home", { user }),
  openHome: (user) => post("home", { user }),
  options: (body) => post("options", body),
  shortcut: (body) => post("shortcut", body),
  events: (user) => new EventSource(`/playground/events?${new URLSearchParams({ user })}`),
};
