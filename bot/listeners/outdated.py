"""What no listener knows: buttons and forms that an earlier version made, and events that nobody asked for.

Without an acknowledgement Slack shows a warning beside the button, or sends the event again and again.
"""

from typing import Any

from slack_bolt import BoltResponse, Respond

from bot.errors import answered, reference_for
from bot.listeners.context import Services
from bot.listeners.responses import show_over
from bot.telemetry import request_log
from bot.views.problem import error_card
from bot.views.reply import Reply, reply_view
from ledger.errors import LedgerError

TITLE = "Out of date"
_NAMES = {
    "block_actions": "message",
    "view_submission": "form",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}
"""What somebody used, by the type of the request."""


def answer_unknown(services: Services, body: dict[str, Any], *, reference: str = "") -> BoltResponse:
    """Return the acknowledgement of what no listener knows; whoever pressed or typed is told how to go on.

    ``reference`` is the number under which the log has what kept a listener from reading it.
    """
    if "command" in body:
        return _json(_card("command").payload())
    kind = str(body.get("type"))
    if kind == "block_suggestion":
        return _json({"options": []})
    if kind not in _NAMES:
        return BoltResponse(status=200)
    card = _card(_NAMES[kind], reference)
    if kind == "view_submission":
        return _json({"response_action": "update", "view": reply_view(card, title=TITLE)})
    answered(lambda: _show(services, body, card), what="outdated", saves=False)
    return BoltResponse(status=200)


def answer_unreadable(services: Services, body: dict[str, Any], error: Exception) -> BoltResponse | None:
    """Return the acknowledgement of a press whose button carries what a listener cannot read.

    That is an earlier version's button, or a fault of ours: log and card have a reference. None where nobody waits.
    """
    if body.get("type") not in _NAMES:
        return None
    return answer_unknown(services, body, reference=reference_for("listener", error))


def _card(used: str, reference: str = "") -> Reply:
    is_shown = used in {"message", "form"}
    title = f"This {used} is from an older version of the bot." if is_shown else f"The bot does not know this {used}."
    again = "Ask for it again, for example: /ccm" if is_shown else "See what there is: /ccm help"
    if reference:
        again += f" If that does not help, tell your administrator this number: {reference}"
    request_log.refused("OUT_OF_DATE")
    return error_card(LedgerError("OUT_OF_DATE", title, again))


def _show(services: Services, body: dict[str, Any], card: Reply) -> None:
    if body["type"] == "block_actions":
        show_over(services, body, Respond(response_url=body.get("response_url")), card, title=TITLE)
    else:
        services.client(body).views_open(trigger_id=body["trigger_id"], view=reply_view(card, title=TITLE))


def _json(said: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=said, headers={"content-type": ["application/json"]})
