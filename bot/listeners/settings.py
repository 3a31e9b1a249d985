"""The menu and the form of ``/ccm settings``, and what is evaluated behind the acknowledgement of the form."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.settings import history_at_page, read_decision, save_decision, settings
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import tell
from bot.views.forms.inputs import submitted
from bot.views.reply import Reply
from bot.views.settings import CALLBACK, CHANGE, HISTORY, outcome_view, saving_view
from ledger.setting_changes import Decision

COMMAND = "settings"


def listen(app: App, services: Services) -> None:
    """Open the form of a setting, show every change, and take a decision."""
    _listen_to_menu(app, services)
    _listen_to_form(app, services)


def _listen_to_menu(app: App, services: Services) -> None:
    @app.action(CHANGE)
    def on_choice(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> Reply | None:
            call = _call(services, body, action["selected_option"]["value"])
            return services.open_if_form(settings(call), body)

        _answer(respond, answered(work, what="setting menu", saves=False))
        ack()

    @app.action(HISTORY)
    def on_history(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        _answer(respond, answered(lambda: history_at_page(_call(services, body, ""), 0), what="settings", saves=False))
        ack()


def _listen_to_form(app: App, services: Services) -> None:
    @app.view(CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        shown_as = f"setting:{view['id']}"
        call = answered(lambda: _call(services, body, "", key=f"view:{view['id']}"), what="setting form")
        decision = read_decision(view["private_metadata"], submitted(view))
        if isinstance(call, Reply):
            ack(response_action="update", view=outcome_view(call, shown_as))
        elif isinstance(decision, dict):
            ack(response_action="errors", errors=decision)
        elif decision.evaluates:
            # Longer than Slack waits in a large practice: the form says so, and is changed when it is done.
            services.later(partial(_evaluate, services, call, decision, shown_as), what="setting")
            ack(response_action="update", view=saving_view(shown_as))
        else:
            ack(response_action="update", view=outcome_view(_saved(call, decision), shown_as))


def _evaluate(services: Services, call: Call, decision: Decision, shown_as: str) -> None:
    view = outcome_view(_saved(call, decision), shown_as)
    services.client_of(call.practice.practice_id).views_update(external_id=shown_as, view=view)


def _saved(call: Call, decision: Decision) -> Reply:
    return answered(lambda: save_decision(call, decision), what="setting")


def _call(services: Services, body: dict[str, Any], text: str, *, key: str = "") -> Call:
    return services.call(body, key, text, command=COMMAND)


def _answer(respond: Respond, said: Reply | None) -> None:
    if said is not None:
        tell(respond, said)
