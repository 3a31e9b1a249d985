"""The shortcuts "Log CCM time": the form from anywhere, and from a message with its text as the note."""

from typing import Any

from slack_bolt import Ack, App

from bot.commands.log import open_form, open_form_with_note
from bot.errors import answered
from bot.listeners.context import Services
from bot.views.reply import Reply, reply_view

SHORTCUT = "log_shortcut"
MESSAGE_SHORTCUT = "log_message_shortcut"


def listen(app: App, services: Services) -> None:
    """Open the form from anywhere, and from a message with its text as the note."""

    @app.shortcut(SHORTCUT)
    def on_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        open_log_form(services, body, what="shortcut")
        ack()

    @app.shortcut(MESSAGE_SHORTCUT)
    def on_message_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        open_log_form(services, body, what="message shortcut", note=body["message"].get("text", ""))
        ack()


def open_log_form(services: Services, body: dict[str, Any], *, what: str, text: str = "", note: str = "") -> None:
    """Open the form, with what ``text`` says or with ``note`` in it, or a modal that says why it cannot be opened."""

    def work() -> dict[str, Any]:
        call = services.call(body, f"{what}:{body['trigger_id']}", text, command="log")
        return (open_form_with_note(call, note) if note else open_form(call)).view

    said = answered(work, what=what)
    if isinstance(said, Reply):
        said = reply_view(said, title="Log CCM time")
    services.client(body).views_open(trigger_id=body["trigger_id"], view=said)
