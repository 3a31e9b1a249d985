"""``ccm import claims``: the file of claim lines that comes back, with what became of each line."""

from datetime import datetime

from sqlalchemy import Connection

from ledger.claims.exports import line_as_exported
from ledger.claims.marks import Asked, check, mark_lines
from ledger.claims.states import ClaimStatus
from ledger.errors import LedgerError
from ledger.imports.table_file import Rows, refuse_if_any
from ledger.practice.practice import Practice
from ledger.roster.storing import IMPORTED_BY
from ledger.validation import Cells, ImportSummary, Progress
from ledger.values.amounts import read_dollars
from ledger.values.reading import shown


def import_claims(
    connection: Connection, practice: Practice, table: Rows, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Record what the file says became of claim lines; raise ``ImportRefusedError`` where any row is wrong.

    A row without a status, or with the one that is recorded already, changes nothing.
    """
    asked: list[Asked] = []
    seen: set[str] = set()
    for row in table.rows:
        key = row.values["line_key"].upper()
        if key and key in seen:
            row.refuse("line_key", f"{key} stands in the file twice.", "Remove one of the lines.")
        seen.add(key)
        read = _read(connection, practice, row, at)
        if read is not None:
            asked.append(read)
    refuse_if_any(table)
    receipts = mark_lines(connection, practice, asked, at=at, by=IMPORTED_BY)
    progress("claims", len(table.rows), len(table.rows))
    outcomes = ["changed" if receipt.is_new else "unchanged" for receipt in receipts]
    outcomes += ["unchanged"] * (len(table.rows) - len(asked))
    return ImportSummary.of(outcomes, table.said())


def _read(connection: Connection, practice: Practice, row: Cells, at: datetime) -> Asked | None:
    """Return what a row asks for, None where it says nothing; problems with it are added to the row."""
    key = row.text("line_key", "L-MFRGGZDFMZTWQ2LK").upper()
    status = row.choice("status", ClaimStatus)
    on_date, paid = row.day("status_on"), row.read("paid", read_dollars) if row.values["paid"] else None
    export = row.whole_number("export")
    if not key or status is None or row.problems:
        return None
    line = line_as_exported(connection, practice, key, until=export) or line_as_exported(connection, practice, key)
    if line is None:
        row.refuse("line_key", f"{shown(key)} was never exported.", "Take the keys from the file of ccm claims.")
        return None
    if status is ClaimStatus.OPEN and not row.values["status_on"]:
        return None  # as it went out
    reason = row.values["reason"].removeprefix("'")  # put before what a spreadsheet would take for a formula
    asked = Asked(line, status, on_date, paid, reason)
    try:
        check(practice, asked, at=at)
    except LedgerError as error:
        row.refuse("status", error.title.removesuffix(" Nothing was saved."), error.remedy)
    return asked
