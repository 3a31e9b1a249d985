"""The form for a log, and the buttons of its answers: Undo, Save anyway, Log another."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.access import require
from bot.commands.log import log, open_form, submit_form
from bot.commands.undo import undo
from bot.desk import COMMAND, Desk, open_if_form, press_key, replace_message
from bot.edge import answered
from bot.views import form, problem, receipt
from bot.views.reply import OpenForm, Reply


def listen(app: App, desk: Desk) -> None:
    """Saves what a form or a button says, and opens the form."""
    _listen_to_undo(app, desk)
    _listen_to_save_anyway(app, desk)
    _listen_to_form_button(app, desk)
    _listen_to_form(app, desk)


def _listen_to_undo(app: App, desk: Desk) -> None:
    @app.action(receipt.UNDO)
    def on_undo(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        named = json.loads(action["value"])

        def work() -> Reply:
            call = desk.call(body, press_key(body, action), "")
            require(call.person, "undo")
            return undo(call, patient_code=named["code"], position=named["position"])

        said = answered(work, what="undo button")
        replace_message(respond, said)
        ack()
        desk.follow_up(body, said)


def _listen_to_save_anyway(app: App, desk: Desk) -> None:
    @app.action(problem.SAVE_ANYWAY)
    def on_save_anyway(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        typed = json.loads(action["value"])

        def work() -> Reply | None:
            call = desk.call(body, press_key(body, action), typed)
            require(call.person, "log")
            return open_if_form(desk, log(call, confirmed=True), body["trigger_id"])

        said = answered(work, what="save anyway", typed=f"{COMMAND} log {typed}")
        if said is not None:
            replace_message(respond, said)
        ack()
        desk.follow_up(body, said)


def _listen_to_form_button(app: App, desk: Desk) -> None:
    @app.action(receipt.LOG_ANOTHER)
    def on_log_form(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> None:
            call = desk.call(body, press_key(body, action), json.loads(action["value"]))
            require(call.person, "log")
            open_if_form(desk, open_form(call), body["trigger_id"])

        said = answered(work, what="form button")
        if said is not None:
            respond(replace_original=False, response_type="ephemeral", **said.payload())
        ack()


def _listen_to_form(app: App, desk: Desk) -> None:
    @app.view(form.CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values = form.submitted(view)

        def work() -> OpenForm | dict[str, str]:
            call = desk.call(body, f"view:{view['id']}", "")
            require(call.person, "log")
            return submit_form(call, values)

        said = answered(work, what="log form")
        if isinstance(said, dict):
            ack(response_action="errors", errors=said)
        else:
            ack(
                response_action="update",
                view=said.view if isinstance(said, OpenForm) else form.refused_form(values, said),
            )
        desk.follow_up(body, said)
