"""The forms for facts about a patient: opened by a button where one is missing, and saved."""

import json
import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.facts.shared import FactKeeper, open_fact_form, submit_fact
from bot.commands.registry import COMMANDS, command_named
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import answer_form, press_key, show_over, submission_key
from bot.views.fact_buttons import OPEN_FACT_FORM
from bot.views.forms.fact import CALLBACK, fact_form
from bot.views.forms.inputs import in_form, submitted
from bot.views.reply import OpenForm, Reply

FACT_KEEPERS = {name: found for name in COMMANDS if isinstance(found := command_named(name), FactKeeper)}
"""The commands that record a fact, by name, in the order in which the help lists them."""


def listen(app: App, services: Services) -> None:
    """Open the form that a button names, and record what was filled in."""

    @app.action(re.compile(f"^{OPEN_FACT_FORM}_"))
    def on_open(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        asked = json.loads(action["value"])
        keeper = FACT_KEEPERS[asked["fact"]]

        def work() -> None:
            call = services.call(body, press_key(body, action), asked["text"], command=keeper.name)
            show_over(services, body, respond, open_fact_form(keeper, call), title=keeper.form.title)

        said = answered(work, what="fact form button", saves=False)
        if isinstance(said, Reply):
            show_over(services, body, respond, said, title=keeper.form.title)
        ack()

    for keeper in FACT_KEEPERS.values():
        _listen_to_form(app, services, keeper)


def _listen_to_form(app: App, services: Services, keeper: FactKeeper) -> None:
    @app.view(f"{CALLBACK}_{keeper.name}")
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values = submitted(view)

        def work() -> OpenForm | dict[str, str]:
            return submit_fact(keeper, services.call(body, submission_key(view), "", command=keeper.name), values)

        said = answered(work, what="fact form")
        today = services.now().date()
        answer_form(ack, view, in_form(said, fact_form(keeper.form, values, today=today)))
        services.follow_up(body, said)
