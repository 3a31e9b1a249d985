"""The slash command: one line in, an answer in the acknowledgement or a form."""

from typing import Any

from slack_bolt import Ack, App

from bot.commands.registry import COMMANDS, answer
from bot.errors import answered
from bot.grammar.commands import split_command
from bot.listeners.context import COMMAND, Desk
from bot.listeners.responses import open_if_form

READING = frozenset(
    {
        "",
        "help",
        "me",
        "patient",
        "near",
        "month",
        "export",
        "close",
        "digest",
        "patients",
        "staff",
        "team",
        "settings",
    }
)
"""Commands that save nothing: their errors need not say so."""


def listen(app: App, desk: Desk) -> None:
    """Answers every ``/ccm``."""

    @app.command(COMMAND)
    def on_command(ack: Ack, body: dict[str, Any]) -> None:
        typed = body.get("text", "")
        key = f"command:{body['trigger_id']}"
        name = split_command(typed).name
        saves = name not in READING
        said = answered(
            lambda: open_if_form(desk, answer(desk.call(body, key, typed)), body),
            what=known(name),
            typed=f"{COMMAND} {typed}" if saves else "",
            saves=saves,
        )
        if said is None:
            ack()
        else:
            ack(**said.payload())
        desk.follow_up(body, said)


def known(name: str) -> str:
    """The command for the log: what somebody typed only where it names one."""
    return name if name in {"help", *COMMANDS} else "unknown command" if name else "card"
