"""The buttons "Previous page" and "Next page" of every list."""

import json
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.close import changes_at_page
from bot.commands.digest import digest_at_page
from bot.commands.me import me_at_page
from bot.commands.month import month_at_page
from bot.commands.near import near_at_page
from bot.commands.patient import patient
from bot.commands.roster.patients import patients_at_page
from bot.commands.roster.staff import staff_at_page
from bot.commands.roster.team import team_at_page
from bot.commands.settings import history_at_page
from bot.errors import answered
from bot.listeners.context import Desk
from bot.listeners.responses import press_key, replace_message
from bot.permissions import require
from bot.views import closing, digest, me, month, roster, settings, worklist
from bot.views import patient as patient_view
from bot.views.reply import Reply

TURNS: dict[str, tuple[str, Callable[[Call, int], Reply]]] = {
    me.PAGE: ("me", me_at_page),
    month.PAGE: ("month", month_at_page),
    closing.CHANGES_PAGE: ("close", changes_at_page),
    worklist.PAGE: ("near", near_at_page),
    patient_view.PAGE: ("patient", lambda call, page: patient(call, page=page)),
    digest.PAGE: ("digest", digest_at_page),
    roster.PATIENTS_PAGE: ("patients", patients_at_page),
    roster.STAFF_PAGE: ("staff", staff_at_page),
    roster.TEAM_PAGE: ("team", team_at_page),
    settings.PAGE: ("settings", history_at_page),
}
"""By the beginning of a button's name: the command whose roles it needs, and what shows a page."""


def listen(app: App, desk: Desk) -> None:
    """Shows the page that a button asks for, in place of the one it stands on."""

    def on_turn(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        command, turn = TURNS[action["action_id"].rsplit("_", 1)[0]]
        address = json.loads(action["value"])

        def work() -> Reply:
            call = desk.call(body, press_key(body, action), address["text"])
            require(call.person, command)
            return turn(call, address["page"])

        replace_message(respond, answered(work, what=f"page of {command}", saves=False))
        ack()

    app.action(re.compile(f"^({'|'.join(TURNS)})_(next|previous)$"))(on_turn)
