"""The buttons of the list of attestations, and the form that records one."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.attest import attest, submit_attestation
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import answer_form, press_key, show_over, submission_key
from bot.views.attestations import CALLBACK, RECORD, TITLE
from bot.views.forms.inputs import submitted
from bot.views.reply import OpenForm, Reply, reply_view

COMMAND = "attest"


def listen(app: App, services: Services) -> None:
    """Open the form of the kind whose button is pressed, and save what it says."""

    @app.action(RECORD)
    def on_press(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> None:
            call = services.call(body, press_key(body, action), json.loads(action["value"]), command=COMMAND)
            show_over(services, body, respond, attest(call), title=TITLE)

        said = answered(work, what="attestation form", saves=False)
        if isinstance(said, Reply):
            show_over(services, body, respond, said, title=TITLE)
        ack()

    @app.view(CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        def work() -> Reply | dict[str, str]:
            call = services.call(body, submission_key(view), view["private_metadata"], command=COMMAND)
            return submit_attestation(call, submitted(view))

        said = answered(work, what="attestation form")
        answer_form(ack, view, OpenForm(reply_view(said, title=TITLE)) if isinstance(said, Reply) else said)
        services.follow_up(body, said)
