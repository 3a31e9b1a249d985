"""What leads and billers are told of a month and of a week, beside what ``ledger.reports.month_lists`` counts.

Minutes are summed by the database, the rest is read from stored figures (design 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from ledger.months.figures import Figures, from_row
from ledger.patients.roster_history import patients_in
from ledger.practice.practice import Practice
from ledger.reports.finishing import hindrance
from ledger.reports.month_lists import Scope, touched_query
from ledger.rules.statement import Status
from ledger.storage.tables import VOIDS_ENTRY, EntryVoidRow, PatientMonthRow, TimeEntryRow

THRESHOLD = "threshold"
"""The policy ``claim_date`` under which a code's date is the day on which its minutes were reached (R8)."""


@dataclass(frozen=True, slots=True)
class FewMinutes:
    """Who stands below so many minutes in a program that is not billable yet.

    ``patients`` counts programs of patients, ``blocked`` those of them that minutes alone would not make billable;
    ``worth_cents`` is what the others add when each reaches its next code. ``first`` are some of them: those not
    blocked come first, with the most minutes first. Who cannot be finished now (N4) is none of them.
    """

    below_minutes: int
    patients: int
    blocked: int
    worth_cents: int
    first: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class StaffMinutes:
    """The minutes that a staff member logged in a stretch of days, and in as many days before it."""

    staff_id: str
    minutes: int
    minutes_before: int


def few_minutes(
    connection: Connection, practice: Practice, scope: Scope, *, below_minutes: int, most: int, on: date | None = None
) -> FewMinutes:
    """Return those below so many counted minutes and not billable; at most so many of them with their figures.

    With ``on`` whoever's minutes could not count on that day is none of them (N4).
    """
    query = touched_query(practice, scope).where(
        PatientMonthRow.status != Status.BILLABLE.value, PatientMonthRow.counted_minutes < below_minutes
    )
    if on is not None:
        query = query.where(hindrance(practice, PatientMonthRow.patient_code, PatientMonthRow.program, on).is_(None))
    rows = connection.execute(query).all()
    open_rows = [row for row in rows if not row.blockers]
    steps = [row.next_thresholds[0] for row in open_rows if row.next_thresholds]
    ordered = sorted(rows, key=lambda row: (bool(row.blockers), -row.counted_minutes, row.patient_code, row.program))
    return FewMinutes(
        below_minutes=below_minutes,
        patients=len(rows),
        blocked=len(rows) - len(open_rows),
        worth_cents=sum(step["amount_cents"] for step in steps),
        first=tuple(from_row(row) for row in ordered[:most]),
    )


def minutes_by_person(
    connection: Connection, practice: Practice, team_ids: Sequence[str], *, before: date, first: date, last: date
) -> list[StaffMinutes]:
    """Return who logged time for the teams' patients from ``before`` to ``last``, whether it counts or not; most first.

    The minutes are of dates of service from ``first`` on; those from ``before`` up to then stand apart.
    """
    is_in = TimeEntryRow.date_of_service >= first
    rows = connection.execute(
        select(
            TimeEntryRow.staff_id,
            func.coalesce(func.sum(TimeEntryRow.duration_minutes).filter(is_in), 0).label("minutes"),
            func.coalesce(func.sum(TimeEntryRow.duration_minutes).filter(~is_in), 0).label("minutes_before"),
        )
        .outerjoin(EntryVoidRow, VOIDS_ENTRY)
        .where(
            TimeEntryRow.practice_id == practice.practice_id,
            TimeEntryRow.patient_code.in_(patients_in(practice.practice_id, team_ids, last)),
            TimeEntryRow.date_of_service.between(before, last),
            EntryVoidRow.position.is_(None),
        )
        .group_by(TimeEntryRow.staff_id)
    )
    found = [StaffMinutes(row.staff_id, int(row.minutes), int(row.minutes_before)) for row in rows]
    return sorted(found, key=lambda one: (-one.minutes, -one.minutes_before, one.staff_id))


def units_billed(connection: Connection, practice: Practice, scope: Scope) -> int:
    """Return how many units of codes the scope's patients have."""
    return sum(line["units"] for codes in _codes(connection, practice, scope).values() for line in codes)


def became_billable(connection: Connection, practice: Practice, scope: Scope, *, first: date, last: date) -> int | None:
    """Return how many patients reached their first code between the days, these included.

    None where the practice's claims carry the month's last day: then no date says when minutes were reached.
    """
    if practice.policy.claim_date != THRESHOLD:
        return None
    days = [
        min(date.fromisoformat(line["date_of_service"]) for line in codes)
        for codes in _codes(connection, practice, scope).values()
        if codes
    ]
    return sum(first <= day <= last for day in days)


def _codes(connection: Connection, practice: Practice, scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """Return the code lines of each billable patient."""
    rows = connection.execute(
        touched_query(practice, scope)
        .where(PatientMonthRow.status == Status.BILLABLE.value)
        .with_only_columns(PatientMonthRow.patient_code, PatientMonthRow.codes)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.patient_code, []).extend(row.codes)
    return found
