"""``ccm fact``: one fact about a patient, by the columns of its import file."""

from typing import Annotated

import typer

from bot.cli.console import out, print_read_as
from bot.cli.opening import opened_practice
from bot.cli.shared import Workspace
from bot.grammar.commands import closest
from bot.permissions import require_active
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.recording.fact_reading import FACT_FILES, read_fact, record_facts
from ledger.roster.directory import person_named


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
        person = person_named(connection, practice.practice_id, author)
        require_active(person, practice.local_date(at))
        draft = read_fact(connection, practice, kind, _cells(kind, values), at=at, author=person.staff_id)
        found = draft.fact
        summary = record_facts(connection, practice, [found], at=at, recorded_by=person.staff_id)
    known = "that was known already" if summary.unchanged else "taken back" if found.withdrawn else "recorded"
    out.print(f"{found.patient_code}: {known}.")
    print_read_as(draft.read_as)


def _cells(kind: str, values: list[str]) -> dict[str, str]:
    """Return the values by column.

    Raises:
        LedgerError: For a kind or a column that is none.
    """
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
