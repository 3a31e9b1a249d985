"""The menu of claim lines, and the form that records what became of one."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.claims import open_mark, save_mark
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import answer_form, press_key, show_over, submission_key
from bot.views.claims import CALLBACK, PICK_LINE, STATUS
from bot.views.forms.inputs import submitted
from bot.views.reply import OpenForm, Reply, reply_view
from ledger.errors import LedgerError

TITLE = "Claim line"


def listen(app: App, services: Services) -> None:
    """Open the form for the line that is chosen, and save what it says."""

    @app.action(PICK_LINE)
    def on_choice(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        address = action["selected_option"]["value"]

        def work() -> None:
            call = services.call(body, press_key(body, action), address, command="claims")
            show_over(services, body, respond, open_mark(call), title=TITLE)

        said = answered(work, what="claims form", saves=False)
        if isinstance(said, Reply):
            show_over(services, body, respond, said, title=TITLE)
        ack()

    @app.view(CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values, address = submitted(view), str(json.loads(view["private_metadata"])["line"])

        def work() -> OpenForm | dict[str, str]:
            call = services.call(body, submission_key(view), address, command="claims")
            try:
                saved = save_mark(call, values)
            except LedgerError as error:
                return {STATUS: f"{error.title} {error.remedy}"}
            return OpenForm(reply_view(saved, title=TITLE), saved.changed)

        said = answered(work, what="claims form")
        if isinstance(said, Reply):
            ack(response_action="update", view=reply_view(said, title="Not saved"))
        else:
            answer_form(ack, view, said)
        services.follow_up(body, said)
