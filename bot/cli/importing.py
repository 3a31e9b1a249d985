"""``ccm import``: a practice from files of rows, as spreadsheets save them."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bot.cli.console import out, print_read_as, progress_bar
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, print_json
from ledger.clock import now
from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.imports.kinds import FILE_KINDS, FileKind, open_file
from ledger.imports.table_file import ImportRefusedError
from ledger.storage.private_files import new_file
from ledger.validation import ImportSummary

imports = typer.Typer(
    help="Import a practice from CSV files or workbooks: all of a file, or nothing of it.",
    no_args_is_help=True,
    add_completion=False,
)

File = Annotated[Path, typer.Argument(help="The CSV file, or the workbook (.xlsx).", dir_okay=True)]
Sheet = Annotated[str | None, typer.Option(help="Which sheet of a workbook; without it the first.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; nothing is saved.")]
Errors = Annotated[Path | None, typer.Option(help="Write every problem to this new CSV file.", dir_okay=False)]
Confirm = Annotated[bool, typer.Option("--confirm", help="Save it although other codes or payments come of it.")]
ConfirmLong = Annotated[bool, typer.Option("--confirm-long", help="Accept entries over 180 minutes (rule E4).")]


def _add(name: str, kind: FileKind) -> None:
    """Add the command that imports files of that kind."""

    def command(  # noqa: PLR0917 typer passes every option by its name
        file: File,
        sheet: Sheet = None,
        dry_run: DryRun = False,
        errors: Errors = None,
        confirm: Confirm = False,
        confirm_long: ConfirmLong = False,
        workspace: Workspace = None,
        as_json: AsJson = False,
    ) -> None:
        store = partial(kind.store, confirm_long=confirm_long) if kind.may_be_long else kind.store
        store = partial(store, confirmed=confirm or dry_run) if kind.may_cost else store
        with opened_practice(workspace) as (practice, database), _written_to(errors), _asked():
            table = open_file(name, file, sheet)
            transaction = database.trying() if dry_run else database.writing()
            with progress_bar() as progress, transaction as connection:
                summary = store(connection, practice, table, at=now(), progress=progress)
        _tell(table.file_name, summary, dry_run=dry_run, as_json=as_json)

    known = signature(command)
    is_kept = {"confirm": kind.may_cost, "confirm_long": kind.may_be_long}
    kept = [each for each in known.parameters.values() if is_kept.get(each.name, True)]
    command.__signature__ = known.replace(parameters=kept)  # type: ignore[attr-defined] # typer reads the options from it
    imports.command(name, help=kind.summary)(command)


for _name, _kind in FILE_KINDS.items():
    _add(_name, _kind)


def _tell(file_name: str, summary: ImportSummary, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        counts: dict[str, Any] = {"added": summary.added, "changed": summary.changed, "unchanged": summary.unchanged}
        counts |= {"saved": False} if dry_run else {}
        told = {"read_as": summary.read_as, "warnings": summary.warnings}
        print_json({**counts, **{name: said for name, said in told.items() if said}})
    else:
        would = "Nothing was saved. It would be: " if dry_run else ""
        counted = f"{summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged."
        out.print(f"{escape(file_name)}: {would}{counted}", soft_wrap=True)
        print_read_as((*summary.read_as, *summary.warnings))


@contextmanager
def _asked() -> Iterator[None]:
    """Say how a question is answered in a terminal."""
    try:
        yield
    except ConfirmationNeededError as question:
        remedy = "If that is right, add --confirm; what would change shows --dry-run."
        raise LedgerError(question.code, f"{question.title} Nothing was saved.", remedy) from question


@contextmanager
def _written_to(errors: Path | None) -> Iterator[None]:
    """Write every problem of a refused import, as a row each, to ``errors``, which must be new."""
    try:
        yield
    except ImportRefusedError as refused:
        if errors is not None:
            text = io.StringIO(newline="")
            writer = csv.writer(text)
            writer.writerow(("line", "column", "message", "remedy"))
            writer.writerows((each.line, each.column, each.message, each.remedy) for each in refused.problems)
            with new_file(errors) as file:
                file.write(text.getvalue().encode("utf-8-sig"))
        raise
