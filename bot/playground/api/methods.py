"""The door of the Web API: which methods there are, who may call them, and how a call is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.playground.api import chat, conversations, directory, uploads, views
from bot.playground.api.calling import Call
from bot.playground.errors import HungUp, SlackError
from bot.playground.settings import JSON
from bot.playground.workspace import Workspace


@dataclass(frozen=True)
class Method:
    """What answers a method, and the scope its token needs; `{kind}:` stands for the conversation's kind."""

    answer: Callable[[Call], JSON]
    scope: str | None = None


def _open_connection(call: Call) -> JSON:
    ticket = call.workspace.tickets.new_socket_ticket()
    address = call.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.workspace.installation.app_id}"}


APP_TOKEN_METHODS = frozenset({"apps.connections.open"})
OPEN_METHODS = frozenset({"api.test"})

METHODS: Mapping[str, Method] = {
    "api.test": Method(directory.api_test),
    "apps.connections.open": Method(_open_connection),
    "auth.test": Method(directory.auth_test),
    "team.info": Method(directory.team_info, "team:read"),
    "users.info": Method(directory.users_info, "users:read"),
    "users.list": Method(directory.users_list, "users:read"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.getPermalink": Method(chat.get_permalink),
    "conversations.history": Method(conversations.history, "{kind}:history"),
    "conversations.replies": Method(conversations.replies, "{kind}:history"),
    "conversations.info": Method(conversations.info, "{kind}:read"),
    "conversations.members": Method(conversations.members, "{kind}:read"),
    "conversations.list": Method(conversations.list_all, "{types}:read"),
    "conversations.open": Method(conversations.open_direct, "im:write"),
    "views.open": Method(views.open_modal),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
    "views.publish": Method(views.publish),
    "files.getUploadURLExternal": Method(uploads.get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(uploads.complete_upload, "files:write"),
}

LISTED_KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def answer(workspace: Workspace, method_name: str, token: str | None, args: JSON, base_url: str) -> JSON:
    """Return what Slack answers to this call, and keep both in the traffic log.

    Raises:
        SlackError: when Slack would refuse, or a fault was put in the way.
        HungUp: where that fault is the loss of the connection.
    """
    summary = _summary(method_name, args)
    fault = workspace.traffic.take_fault(method_name)
    try:
        if fault is not None and not fault.after_accepting:
            fault.strike()
        body = _accepted(workspace, method_name, token, Call(workspace, args, base_url))
        if fault is not None and fault.after_accepting:
            fault.strike()
    except (SlackError, HungUp) as error:
        workspace.traffic.note("from_bot", method_name, summary, args, refused=str(error), injected=fault is not None)
        raise
    workspace.traffic.note("from_bot", method_name, summary, args)
    return {"ok": True, **body}


def _accepted(workspace: Workspace, method_name: str, token: str | None, call: Call) -> JSON:
    method = METHODS.get(method_name)
    if method is None:
        raise SlackError("unknown_method", extra={"req_method": method_name})
    if method_name not in OPEN_METHODS:
        _check_scopes(method, call, _provided(workspace, method_name, token))
    return method.answer(call)


def _provided(workspace: Workspace, method_name: str, token: str | None) -> frozenset[str]:
    """Return the scopes of the token; raise SlackError where it does not open this workspace, or this method."""
    if not token:
        raise SlackError("not_authed")
    is_app_token = token == workspace.installation.app_token
    granted = frozenset[str]() if is_app_token else workspace.access.scopes(token)
    if is_app_token != (method_name in APP_TOKEN_METHODS):
        raise SlackError("not_allowed_token_type")
    return workspace.features.scopes if granted is None else granted


def _check_scopes(method: Method, call: Call, provided: frozenset[str]) -> None:
    if method.scope is None:
        return
    for scope in _needed_scopes(method.scope, call):
        if scope not in provided:
            raise SlackError("missing_scope", extra={"needed": scope, "provided": ",".join(sorted(provided))})


def _needed_scopes(scope: str, call: Call) -> list[str]:
    if "{types}" in scope:
        asked = [word.strip() for word in (call.text("types") or "public_channel").split(",")]
        return [scope.format(types=LISTED_KINDS.get(word, "channels")) for word in asked]
    if "{kind}" in scope:
        channel = call.workspace.channels.get(call.text("channel") or "")
        return [scope.format(kind=channel.kind if channel is not None else "channels")]
    return [scope]


def _summary(method_name: str, args: JSON) -> str:
    named = [str(args[name]) for name in ("channel", "user", "user_id", "view_id", "ts") if args.get(name)]
    return " ".join([method_name, *named])
