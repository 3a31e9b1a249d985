"""``ccm demo`` and ``ccm digest``: what is tried, and what the clock does."""

from contextlib import closing
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from slack_sdk import WebClient

from bot import demo as demo_practice
from bot.app import web_client
from bot.channel import SlackChannel
from bot.cli.console import (
    AsJson,
    Workspace,
    chosen_practice,
    err,
    failures_told,
    installations_of,
    opened_ledger,
    out,
    print_json,
    print_reply,
    progress_bar,
)
from bot.commands.call import Call
from bot.commands.digest import find_team, next_posts, post_now
from bot.edge import channel_error
from bot.playground import Playground
from bot.playground import Workspace as LocalSlack
from bot.settings import Settings, required
from bot.views.digest import digest_messages
from jobs.channel import ChannelError
from jobs.digests import digest_for
from ledger.clock import now
from ledger.database import Database
from ledger.errors import LedgerError
from ledger.practice import Practice
from ledger.roster import OPERATOR

PLAYGROUND_PORT = 8765


def demo(
    directory: Annotated[Path, typer.Option(help="Where the ledger goes.")] = Path("demo"),
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 60,
    port: Annotated[int, typer.Option(help="The playground's port; 0 takes a free one.")] = PLAYGROUND_PORT,
    http: Annotated[bool, typer.Option("--http", help="Reach the bot by HTTP instead of Socket Mode.")] = False,
) -> None:
    """Try everything in the browser: an invented practice and a local Slack. No Slack account is needed."""
    with failures_told():
        url = demo_practice.fresh_ledger(directory)
        with closing(Database(url)) as database:  # while the demo runs, so that another finds the ledger in use
            with progress_bar() as progress:
                practice = demo_practice.load_practice(
                    database, directory, patients=patients, at=now(), progress=progress
                )
            bot_port = demo_practice.free_port() if http else None
            workspace = demo_practice.workspace_for(database, practice, bot_port)
            with (
                _playground(workspace, port) as playground,
                demo_practice.bot_running(playground, url, http_port=bot_port) as process,
            ):
                out.print(f"Open [bold]{playground.url}[/] and type /ccm. Stop with Ctrl+C.")
                demo_practice.wait_for_stop(process)
    out.print(f"Stopped. The ledger is kept at {directory}/ccm.sqlite3 until the next demo.")


def _playground(workspace: LocalSlack, port: int) -> Playground:
    try:
        return Playground(workspace, port=port)
    except OSError as error:
        raise LedgerError(
            "PORT_TAKEN", f"Port {port} is taken.", "Stop the other demo, or use a free one: ccm demo --port 0"
        ) from error


def digest(
    team: Annotated[str, typer.Option(help="The care team's name.")],
    post: Annotated[bool, typer.Option("--post", help="Post it in the team's channel now.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Show a team's digest as it would be now; with --post, post it."""
    with opened_ledger() as ledger:
        practice = chosen_practice(ledger, workspace)
        database = ledger.of(practice.practice_id)
        call = Call(database, practice, OPERATOR, team, now(), f"terminal:{uuid4().hex}")
        found = find_team(call)
        with database.reading() as connection:
            shown = digest_for(connection, practice, found, at=call.at)
        if as_json:
            print_json(shown)
        else:
            for reply in digest_messages(shown, living=False):
                print_reply(reply)
        if not post:
            err.print(f"Next digests: {next_posts(practice, found, call.at)}.")
            return
        client = _client(ledger, practice)
        try:
            post_now(call, found, SlackChannel(client))
        except ChannelError as error:
            raise channel_error(error) from error
        err.print(f"Posted to the channel of {found.name}.")


def _client(ledger: Database, practice: Practice) -> WebClient:
    """The client of the practice's workspace; raises ``LedgerError`` where there is no token for it."""
    settings = Settings()
    installations = installations_of(settings, ledger)
    if installations is not None:
        return installations.client_of(practice.practice_id)
    token = required(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…")
    return web_client(token, settings.api_base_url)


def register(app: typer.Typer) -> None:
    """Adds these commands to ``app``."""
    for command in (demo, digest):
        app.command()(command)
