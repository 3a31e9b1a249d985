"""``ccm init`` and ``ccm db``: a database, and a practice in it."""

from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import out
from bot.cli.opening import opened_ledger
from ledger.clock import now
from ledger.practice.practice import create_practice
from ledger.storage import schema

db = typer.Typer(no_args_is_help=True, add_completion=False)


def init(
    workspace: Annotated[str, typer.Option(help="The Slack workspace id, for example T01ABCDEF.")],
    timezone: Annotated[str, typer.Option(help="The practice's zone, for example America/New_York.")],
    name: Annotated[str, typer.Option(help="The practice's name.")],
) -> None:
    """Make the database if there is none, and the practice in it."""
    with opened_ledger(needs_schema=False) as database:
        schema.upgrade(database)
        with database.of(workspace).writing() as connection:
            practice = create_practice(connection, workspace, name, timezone, at=now())
    out.print(f"{escape(practice.name)} ({practice.practice_id}, {practice.timezone}) is in the ledger.")
    out.print("Next: ccm import teams teams.csv, then staff, patients and entries.")


@db.command()
def upgrade() -> None:
    """Bring the database to the newest migration."""
    with opened_ledger(needs_schema=False) as database:
        revision = schema.upgrade(database)
    out.print(f"The database is at migration {revision}.")
