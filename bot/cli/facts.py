"""``ccm fact``: one fact about a patient, by the columns of its import file."""

from typing import Annotated
from uuid import uuid4

import typer
from sqlalchemy import Connection

from bot.cli.console import out, print_read_as
from bot.cli.opening import opened_practice
from bot.cli.shared import Workspace
from bot.commands.facts.kinds import kind_of_file
from bot.grammar.commands import closest
from bot.permissions import require_active
from bot.views.formatting import month_name
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.patients.fact_history import fact_histories
from ledger.practice.practice import Practice
from ledger.recording.fact_cells import LAYOUTS, cells_of_fact
from ledger.recording.fact_reading import FACT_FILES, FactDraft, read_fact
from ledger.recording.fact_rows import WITHDRAWN
from ledger.recording.facts import FactReceipt, Outcome, record_fact
from ledger.roster.directory import Person, find_codes, person_named
from ledger.storage.idempotency import Request

_SAID = {
    Outcome.KNOWN: "that was known already",
    Outcome.WITHDRAWN_BEFORE: "that was known already",
    Outcome.WITHDRAWN: "taken back",
}


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
        if kind in FACT_FILES:
            kind_of_file(kind).require(person, f"ccm fact {kind}")
        cells = _as_recorded(connection, practice, kind, _cells(kind, values))
        draft = read_fact(connection, practice, kind, cells, at=at, author=person.staff_id)
        receipt = _saved(connection, practice, draft, person)
    out.print(f"{receipt.fact.patient_code}: {_SAID.get(receipt.outcome, 'recorded')}.")
    print_read_as(draft.read_as)
    for month in receipt.closed_months:
        out.print(f"{month_name(month)} is closed: its statement stays as it was.")


def _saved(connection: Connection, practice: Practice, draft: FactDraft, person: Person) -> FactReceipt:
    request, at = Request(f"terminal:{uuid4().hex}", {"by": person.staff_id}), now()
    return record_fact(connection, practice, draft.fact, request=request, at=at, recorded_by=person.staff_id)


def _as_recorded(connection: Connection, practice: Practice, kind: str, cells: dict[str, str]) -> dict[str, str]:
    """Return the cells, with those that are left out of a fact to be withdrawn as they are recorded.

    They are so where what is given fits one fact alone.
    """
    codes = find_codes(connection, practice.practice_id, cells.get("patient", ""))
    if cells.get(WITHDRAWN, "").lower() != "yes" or len(codes) != 1:
        return cells
    given = {column: text.lower() for column, text in cells.items() if column not in {"patient", WITHDRAWN}}
    found = [
        recorded
        for one in fact_histories(connection, practice, codes[0])
        if one.holds and LAYOUTS[one.newest.fact.kind].file == kind
        for recorded in [cells_of_fact(one.newest.fact, practice)]
        if all(recorded.get(column, "").lower() == text for column, text in given.items())
    ]
    return {**found[0], **cells} if len(found) == 1 else cells


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
