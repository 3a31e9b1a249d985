"""The form for a log, with its field for a line, and the buttons of its answers: Undo, Save anyway, Log another."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.corrections.undo import undo
from bot.commands.log import log, open_form, read_pasted, submit_form
from bot.errors import answered
from bot.listeners.context import COMMAND, Services
from bot.listeners.responses import (
    answer_form,
    is_in_modal,
    press_key,
    replace_message,
    show_in_place,
    show_over,
    submission_key,
    update_form,
)
from bot.views import problem, receipt
from bot.views.forms import log as form
from bot.views.forms.inputs import as_entered, as_new, in_form, refused_form, submitted
from bot.views.reply import OpenForm, Reply


def listen(app: App, services: Services) -> None:
    """Save what a form or a button says, and open the form."""
    _listen_to_undo(app, services)
    _listen_to_save_anyway(app, services)
    _listen_to_form_button(app, services)
    _listen_to_line(app, services)
    _listen_to_form(app, services)


def _listen_to_undo(app: App, services: Services) -> None:
    @app.action(receipt.UNDO)
    def on_undo(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        named = json.loads(action["value"])

        def work() -> Reply:
            call = services.call(body, press_key(body, action), "", command="undo")
            return undo(call, patient_code=named["code"], position=named["position"])

        said = answered(work, what="undo button")
        show_in_place(services, body, respond, said, title="Undo")
        ack()
        services.follow_up(body, said)


def _listen_to_save_anyway(app: App, services: Services) -> None:
    @app.action(problem.SAVE_ANYWAY)
    def on_save_anyway(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        typed = json.loads(action["value"])

        def work() -> Reply | None:
            call = services.call(body, press_key(body, action), typed, command="log")
            return services.open_if_form(log(call, confirmed=True), body)

        said = answered(work, what="save anyway", typed=f"{COMMAND} log {typed}")
        if said is not None:
            replace_message(respond, said)
        ack()
        services.follow_up(body, said)


def _listen_to_form_button(app: App, services: Services) -> None:
    @app.action(receipt.LOG_ANOTHER)
    def on_log_form(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> Reply | None:
            call = services.call(body, press_key(body, action), json.loads(action["value"]), command="log")
            opened = open_form(call)
            if is_in_modal(body):
                update_form(services, body, as_new(opened.view, body["view"]))
                return None
            return services.open_if_form(opened, body)

        said = answered(work, what="form button")
        if said is not None:
            show_over(services, body, respond, said, title="Log CCM time")
        ack()


def _listen_to_line(app: App, services: Services) -> None:
    @app.action(form.READ_LINE)
    def on_enter(ack: Ack, body: dict[str, Any]) -> None:
        view = body["view"]

        def work() -> dict[str, Any]:
            return read_pasted(services.call(body, "", "", command="log"), view)

        said = answered(work, what="pasted line")
        if isinstance(said, Reply):
            said = as_entered(refused_form(form.log_form(submitted(view)), said), view)
        update_form(services, body, said)
        ack()


def _listen_to_form(app: App, services: Services) -> None:
    @app.view(form.CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values = submitted(view)

        def work() -> OpenForm | dict[str, str]:
            return submit_form(services.call(body, submission_key(view), "", command="log"), values)

        said = answered(work, what="log form")
        answer_form(ack, view, in_form(said, form.log_form(values)))
        services.follow_up(body, said)
