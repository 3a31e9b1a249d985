"""The buttons and forms of timers, in a message and in the Home tab alike."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.call import Call
from bot.commands.timers.cancel import cancel
from bot.commands.timers.start import start, submit_start
from bot.commands.timers.stop import Button, open_stop_form, stop, submit_stop
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import (
    answer_form,
    answer_press,
    is_in_view,
    press_key,
    replace_message,
    submission_key,
)
from bot.views import timer
from bot.views.forms import log
from bot.views.forms import timer as timer_form
from bot.views.forms.inputs import in_form, submitted
from bot.views.forms.timer import Stopped
from bot.views.problem import error_card
from bot.views.reply import Answer, OpenForm, Reply
from ledger.recording.timers import TimerOverError, required_timer

Press = Callable[[Call, Button], Answer]
"""What a press does for the call it makes; the button says which timer it is about."""


def _start(call: Call, _button: Button) -> Answer:
    return start(call)


def _stop_at(call: Call, button: Button) -> Answer:
    return open_stop_form(call, button, open_end=True)


def _cancel(call: Call, button: Button) -> Answer:
    return cancel(call, started_at=button.started_at)


def _keep(call: Call, button: Button) -> Answer:
    with call.database.reading() as connection:
        running = required_timer(connection, call.practice, call.person.staff_id, button.started_at)
    return timer.kept_running(running, call.local_now)


PRESSES: dict[str, tuple[str, Press]] = {
    timer.START: ("start", _start),
    timer.STOP: ("stop", stop),
    timer.STOP_NOW: ("stop", open_stop_form),
    timer.STOP_AT: ("stop", _stop_at),
    timer.CANCEL: ("cancel", _cancel),
    timer.KEEP: ("stop", _keep),
}
"""By the name of a button: the command whose roles it needs, and what it does."""


def listen(app: App, services: Services) -> None:
    """Start, stop and cancel timers when a button or a form asks for it."""
    _listen_to_buttons(app, services)
    _listen_to_start_form(app, services)
    _listen_to_stop_form(app, services)


@dataclass(frozen=True, slots=True)
class _InPlace:
    """An answer that takes the place of the message whose button was pressed."""

    answer: Answer


def _listen_to_buttons(app: App, services: Services) -> None:
    @app.action(re.compile(f"^({'|'.join(PRESSES)})$"))
    def on_press(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        command, press = PRESSES[action["action_id"]]
        named = json.loads(action["value"])
        started_at = datetime.fromisoformat(named["timer"]) if named else None
        button = Button(started_at, "" if is_in_view(body) else body["response_url"])

        def work() -> _InPlace:
            call = services.call(body, press_key(body, action), "", command=command)
            try:
                said = press(call, button)
            except TimerOverError as error:
                return _InPlace(error_card(error))
            return _InPlace(services.open_if_form(said, body) or said)

        # An error leaves the message with its buttons, unless they are about a timer that is over.
        done = answered(work, what=f"{command} button")
        said = done.answer if isinstance(done, _InPlace) else done
        if isinstance(said, Reply):
            answer_press(services, body, respond, said, title="Timer", replaces=isinstance(done, _InPlace))
        ack()
        services.follow_up(body, said)


def _listen_to_start_form(app: App, services: Services) -> None:
    @app.view(timer_form.START_CALLBACK)
    def on_start(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values = submitted(view)

        def work() -> OpenForm | dict[str, str]:
            return submit_start(services.call(body, submission_key(view), "", command="start"), values)

        said = answered(work, what="start form")
        answer_form(ack, view, in_form(said, timer_form.start_form(values)))
        services.follow_up(body, said)


def _listen_to_stop_form(app: App, services: Services) -> None:
    @app.view(timer_form.STOP_CALLBACK)
    def on_stop(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values = submitted(view)
        stopped = Stopped.decoded(view["private_metadata"])

        def work() -> OpenForm | dict[str, str]:
            return submit_stop(services.call(body, submission_key(view), "", command="stop"), values, stopped)

        said = answered(work, what="stop form")
        answer_form(ack, view, in_form(said, timer_form.as_stop_form(log.log_form(values), stopped)))
        services.follow_up(body, said)
        if isinstance(said, OpenForm) and said.changed and stopped.response_url:
            (code,) = said.changed
            tell = partial(replace_message, Respond(response_url=stopped.response_url), timer.logged_elsewhere(code))
            services.later(tell, what="message of a stopped timer")
