"""``ccm import``: a practice from files of rows, as spreadsheets save them."""

import csv
import io
from collections.abc import Callable
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
from ledger.imports.entry_file import import_entries
from ledger.imports.fact_files import import_facts
from ledger.imports.roster_files import import_patients, import_staff, import_teams
from ledger.imports.table_file import ImportRefusedError
from ledger.recording.fact_reading import FACT_FILES, WITHDRAWN
from ledger.storage.private_files import new_file
from ledger.validation import ImportSummary

imports = typer.Typer(
    help="Import a practice from CSV files or workbooks: all of a file, or nothing of it.",
    no_args_is_help=True,
    add_completion=False,
)

Importer = Callable[..., ImportSummary]
"""One of the functions of ``ledger.imports``."""

File = Annotated[Path, typer.Argument(help="The CSV file, or the workbook (.xlsx).", dir_okay=True)]
Sheet = Annotated[str | None, typer.Option(help="Which sheet of a workbook; without it the first.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; nothing is saved.")]
Errors = Annotated[Path | None, typer.Option(help="Write every problem to this new CSV file.", dir_okay=False)]
ConfirmLong = Annotated[bool, typer.Option("--confirm-long", help="Accept entries over 180 minutes (rule E4).")]


def _facts_summary(kind: str) -> str:
    file = FACT_FILES[kind]
    columns, optional = ", ".join(("patient", *file.columns)), ", ".join((*file.optional, WITHDRAWN))
    return f"Facts about patients: {columns}; may be missing: {optional}."


_KINDS: dict[str, tuple[Importer, str]] = {
    "teams": (import_teams, "Care teams and their channels (name, channel_id)."),
    "staff": (import_staff, "People, credentials, roles and teams."),
    "patients": (import_patients, "Patients by code, with enrollment, consent, initiating visit and care plan."),
    "entries": (import_entries, "Time that was documented elsewhere."),
} | {
    kind: (
        partial(import_facts, kind=kind),
        _facts_summary(kind),
    )
    for kind in FACT_FILES
}
"""The kinds of files by their name after ``ccm import``: what imports one, and its summary."""


def _add(kind: str, importer: Importer, summary: str) -> None:
    """Add the command that imports files of that kind."""

    def command(  # noqa: PLR0917 typer passes every option by its name
        file: File,
        sheet: Sheet = None,
        dry_run: DryRun = False,
        errors: Errors = None,
        confirm_long: ConfirmLong = False,
        workspace: Workspace = None,
        as_json: AsJson = False,
    ) -> None:
        more = {"confirm_long": confirm_long} if "confirm_long" in taken else {}
        _import(
            partial(importer, sheet=sheet, **more), file, workspace, dry_run=dry_run, errors=errors, as_json=as_json
        )

    taken = signature(importer).parameters
    known = signature(command)
    kept = [each for each in known.parameters.values() if each.name != "confirm_long" or each.name in taken]
    command.__signature__ = known.replace(parameters=kept)  # type: ignore[attr-defined] # typer reads the options from it
    imports.command(kind, help=summary)(command)


for _kind, (_importer, _summary) in _KINDS.items():
    _add(_kind, _importer, _summary)


def _import(
    importer: Importer, file: Path, workspace: str | None, *, dry_run: bool, errors: Path | None, as_json: bool
) -> None:
    with opened_practice(workspace) as (practice, database):
        try:
            transaction = database.trying() if dry_run else database.writing()
            with progress_bar() as progress, transaction as connection:
                summary = importer(connection, practice, file, at=now(), progress=progress)
        except ImportRefusedError as refused:
            if errors is not None:
                _write_errors(errors, refused)
            raise
    if as_json:
        counts: dict[str, Any] = {"added": summary.added, "changed": summary.changed, "unchanged": summary.unchanged}
        counts |= {"saved": False} if dry_run else {}
        told = {"read_as": summary.read_as, "warnings": summary.warnings}
        print_json({**counts, **{name: said for name, said in told.items() if said}})
    else:
        would = "Nothing was saved. It would be: " if dry_run else ""
        counted = f"{summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged."
        out.print(f"{escape(file.name)}: {would}{counted}", soft_wrap=True)
        print_read_as((*summary.read_as, *summary.warnings))


def _write_errors(path: Path, refused: ImportRefusedError) -> None:
    """Write each problem as a row; the file must be new."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("line", "column", "message", "remedy"))
    writer.writerows((each.line, each.column, each.message, each.remedy) for each in refused.problems)
    with new_file(path) as file:
        file.write(text.getvalue().encode("utf-8-sig"))
