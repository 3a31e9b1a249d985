"""Whether a request has the shape that Slack gives it, before anything is done with it.

https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from collections.abc import Mapping, Sequence
from typing import Any

Paths = tuple[str, ...]

_ASKED = ("user.id", "team.id")
_COMMAND: Paths = ("team_id", "user_id", "trigger_id", "response_url")
_BY_TYPE: Mapping[str, Paths] = {
    "block_actions": (*_ASKED, "trigger_id", "actions.0.action_id", "actions.0.block_id", "container.type"),
    "block_suggestion": (*_ASKED, "action_id"),
    "view_submission": (*_ASKED, "view.id", "view.hash", "view.blocks", "view.state"),
    "view_closed": (*_ASKED, "view.id"),
    "shortcut": (*_ASKED, "trigger_id", "callback_id"),
    "message_action": (*_ASKED, "trigger_id", "callback_id", "message"),
    "event_callback": ("team_id", "event.type"),
    "url_verification": ("challenge",),
}
"""What every request of a type has; one of another type is for whoever knows that type."""
_PRESSED_IN_VIEW: Paths = ("view.id", "view.hash", "view.type")
_PRESSED_IN_MESSAGE: Paths = ("response_url", "container.channel_id", "container.message_ts")
_BY_EVENT: Mapping[str, Paths] = {
    "app_home_opened": ("event.user",),
    "user_change": ("event.user.id",),
    "tokens_revoked": ("event.tokens",),
}


def is_well_formed(body: Mapping[str, Any]) -> bool:
    """Return whether the body has what Slack's requests of its kind have."""
    return all(_at(body, path) for path in _needed(body))


def _needed(body: Mapping[str, Any]) -> Paths:
    if "command" in body:
        return _COMMAND
    if "ssl_check" in body:
        return ()
    kind = str(body.get("type"))
    paths = _BY_TYPE.get(kind, ("type",))
    if kind == "event_callback":
        return (*paths, *_BY_EVENT.get(str(_at(body, "event.type")), ()))
    if kind == "block_actions":
        is_in_view = _at(body, "container.type") == "view"
        return (*paths, *(_PRESSED_IN_VIEW if is_in_view else _PRESSED_IN_MESSAGE))
    return paths


def _at(body: Any, path: str) -> Any:
    """Return what stands in the body at a path such as ``actions.0.action_id``, None where there is nothing."""
    for step in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, Sequence) and not isinstance(body, str) and step.isdecimal() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body
