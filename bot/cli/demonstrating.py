"""``ccm demo``: everything to be tried in a browser."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import out, progress_bar
from bot.cli.shared import failures_told
from bot.playground import Playground
from bot.playground import Workspace as LocalSlack
from bot.runtime import demo as demo_practice
from bot.runtime.ports import LAST_PORT, cannot_listen
from ledger.clock import now
from ledger.storage.database import Database

PLAYGROUND_PORT = 8765


def demo(
    directory: Annotated[Path, typer.Option(help="Where the ledger goes.")] = Path("demo"),
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 60,
    port: Annotated[
        int, typer.Option(min=0, max=LAST_PORT, help="The playground's port; 0 takes a free one.")
    ] = PLAYGROUND_PORT,
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
        raise cannot_listen(error, "127.0.0.1", port, option="ccm demo --port") from error
