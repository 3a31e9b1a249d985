"""The shortcuts "Log CCM time": the form from anywhere, and from a message with its text as the note."""

from typing import Any

from slack_bolt import Ack, App

from bot.commands.call import Call
from bot.commands.log import open_form, open_form_with_note
from bot.errors import answered
from bot.grammar.message_text import as_read, mentioned
from bot.listeners.context import Services
from bot.onboarding import channel_name, profile_name
from bot.views.reply import Reply, reply_view
from ledger.roster.directory import people

SHORTCUT = "log_shortcut"
MESSAGE_SHORTCUT = "log_message_shortcut"
MOST_ASKED = 3
"""How many names Slack is asked for, people's and channels' each, while it waits three seconds for the form."""


def listen(app: App, services: Services) -> None:
    """Open the form from anywhere, and from a message with its text as the note."""

    @app.shortcut(SHORTCUT)
    def on_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        open_log_form(services, body, what="shortcut")
        ack()

    @app.shortcut(MESSAGE_SHORTCUT)
    def on_message_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        open_log_form(services, body, what="message shortcut", message=body["message"].get("text", ""))
        ack()


def open_log_form(services: Services, body: dict[str, Any], *, what: str, text: str = "", message: str = "") -> None:
    """Open the form, with what ``text`` says or with a ``message`` in it, or a modal that says why it cannot be opened.

    The message, which comes as Slack sends messages, becomes the note as its reader sees it.
    """

    def work() -> dict[str, Any]:
        call = services.call(body, f"{what}:{body['trigger_id']}", text, command="log")
        return (open_form_with_note(call, _as_read(services, call, message)) if message else open_form(call)).view

    said = answered(work, what=what)
    if isinstance(said, Reply):
        said = reply_view(said, title="Log CCM time")
    services.show_view(body, said)


def _as_read(services: Services, call: Call, message: str) -> str:
    """Return the message with the names of whom and what it mentions: the roster's, else Slack's."""
    people_ids, channel_ids = mentioned(message)
    named: dict[str, str] = {}
    if people_ids:
        with call.database.reading() as connection:
            staff = people(connection, call.practice.practice_id)
        named = {str(one.slack_user_id): one.name for one in staff if one.slack_user_id}
    client = services.client_of(call.practice.practice_id)
    unknown = [one for one in people_ids if one not in named]
    named |= {one: profile_name(client, one) for one in unknown[:MOST_ASKED]}
    named |= {one: channel_name(client, one) for one in channel_ids[:MOST_ASKED]}
    return as_read(message, person=lambda one: named.get(one, ""), channel=lambda one: named.get(one, ""))
