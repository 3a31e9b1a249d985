"""The forms for facts about a patient, opened where one is missing or to be corrected; undo and withdraw by button."""

import json
import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.facts.kinds import fact_keepers
from bot.commands.facts.mending import open_correction, undo_recorded, withdraw
from bot.commands.facts.shared import FactKeeper, open_fact_form, submit_fact
from bot.commands.patient import all_facts
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import answer_form, is_in_modal, press_key, show_in_place, show_over, submission_key
from bot.views.fact_buttons import CORRECT_FACT, LIST_FACTS, OPEN_FACT_FORM, UNDO_FACT, WITHDRAW_FACT, version_at
from bot.views.forms.fact import CALLBACK, CORRECTING, fact_form
from bot.views.forms.inputs import in_form, submitted
from bot.views.reply import OpenForm, Reply


def listen(app: App, services: Services) -> None:
    """Open the form that a button names and record what was filled in; mend what was recorded."""
    _listen_to_open(app, services)
    _listen_to_list(app, services)
    _listen_to_undo(app, services)
    _listen_to_withdraw(app, services)
    _listen_to_correct(app, services)
    for keeper in fact_keepers().values():
        _listen_to_form(app, services, keeper)


def _listen_to_open(app: App, services: Services) -> None:
    @app.action(re.compile(f"^{OPEN_FACT_FORM}_"))
    def on_open(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        asked = json.loads(action["value"])
        keeper = fact_keepers()[asked["fact"]]

        def work() -> None:
            call = services.call(body, press_key(body, action), asked["text"], command=keeper.name)
            show_over(services, body, respond, open_fact_form(keeper, call), title=keeper.form.title)

        said = answered(work, what="fact form button", saves=False)
        if isinstance(said, Reply):
            show_over(services, body, respond, said, title=keeper.form.title)
        ack()


def _listen_to_list(app: App, services: Services) -> None:
    @app.action(LIST_FACTS)
    def on_list(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        code = json.loads(action["value"])

        def work() -> Reply:
            return all_facts(services.call(body, press_key(body, action), code, command="patient"))

        show_over(services, body, respond, answered(work, what="facts button", saves=False), title="Facts")
        ack()


def _listen_to_undo(app: App, services: Services) -> None:
    @app.action(re.compile(f"^{UNDO_FACT}_"))
    def on_undo(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        stored = [version_at(address) for address in json.loads(action["value"])]

        def work() -> Reply:
            call = services.call(body, press_key(body, action), "")
            return undo_recorded(call, stored, is_in_modal=is_in_modal(body))

        said = answered(work, what="undo fact button")
        show_in_place(services, body, respond, said, title="Undo")
        ack()
        services.follow_up(body, said)


def _listen_to_withdraw(app: App, services: Services) -> None:
    @app.action(re.compile(f"^{WITHDRAW_FACT}_"))
    def on_withdraw(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        version = version_at(json.loads(action["value"]))

        def work() -> Reply:
            return withdraw(services.call(body, press_key(body, action), ""), version)

        said = answered(work, what="withdraw fact button")
        show_over(services, body, respond, said, title="Withdrawn")
        ack()
        services.follow_up(body, said)


def _listen_to_correct(app: App, services: Services) -> None:
    @app.action(re.compile(f"^{CORRECT_FACT}_"))
    def on_correct(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        version = version_at(json.loads(action["value"]))

        def work() -> None:
            call = services.call(body, press_key(body, action), "")
            show_over(services, body, respond, open_correction(call, version, action["value"]), title=CORRECTING)

        said = answered(work, what="correct fact button", saves=False)
        if isinstance(said, Reply):
            show_over(services, body, respond, said, title=CORRECTING)
        ack()


def _listen_to_form(app: App, services: Services, keeper: FactKeeper) -> None:
    @app.view(f"{CALLBACK}_{keeper.name}")
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values, corrects = submitted(view), view.get("private_metadata", "")

        def work() -> OpenForm | dict[str, str]:
            call = services.call(body, submission_key(view), "", command=keeper.name)
            return submit_fact(keeper, call, values, corrects=corrects)

        said = answered(work, what="fact form")
        today = services.now().date()
        answer_form(ack, view, in_form(said, fact_form(keeper.form, values, today=today, corrects=corrects)))
        services.follow_up(body, said)
