"""``ccm export``: the month as files."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.calls import Words, with_call
from bot.cli.console import out
from bot.cli.shared import Workspace
from bot.commands.call import Call
from bot.commands.export import month_files
from ledger.errors import LedgerError
from ledger.storage.private_files import make_folder, new_file


def export(
    directory: Annotated[Path, typer.Argument(help="Where the two files go; it is made where it is missing.")],
    words: Words = None,
    workspace: Workspace = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files of those names.")] = False,
) -> None:
    """Write the month as a workbook and as CSV.

    For example: ccm export out 2026-11 "Blue Team"
    """

    def write(call: Call) -> None:
        files = month_files(call)
        contents = {directory / name: content for name, content in files.contents.items()}
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

    with_call(write, words, workspace)
