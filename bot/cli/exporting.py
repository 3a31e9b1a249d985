"""``ccm export``: the month as files."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.calls import Words, with_call
from bot.cli.console import Workspace, out
from bot.commands.call import Call
from bot.commands.export import month_files


def export(
    directory: Annotated[Path, typer.Argument(help="Where the two files go; it is made where it is missing.")],
    words: Words = None,
    workspace: Workspace = None,
) -> None:
    """Write the month as a workbook and as CSV.

    For example: ccm export out 2026-11 "Blue Team"
    """

    def write(call: Call) -> None:
        files = month_files(call)
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in ((files.workbook_name, files.workbook), (files.csv_name, files.csv)):
            (directory / name).write_bytes(content)
            out.print(f"Wrote {directory / name}.", soft_wrap=True)

    with_call(write, words, workspace)
