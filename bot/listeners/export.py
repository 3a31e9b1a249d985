"""What is sent after the acknowledgement: the files of ``/ccm export``, by direct message."""

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.commands.call import Call
from bot.commands.export import export, month_files
from bot.commands.registry import answer
from bot.errors import answered
from bot.grammar.commands import split_command
from bot.listeners.context import COMMAND, Desk
from bot.permissions import require
from bot.views.reply import OpenForm, Reply
from ledger.errors import LedgerError

EXPORT = "export"


def listen(app: App, desk: Desk) -> None:
    """Answers ``/ccm export`` at once and sends the files when they are ready."""

    def asks_for_export(body: dict[str, Any]) -> bool:
        return split_command(body.get("text", "")).name == EXPORT

    def acknowledge(ack: Ack, body: dict[str, Any]) -> None:
        said = answered(lambda: answer(desk.call(body, "", body.get("text", ""))), what=EXPORT, saves=False)
        if not isinstance(said, OpenForm):
            ack(**said.payload())

    def send(body: dict[str, Any], respond: Respond) -> None:
        def work() -> None:
            try:
                call = desk.call(body, "", split_command(body.get("text", "")).rest)
                require(call.person, EXPORT)
                export(call)
            except LedgerError:
                return  # the acknowledgement has said so
            _send_files(desk.client(body), call, body["user_id"])

        said = answered(work, what="sending the export", saves=False)
        if isinstance(said, Reply):
            respond(response_type="ephemeral", replace_original=False, **said.payload())

    app.command(COMMAND, matchers=[asks_for_export])(ack=acknowledge, lazy=[send])


def _send_files(client: WebClient, call: Call, user: str) -> None:
    files = month_files(call)
    opened = client.conversations_open(users=[user])
    uploads = [
        {"content": files.workbook, "filename": files.workbook_name, "title": files.workbook_name},
        {"content": files.csv, "filename": files.csv_name, "title": files.csv_name},
    ]
    client.files_upload_v2(channel=opened["channel"]["id"], initial_comment=files.title, file_uploads=uploads)
