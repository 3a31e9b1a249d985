"""The button under an unusual correction: Save anyway."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.access import require
from bot.commands.fix import fix
from bot.desk import COMMAND, Desk, press_key, replace_message
from bot.edge import answered
from bot.views.correction import FIX_ANYWAY
from bot.views.reply import Reply


def listen(app: App, desk: Desk) -> None:
    """Saves the correction that was asked about."""

    @app.action(FIX_ANYWAY)
    def on_fix_anyway(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        typed = json.loads(action["value"])

        def work() -> Reply:
            call = desk.call(body, press_key(body, action), typed)
            require(call.person, "fix")
            return fix(call, confirmed=True)

        said = answered(work, what="fix anyway", typed=f"{COMMAND} fix {typed}")
        replace_message(respond, said)
        ack()
        desk.follow_up(body, said)
