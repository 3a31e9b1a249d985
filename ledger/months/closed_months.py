"""Closed months: what is frozen, who closed and reopened what, and the guard of all that would change one (E9, B2).

Whoever stores something about a month shares the month's lock until the commit; whoever closes or reopens it has the
lock alone. So each write is in what a close froze, or finds the month closed. Work on other months does not wait.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, Connection, bindparam, func, select

from ledger.clock import last_of_month, month_of
from ledger.errors import LedgerError
from ledger.months.figures import Figures
from ledger.patients.roster_history import patients_in
from ledger.practice.practice import Practice
from ledger.rules.statement import Statement
from ledger.storage.batches import batches
from ledger.storage.database import AnyRow, AnySelect
from ledger.storage.month_tables import ClosedProgramRow, ClosedStatementRow, MonthClosingRow


class Action(StrEnum):
    """What was done with a month."""

    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Totals:
    """A month in numbers: patients, units of all codes, the expected payment in cents, programs that are not billed."""

    enrolled_patients: int
    billable_patients: int
    units: int
    expected_cents: int
    blocked_programs: int
    programs_below_threshold: int
    untouched_programs: int


@dataclass(frozen=True, slots=True)
class Closing:
    """A close or a reopen of ``month``, the ``number``-th of the two counted together.

    A close has ``totals`` and ``hash``, SHA-256 over all that it froze; a reopen has a ``reason``.
    """

    month: date
    number: int
    action: Action
    recorded_at: datetime
    recorded_by: str
    reason: str | None
    rulebook: str
    rulebook_hash: str
    totals: Totals | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class FrozenStatement:
    """A patient's statement and figures as a close froze them."""

    statement: Statement
    figures: tuple[Figures, ...]


STATEMENTS = TypeAdapter(Statement)
FIGURES = TypeAdapter(tuple[Figures, ...])
_TOTALS = TypeAdapter(Totals)
_MINE: BindParameter[str] = bindparam("mine")
_CLOSINGS = (
    select(MonthClosingRow.__table__)
    .where(MonthClosingRow.practice_id == _MINE)
    .order_by(MonthClosingRow.month, MonthClosingRow.number)
)
_CLOSINGS_OF = _CLOSINGS.where(MonthClosingRow.month.in_(bindparam("months", expanding=True)))
_FROZEN = select(ClosedStatementRow.patient_code, ClosedStatementRow.statement, ClosedStatementRow.figures).where(
    ClosedStatementRow.practice_id == _MINE,
    ClosedStatementRow.month == bindparam("month"),
    ClosedStatementRow.number == bindparam("number"),
    ClosedStatementRow.patient_code.in_(bindparam("codes", expanding=True)),
)


def closings_of(connection: Connection, practice_id: str, month: date) -> list[Closing]:
    """Return every close and reopen of the month, the earliest first."""
    rows = connection.execute(_CLOSINGS_OF, {"mine": practice_id, "months": [month]})
    return [_closing(row) for row in rows]


def closings_in_force(
    connection: Connection, practice_id: str, months: Collection[date] | None = None
) -> dict[date, Closing]:
    """Return the months that are closed, of these or of all, each with the close that holds."""
    if months is None:
        rows = connection.execute(_CLOSINGS, {"mine": practice_id})
    else:
        rows = connection.execute(_CLOSINGS_OF, {"mine": practice_id, "months": sorted(months)})
    latest = {row.month: row for row in rows}
    return {month: _closing(row) for month, row in latest.items() if row.action == Action.CLOSE}


def closing_in_force(connection: Connection, practice_id: str, month: date) -> Closing | None:
    """Return the close that holds the month as it was, or None while it is open."""
    return closings_in_force(connection, practice_id, [month]).get(month)


def share_months(connection: Connection, practice_id: str, months: Collection[date]) -> dict[date, Closing]:
    """Keep these months from being closed or reopened until the commit, and return those that are closed.

    On SQLite nobody else writes meanwhile. Whoever locks patients too locks them before.
    """
    if connection.dialect.name == "postgresql":
        for month in sorted(months):
            connection.execute(select(func.pg_advisory_xact_lock_shared(_lock_key(practice_id, month))))
    return closings_in_force(connection, practice_id, months)


def lock_month(connection: Connection, practice_id: str, month: date) -> Closing | None:
    """Wait for those who share the month and let nobody store anything about it until the commit; then as above.

    Whoever holds this waits for no patient: one who has a patient may be waiting for the month.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_lock_key(practice_id, month))))
    return closing_in_force(connection, practice_id, month)


def _lock_key(practice_id: str, month: date) -> int:
    """Return what PostgreSQL calls the month's lock: 64 bits.

    Two months under one key would only wait for one another.
    """
    digest = hashlib.sha256(f"{practice_id} {month:%Y-%m}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def refuse_closed(connection: Connection, practice: Practice, days: Collection[date]) -> None:
    """Raise ``LedgerError`` MONTH_CLOSED where one of these dates of service lies in a closed month (E9).

    None of their months is closed before the commit.
    """
    closed = share_months(connection, practice.practice_id, {month_of(day) for day in days})
    if closed:
        raise closed_error(practice, closed[min(closed)])


def closed_error(practice: Practice, closing: Closing) -> LedgerError:
    """Return what somebody is told who would change a closed month.

    Since when it is closed, and the way to reopen it.
    """
    closed_on = practice.local_date(closing.recorded_at)
    return LedgerError(
        "MONTH_CLOSED",
        f"{closing.month:%B %Y} is closed since {closed_on:%Y-%m-%d} (rule E9).",
        f"A biller can reopen it and say why, for example: {reopen_example(closing.month)}",
    )


def reopen_example(month: date) -> str:
    """Return a line that reopens the month."""
    return f"/ccm reopen {month:%Y-%m} A call of that month was logged late."


def frozen_statements(
    connection: Connection, practice_id: str, closing: Closing, patient_codes: Sequence[str]
) -> dict[str, FrozenStatement]:
    """Return what ``closing`` froze of these patients, by code. Who came to the practice after it is absent."""
    found: dict[str, FrozenStatement] = {}
    for batch in batches(patient_codes):
        asked = {"mine": practice_id, "month": closing.month, "number": closing.number, "codes": batch}
        rows = connection.execute(_FROZEN, asked)
        found |= {row.patient_code: thawed(row.statement, row.figures) for row in rows}
    return found


def thawed(statement: str, figures: str) -> FrozenStatement:
    """Return what the JSON in a row of ``closed_statements`` says."""
    return FrozenStatement(STATEMENTS.validate_python(json.loads(statement)), FIGURES.validate_json(figures))


def nothing_frozen(closing: Closing) -> FrozenStatement:
    """Return what a close says of a patient who came to the practice after it."""
    return FrozenStatement(Statement(closing.month, closing.rulebook, closing.rulebook_hash, (), ()), ())


def closed_programs(practice_id: str, closing: Closing, team_ids: Collection[str] | None = None) -> AnySelect:
    """Return a query for the patients and programs of what ``closing`` froze.

    They are those of all teams where ``team_ids`` is None.
    """
    query = select(ClosedProgramRow.patient_code, ClosedProgramRow.program).where(
        ClosedProgramRow.practice_id == practice_id,
        ClosedProgramRow.month == closing.month,
        ClosedProgramRow.number == closing.number,
    )
    if team_ids is None:
        return query
    patients = patients_in(practice_id, team_ids, last_of_month(closing.month))
    return query.where(ClosedProgramRow.patient_code.in_(patients))


def _closing(row: AnyRow) -> Closing:
    totals: Mapping[str, int] = row.totals
    return Closing(
        month=row.month,
        number=row.number,
        action=Action(row.action),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        reason=row.reason,
        rulebook=row.rulebook,
        rulebook_hash=row.rulebook_hash,
        totals=_TOTALS.validate_python(totals) if totals else None,
        hash=row.hash,
    )
