"""The button that closes a month, and ``/ccm reopen``: both are answered at once and done behind that.

Evaluating every statement of a large practice takes longer than Slack waits.
"""

import json
from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.close import asked_month, begin_close, save_close
from bot.commands.registry import Answer, answer
from bot.commands.reopen import save_reopen
from bot.errors import answered
from bot.grammar.commands import split_command
from bot.grammar.quotes import unescape
from bot.listeners.context import COMMAND, Desk
from bot.listeners.responses import press_key, replace_message
from bot.permissions import require
from bot.views.closing import CLOSE, close_button
from bot.views.reply import Reply, actions

REOPEN = "reopen"


def listen(app: App, desk: Desk) -> None:
    """Closes a month when its button is pressed, and reopens one when somebody says why."""
    _listen_to_close(app, desk)
    _listen_to_reopen(app, desk)


def _listen_to_close(app: App, desk: Desk) -> None:
    @app.action(CLOSE)
    def on_close(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        month = str(json.loads(action["value"])["month"])

        def begin() -> tuple[Call, Reply]:
            call = desk.call(body, press_key(body, action), month)
            require(call.person, "close")
            return call, begin_close(call)

        begun = answered(begin, what="close button")
        if isinstance(begun, Reply):  # the message stays as it is
            respond(replace_original=False, response_type="ephemeral", **begun.payload())
        else:
            call, card = begun
            replace_message(respond, card)
            desk.later(partial(_close, desk, body, respond, call), what="close")
        ack()


def _close(desk: Desk, body: dict[str, Any], respond: Respond, call: Call) -> None:
    """Closes the month and shows in place of the card what came of it; what failed can be tried again there."""
    done = answered(lambda: (save_close(call),), what="close")
    if isinstance(done, Reply):
        button = actions(close_button(asked_month(call)))
        replace_message(respond, Reply(done.text, (*done.blocks, button)))
    else:
        replace_message(respond, done[0])
        desk.follow(body, frozenset())


def _listen_to_reopen(app: App, desk: Desk) -> None:
    def asks_to_reopen(body: dict[str, Any]) -> bool:
        return split_command(body.get("text", "")).name == REOPEN

    @app.command(COMMAND, matchers=[asks_to_reopen])
    def on_reopen(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        typed = body["text"]

        def begin() -> tuple[Call, Answer]:
            call = desk.call(body, f"command:{body['trigger_id']}", typed)
            return call, answer(call)

        begun = answered(begin, what=REOPEN, typed=f"{COMMAND} {typed}")
        if isinstance(begun, Reply):
            ack(**begun.payload())
            return
        call, card = begun
        if isinstance(card, Reply):
            ack(**card.payload())
        desk.later(partial(_reopen, desk, body, respond, call), what=REOPEN)


def _reopen(desk: Desk, body: dict[str, Any], respond: Respond, call: Call) -> None:
    """Reopens the month and says below the card what came of it."""
    typed = f"{COMMAND} {call.text}"
    behind = call.behind(unescape(split_command(call.text).rest))
    done = answered(lambda: (save_reopen(behind),), what=REOPEN, typed=typed)
    said = done if isinstance(done, Reply) else done[0]
    respond(replace_original=False, response_type="ephemeral", **said.payload())
    if not isinstance(done, Reply):
        desk.follow(body, frozenset())
