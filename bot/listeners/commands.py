"""The slash command: one line in, an answer in the acknowledgement or a form, and what is done behind that."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.commands.command import Command, Files, Later
from bot.commands.help import unknown_command
from bot.commands.registry import ROUTES, command_named
from bot.errors import answered
from bot.grammar.commands import split_command
from bot.grammar.tokens import unescape
from bot.listeners.context import COMMAND, Services
from bot.listeners.responses import tell
from bot.slack.refusals import posting
from bot.views.reply import Answer, Reply


def listen(app: App, services: Services) -> None:
    """Answer every ``/ccm``: look the command up by its name, once."""
    for name in ROUTES:
        command_named(name)  # nobody waits for an import

    @app.command(COMMAND)
    def on_command(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        typed = body.get("text", "")
        name, rest = split_command(typed)
        command = command_named(name) if name in ROUTES else None
        saves = command is None or command.saves

        def work() -> Reply | Later | None:
            said = _answer(services, body, name, rest)
            return said if isinstance(said, Later) else services.open_if_form(said, body)

        said = answered(work, what=_logged_as(name), typed=f"{COMMAND} {typed}" if saves else "", saves=saves)
        if command is not None and isinstance(said, Later):
            ack(**said.card.payload())
            services.later(partial(_finish, services, body, respond, command, said), what=command.name)
        else:
            ack(**said.payload() if isinstance(said, Reply) else {})
            services.follow_up(body, said)


def _answer(services: Services, body: dict[str, Any], name: str, rest: str) -> Answer | Later:
    """Return what the command says; raise ``LedgerError`` for one that is none, or that the person may not use."""
    key = f"command:{body['trigger_id']}"
    if name not in ROUTES:
        raise unknown_command(services.call(body, key, rest), unescape(name), unescape(rest))
    command = command_named(name)
    text = rest if command.keeps_escapes else unescape(rest)
    return command.handle(services.call(body, key, text, command=name))


def _finish(services: Services, body: dict[str, Any], respond: Respond, command: Command, later: Later) -> None:
    """Do the work behind an answer and say below it what came of it, or send the files."""

    def work() -> Reply | None:
        done = later.work()
        if isinstance(done, Files):
            _send(services.client(body), body["user_id"], done)
            return done.reply
        services.follow(body, frozenset())
        return done

    typed = f"{COMMAND} {body['text']}" if command.saves else ""
    said = answered(work, what=command.name, typed=typed, saves=command.saves)
    if said is not None:
        tell(respond, said)


def _send(client: WebClient, user: str, files: Files) -> None:
    """Send the files by direct message; raise ``ChannelError`` where Slack does not take them."""
    uploads = [{"content": content, "filename": name, "title": name} for name, content in files.contents.items()]
    with posting():
        opened = client.conversations_open(users=[user])
        client.files_upload_v2(channel=opened["channel"]["id"], initial_comment=files.comment, file_uploads=uploads)


def _logged_as(name: str) -> str:
    """Return the command for the log: what somebody typed only where it names one."""
    return (name or "card") if name in ROUTES else "unknown command"
