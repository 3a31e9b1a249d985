"""``ccm import``: a practice from CSV files."""

from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.markup import escape
from sqlalchemy import Connection

from bot.cli.console import out, progress_bar
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, print_json
from ledger.clock import now
from ledger.imports.entry_file import import_entries
from ledger.imports.fact_files import import_facts
from ledger.imports.roster_files import import_patients, import_staff, import_teams
from ledger.practice.practice import Practice
from ledger.recording.fact_reading import FACT_FILES, WITHDRAWN
from ledger.validation import ImportSummary, Progress

imports = typer.Typer(
    help="Import a practice from CSV files: all of a file, or nothing of it.",
    no_args_is_help=True,
    add_completion=False,
)

File = Annotated[Path, typer.Argument(help="The CSV file.", dir_okay=False)]


class Importer(Protocol):
    """One of the modules of ``ledger.imports``."""

    def __call__(
        self, connection: Connection, practice: Practice, path: Path, *, at: datetime, progress: Progress
    ) -> ImportSummary:
        """Return what the import of the file changed."""


@imports.command()
def teams(file: File, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Care teams and their channels (name, channel_id)."""
    _import(import_teams, file, workspace, as_json=as_json)


@imports.command()
def staff(file: File, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """People, credentials, roles and teams."""
    _import(import_staff, file, workspace, as_json=as_json)


@imports.command()
def patients(file: File, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Patients by code, with enrollment, consent, initiating visit and care plan."""
    _import(import_patients, file, workspace, as_json=as_json)


@imports.command()
def entries(
    file: File,
    workspace: Workspace = None,
    as_json: AsJson = False,
    confirm_long: Annotated[bool, typer.Option(help="Accept entries over 180 minutes (rule E4).")] = False,
) -> None:
    """Time that was documented elsewhere."""

    def with_confirmation(*args: Any, **more: Any) -> ImportSummary:
        return import_entries(*args, **more, confirm_long=confirm_long)

    _import(with_confirmation, file, workspace, as_json=as_json)


def _facts_command(kind: str) -> None:
    def command(file: File, workspace: Workspace = None, as_json: AsJson = False) -> None:
        _import(partial(import_facts, kind=kind), file, workspace, as_json=as_json)

    columns = ", ".join(("patient", *FACT_FILES[kind].columns))
    optional = ", ".join((*FACT_FILES[kind].optional, WITHDRAWN))
    imports.command(kind, help=f"Facts about patients: {columns}; may be missing: {optional}.")(command)


for _kind in FACT_FILES:
    _facts_command(_kind)


def _import(importer: Importer, file: Path, workspace: str | None, *, as_json: bool) -> None:
    with (
        opened_practice(workspace) as (practice, database),
        progress_bar() as progress,
        database.writing() as connection,
    ):
        summary = importer(connection, practice, file, at=now(), progress=progress)
    if as_json:
        print_json({name: said for name, said in asdict(summary).items() if said != ()})
    else:
        out.print(
            f"{escape(file.name)}: {summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged."
        )
        for warning in summary.warnings:
            out.print(escape(warning))
