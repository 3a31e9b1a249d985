"""``ccm init``, ``ccm db``, ``ccm sample`` and ``ccm import``: from nothing to a practice in the ledger."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.markup import escape
from sqlalchemy import Connection

from bot.access import require_active
from bot.cli.console import (
    AsJson,
    Workspace,
    failures_told,
    opened_ledger,
    opened_practice,
    out,
    print_json,
    progress_bar,
)
from bot.grammar.commands import closest
from ledger import schema
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.imports.entries import import_entries
from ledger.imports.facts import FACT_FILES, import_facts, read_fact, record_facts
from ledger.imports.patients import import_patients
from ledger.imports.reading import ImportSummary, Progress
from ledger.imports.staff import import_staff
from ledger.imports.teams import import_teams
from ledger.practice import Practice, create_practice, zone_named
from ledger.roster import person_by_id
from ledger.sample import write_sample

db = typer.Typer(help="The ledger's database.", no_args_is_help=True)
imports = typer.Typer(help="Import a practice from CSV files: all of a file, or nothing of it.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The CSV file.", dir_okay=False)]


class Importer(Protocol):
    """One of the modules of ``ledger.imports``."""

    def __call__(
        self, connection: Connection, practice: Practice, path: Path, *, at: datetime, progress: Progress
    ) -> ImportSummary:
        """What the import of the file changed."""


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
    imports.command(kind, help=f"Facts about patients: {columns}; optional: withdrawn.")(command)


for _kind in FACT_FILES:
    _facts_command(_kind)


def fact(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(FACT_FILES)}.")],
    values: Annotated[list[str], typer.Argument(help="column=value, as in the import file of that kind.")],
    author: Annotated[str, typer.Option("--as", help="The staff id of the person who records it.")],
    workspace: Workspace = None,
) -> None:
    """Record one fact about a patient.

    For example: ccm fact consents patient=P-1042 program=CCM date=2026-11-03 form=verbal --as coord1
    """
    with opened_practice(workspace) as (practice, database), database.writing() as connection:
        at = now()
        person = person_by_id(connection, practice.practice_id, author)
        require_active(person, practice.local_date(at))
        found = read_fact(connection, practice, kind, _cells(kind, values), at=at)
        summary = record_facts(connection, practice, [found], at=at, recorded_by=person.staff_id)
    known = "that was known already" if summary.unchanged else "taken back" if found.withdrawn else "recorded"
    out.print(f"{found.patient_code}: {known}.")


def _cells(kind: str, values: list[str]) -> dict[str, str]:
    """The values by column; raises ``LedgerError`` for a kind or a column that is none."""
    if kind not in FACT_FILES:
        near = closest(kind, FACT_FILES)
        remedy = f"Did you mean: ccm fact {near}" if near else f"One of: {', '.join(FACT_FILES)}"
        raise LedgerError("FACT_UNKNOWN", f"There is no kind of fact {kind!r}. Nothing was saved.", remedy)
    columns = ("patient", *FACT_FILES[kind].columns, "withdrawn")
    cells = {}
    for value in values:
        column, equals, text = value.partition("=")
        if not equals or column not in columns:
            raise LedgerError(
                "FACT_COLUMN",
                f"{value!r} is not column=value. Nothing was saved.",
                f"Columns of {kind}: {', '.join(columns)}. Put quotes around a value of several words.",
            )
        if column in cells:
            raise LedgerError("FACT_COLUMN", f"{column} is given twice. Nothing was saved.", "Keep one of the two.")
        cells[column] = text.strip()
    return cells


def _import(importer: Importer, file: Path, workspace: str | None, *, as_json: bool) -> None:
    with (
        opened_practice(workspace) as (practice, database),
        progress_bar() as progress,
        database.writing() as connection,
    ):
        summary = importer(connection, practice, file, at=now(), progress=progress)
    if as_json:
        print_json(summary)
    else:
        out.print(
            f"{escape(file.name)}: {summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged."
        )


def sample(
    directory: Annotated[Path, typer.Argument(help="Where the files go; it is made where it is missing.")],
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed writes the same practice.")] = 1,
    timezone: Annotated[str, typer.Option(help="The practice's zone.")] = "America/New_York",
) -> None:
    """Write the import files of an invented practice of any size."""
    with failures_told():
        zone = zone_named(timezone)
        today = now().astimezone(zone).date()
        write_sample(directory, patients=patients, seed=seed, today=today)
    out.print(f"Wrote teams.csv, staff.csv, patients.csv and entries.csv to {escape(str(directory))}.", soft_wrap=True)
