"""Corrections by button and form: a fix, a void, an addendum; and the menu of entries that leads to them."""

import json
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.corrections.add import add, save_addendum
from bot.commands.corrections.entries import show_entry
from bot.commands.corrections.fix import fix
from bot.commands.corrections.fix_form import submit_fix
from bot.commands.corrections.void import save_void, void
from bot.errors import answered
from bot.listeners.context import COMMAND, Services
from bot.listeners.responses import answer_form, press_key, replace_message, show_over, submission_key
from bot.views.correction import FIX_ANYWAY
from bot.views.formatting import escaped
from bot.views.forms.corrections import ADD_CALLBACK, ADDENDUM, FIX_ENTRY, PICK_ENTRY, REASON, VOID_CALLBACK, VOID_ENTRY
from bot.views.forms.inputs import in_form, submitted
from bot.views.forms.log import FIX_CALLBACK, fix_form
from bot.views.receipt import ADD_DETAIL
from bot.views.reply import OpenForm, Reply, reply_view
from ledger.errors import LedgerError

OPENING: dict[str, tuple[str, Callable[[Call], Reply | OpenForm]]] = {
    ADD_DETAIL: ("add", add),
    FIX_ENTRY: ("fix", fix),
    VOID_ENTRY: ("void", void),
    PICK_ENTRY: ("me", show_entry),
}
"""By the action of a button or a menu that names an entry: the command whose roles it needs, and what opens."""

TEXT_FORMS: dict[str, tuple[str, str, Callable[[Call], Reply], str]] = {
    ADD_CALLBACK: ("add", ADDENDUM, save_addendum, "Added"),
    VOID_CALLBACK: ("void", REASON, save_void, "Voided"),
}
"""By the form that takes a text about an entry: its command, the name of its input, what saves, and what is said."""


def listen(app: App, services: Services) -> None:
    """Open the forms for an entry, and save what they and the button under an unusual fix say."""
    _listen_to_fix_anyway(app, services)
    for action_id in OPENING:
        _listen_to_opening(app, services, action_id)
    for callback_id in TEXT_FORMS:
        _listen_to_text_form(app, services, callback_id)
    _listen_to_fix_form(app, services)


def _listen_to_fix_anyway(app: App, services: Services) -> None:
    @app.action(FIX_ANYWAY)
    def on_fix_anyway(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        typed = json.loads(action["value"])

        def work() -> Reply | OpenForm:
            return fix(services.call(body, press_key(body, action), typed, command="fix"), confirmed=True)

        said = answered(work, what="fix anyway", typed=f"{COMMAND} fix {typed}")
        if isinstance(said, Reply):
            replace_message(respond, said)
        ack()
        services.follow_up(body, said)


def _listen_to_opening(app: App, services: Services, action_id: str) -> None:
    command, opens = OPENING[action_id]

    @app.action(action_id)
    def on_press(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        chosen = action.get("selected_option")
        name = chosen["value"] if chosen else json.loads(action["value"])

        def work() -> None:
            call = services.call(body, press_key(body, action), name, command=command)
            show_over(services, body, respond, opens(call), title="Entry")

        said = answered(work, what=f"{command} form", saves=False)
        if isinstance(said, Reply):
            show_over(services, body, respond, said, title="Entry")
        ack()


def _listen_to_text_form(app: App, services: Services, callback_id: str) -> None:
    command, field, save, title = TEXT_FORMS[callback_id]

    @app.view(callback_id)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        text = submitted(view).get(field, "")

        def work() -> OpenForm | dict[str, str]:
            call = services.call(body, submission_key(view), f"{view['private_metadata']} {text}", command=command)
            try:
                saved = save(call)
            except LedgerError as error:
                return {field: f"{error.title} {error.remedy}"}
            return OpenForm(reply_view(saved, title=title), saved.changed)

        said = answered(work, what=f"{command} form", typed=escaped(text))
        if isinstance(said, Reply):
            ack(response_action="update", view=reply_view(said, title="Not saved"))
        else:
            answer_form(ack, view, said)
        services.follow_up(body, said)


def _listen_to_fix_form(app: App, services: Services) -> None:
    @app.view(FIX_CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values, name = submitted(view), view["private_metadata"]

        def work() -> OpenForm | dict[str, str]:
            return submit_fix(services.call(body, submission_key(view), name, command="fix"), values)

        said = answered(work, what="fix form")
        answer_form(ack, view, in_form(said, fix_form(name, values)))
        services.follow_up(body, said)
