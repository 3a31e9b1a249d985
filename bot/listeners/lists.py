"""The menus of the lists: another month, team, program or status in place of the one shown; a patient's statement."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.month import month as month_command
from bot.commands.near import near
from bot.commands.patient import patient
from bot.errors import answered
from bot.listeners.context import Desk
from bot.listeners.responses import replace_message
from bot.permissions import require
from bot.views import month, worklist
from bot.views import patient as patient_view
from bot.views.reply import Reply

MONTH_FILTERS = re.compile(f"^({month.MONTH_FILTER}|{month.TEAM_FILTER}|{month.PROGRAM_FILTER}|{month.GROUP_FILTER})$")


def listen(app: App, desk: Desk) -> None:
    """Shows what a menu's choice asks for: a list in place of the message, a statement beside it."""

    def chosen(body: dict[str, Any], action: dict[str, Any], command: str, show: Callable[[Call], Reply]) -> Reply:
        def work() -> Reply:
            call = desk.call(body, "", action["selected_option"]["value"])
            require(call.person, command)
            return show(call)

        return answered(work, what=f"menu of {command}", saves=False)

    @app.action(MONTH_FILTERS)
    def on_month(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        replace_message(respond, chosen(body, action, "month", month_command))
        ack()

    @app.action(worklist.TEAM_FILTER)
    def on_near(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        replace_message(respond, chosen(body, action, "near", near))
        ack()

    @app.action(patient_view.MONTH_FILTER)
    def on_patient(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        replace_message(respond, chosen(body, action, "patient", patient))
        ack()

    @app.action(month.STATEMENT)
    def on_statement(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        statement = chosen(body, action, "patient", patient)
        respond(replace_original=False, response_type="ephemeral", **statement.payload())
        ack()
