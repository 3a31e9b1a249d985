"""``ccm move``: the ledger taken to another database."""

from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape

import bot.oauth.tables  # noqa: F401 - a ledger is moved with all of its tables
import jobs.scheduling.tables  # noqa: F401 - the same
import ledger.storage.claim_tables  # noqa: F401 - the same
from bot.cli.console import out, progress_bar
from bot.cli.opening import opened_ledger
from bot.cli.shared import AsJson, print_json
from ledger.audit.move import TARGET
from ledger.audit.move import move as move_ledger
from ledger.storage.database import Database


def move(
    to: Annotated[
        str,
        typer.Option(
            TARGET,
            envvar="CCM_MOVE_TO",
            show_envvar=True,
            help="The address of a new database; with a password in it, better in the environment.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Copy the whole ledger to a new database, from SQLite to PostgreSQL or back, while no program has it open.

    Both are verified and compared. For example: ccm move --to postgresql://ccm@db.internal/ccm
    """
    with opened_ledger(needs_schema=False) as database, closing(Database(to, TARGET)) as target:
        with progress_bar() as progress:
            moved = move_ledger(database, target, progress=progress)
        old, new = (each.url.render_as_string(hide_password=True) for each in (database, target))
    if as_json:
        print_json(moved)
        return
    rows = sum(moved.rows.values())
    out.print(
        f"{moved.practices} practices, {rows} rows in {len(moved.rows)} tables are in {escape(new)}; both are verified "
        "and alike.",
        soft_wrap=True,
    )
    out.print(
        "Next: set CCM_DATABASE_URL to that address for every process, run ccm doctor --full, start the bot.\n"
        f"{escape(old)} is as it was. Nothing may write to it from now on; keep it until the new one has a backup.",
        soft_wrap=True,
    )
