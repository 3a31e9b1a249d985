"""``ccm export``: the month, or the roster, as files."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.calls import Words, with_call
from bot.cli.console import out
from bot.cli.shared import Workspace
from bot.commands.call import Call
from bot.commands.export import month_files
from bot.views.formatting import listed, some_of
from ledger.errors import LedgerError
from ledger.reports.roster_files import roster_files
from ledger.storage.private_files import make_folder, new_file

ROSTER = "roster"
CODES_NAMED = 20


def export(
    directory: Annotated[Path, typer.Argument(help="Where the files go; it is made where it is missing.")],
    words: Words = None,
    workspace: Workspace = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files of those names.")] = False,
) -> None:
    """Write the month as a workbook and as CSV.

    For example: ccm export out 2026-11 "Blue Team". With the word roster alone: the teams, people and patients, in the
    columns of ccm import.
    """

    def write(call: Call) -> None:
        found, notes = _roster(call) if call.text.lower() == ROSTER else (month_files(call).contents, ())
        contents = {directory / name: content for name, content in found.items()}
        there = [path for path in contents if os.path.lexists(path)]
        if there and not force:
            raise LedgerError(
                "EXPORT_EXISTS",
                f"{there[0]} is there already; nothing was written.",
                "Name another folder, or overwrite it: the same command with --force",
            )
        make_folder(directory)
        for path, content in contents.items():
            path.unlink(missing_ok=True)
            with new_file(path) as file:
                file.write(content)
            out.print(f"Wrote {escape(str(path))}.", soft_wrap=True)
        for note in notes:
            out.print(escape(note), soft_wrap=True)

    with_call(write, words, workspace)


def _roster(call: Call) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """Return the files of the roster by name, and what they leave out."""
    with call.database.reading() as connection:
        found = roster_files(connection, call.practice)
    if not found.unsaid:
        return found.contents, ()
    who = f"{listed(len(found.unsaid), 'patient')}: {some_of(found.unsaid, CODES_NAMED)}"
    return found.contents, (f"Programs and consent are left empty where one line cannot say them, of {who}",)
