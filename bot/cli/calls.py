"""The call that a command of the terminal makes: the same that Slack's command makes of the same words."""

from collections.abc import Callable
from typing import Annotated
from uuid import uuid4

import typer

from bot.cli.opening import opened_practice
from bot.commands.call import Call
from bot.permissions import require_active
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.directory import OPERATOR, person_named
from ledger.storage.database import ScopedDatabase

Words = Annotated[list[str] | None, typer.Argument(help="As in Slack.")]
Author = Annotated[str, typer.Option("--as", help="The staff id of the person who did the work.")]


def with_call(work: Callable[[Call], None], words: Words, workspace: str | None, *, author: str | None = None) -> None:
    """Do ``work`` with the call that the terminal makes: as the operator, or as the person ``author`` names."""
    with opened_practice(workspace) as (practice, database):
        work(_call(database, practice, " ".join(words or []), author))


def _call(database: ScopedDatabase, practice: Practice, text: str, author: str | None) -> Call:
    with database.reading() as connection:
        if author == "":
            raise LedgerError("AUTHOR_MISSING", "Who did the work?", "Name the staff id, for example: --as coord1")
        person = OPERATOR if author is None else person_named(connection, practice.practice_id, author)
    at = now()
    require_active(person, practice.local_date(at))
    return Call(database, practice, person, text, at, f"terminal:{uuid4().hex}")
