"""The menus of the lists: another month, team, program or status in place of the one shown; a patient's statement."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.month import month as month_command
from bot.commands.near import near
from bot.commands.patient import patient
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import tell
from bot.views import month, worklist
from bot.views import patient as patient_view
from bot.views.reply import Reply

SHOWN: Mapping[str, tuple[str, Callable[[Call], Reply]]] = {
    month.MONTH_FILTER: ("month", month_command),
    month.TEAM_FILTER: ("month", month_command),
    month.PROGRAM_FILTER: ("month", month_command),
    month.GROUP_FILTER: ("month", month_command),
    month.STATEMENT: ("patient", patient),
    worklist.TEAM_FILTER: ("near", near),
    patient_view.MONTH_FILTER: ("patient", patient),
}
"""By menu: the command whose roles it needs, and what shows the first page of what was chosen."""


def listen(app: App, services: Services) -> None:
    """Show what a menu's choice asks for: a list in place of the message, a statement beside it."""

    def on_choice(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        command, show = SHOWN[action["action_id"]]

        def work() -> Reply:
            return show(services.call(body, "", action["selected_option"]["value"], command=command))

        said = answered(work, what=f"menu of {command}", saves=False)
        is_beside = action["action_id"] == month.STATEMENT
        tell(respond, said, replaces=not is_beside)
        ack()

    app.action(re.compile(f"^({'|'.join(SHOWN)})$"))(on_choice)
