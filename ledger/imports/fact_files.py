"""``ccm import enrollments|consents|care-plans|…`` (``FACT_FILES``): facts about patients, one kind a file.

Each row appends a fact or a revision of one: the same file twice changes nothing, a row that differs supersedes what
was known of the same patient, subject and date, and ``yes`` under ``withdrawn`` takes back what was a mistake.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.imports.table_file import Rows, refuse_if_any
from ledger.patients.facts import Fact, FactIdentity
from ledger.practice.practice import Practice
from ledger.recording.fact_reading import (
    FACT_FILES,
    _fact,
    _known,
    _refuse_nothing_to_withdraw,
    record_facts,
)
from ledger.roster.storing import IMPORTED_BY
from ledger.validation import Cells, ImportSummary, Progress


def import_facts(
    connection: Connection,
    practice: Practice,
    table: Rows,
    *,
    kind: str,
    at: datetime,
    progress: Progress,
) -> ImportSummary:
    """Store the facts of the file; raise ``ImportRefusedError`` where any row is wrong.

    The months of the patients whose facts changed are evaluated again.
    """
    file = FACT_FILES[kind]
    known = _known(connection, practice, at=at)
    read = [(row, fact) for row in table.rows if (fact := _fact(row, file, known)) is not None]
    _refuse_repeated(read)
    _refuse_nothing_to_withdraw(connection, practice, read)
    refuse_if_any(table)
    facts = [fact for _, fact in read]
    summary = record_facts(connection, practice, facts, at=at, recorded_by=IMPORTED_BY, progress=progress)
    return replace(summary, read_as=table.said())


def _refuse_repeated(read: Sequence[tuple[Cells, Fact]]) -> None:
    """Add a problem to each row about a fact of which the file has a row before: only one of the two can hold."""
    first_lines: dict[FactIdentity, int] = {}
    for row, fact in read:
        first = first_lines.setdefault(fact.identity, row.line)
        if first != row.line:
            row.refuse("", f"speaks of the same fact as line {first}.", "Keep the one that is true.")
