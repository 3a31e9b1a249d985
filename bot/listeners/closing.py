"""The button that closes a month: it is answered at once, and the month closed behind that.

Evaluating every statement of a large practice takes longer than Slack waits.
"""

import json
from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.close import asked_month, begin_close, save_close
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import press_key, replace_message, tell
from bot.views.closing import CLOSE, close_button
from bot.views.reply import Reply, actions


def listen(app: App, services: Services) -> None:
    """Close a month when its button is pressed."""

    @app.action(CLOSE)
    def on_close(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        pressed = json.loads(action["value"])
        month, provisionally = str(pressed["month"]), bool(pressed.get("provisional"))

        def begin() -> tuple[Call, Reply]:
            call = services.call(body, press_key(body, action), month, command="close")
            return call, begin_close(call, provisionally=provisionally)

        begun = answered(begin, what="close button")
        if isinstance(begun, Reply):  # the message stays as it is
            tell(respond, begun)
        else:
            call, card = begun
            replace_message(respond, card)
            services.later(partial(_close, services, body, respond, call, provisionally=provisionally), what="close")
        ack()


def _close(services: Services, body: dict[str, Any], respond: Respond, call: Call, *, provisionally: bool) -> None:
    """Close the month and show in place of the card what came of it; what failed can be tried again there."""
    done = answered(lambda: (save_close(call, provisionally=provisionally),), what="close")
    if isinstance(done, Reply):
        button = actions(close_button(asked_month(call)))
        replace_message(respond, Reply(done.text, (*done.blocks, button)))
    else:
        replace_message(respond, done[0])
        services.follow(body, frozenset())
