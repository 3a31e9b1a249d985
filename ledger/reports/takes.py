"""Who has taken whom: a member of the staff takes a patient of a month's worklist, so that two do not call the same.

A take lasts for its month. It is a record: whoever takes a patient over, or gives one back, adds a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from ledger.practice.practice import Practice
from ledger.storage.database import AnyRow
from ledger.storage.hash_chain import lock_heads
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import TakeRow


@dataclass(frozen=True, slots=True)
class Take:
    """A patient whom a member of the staff has taken, and since when."""

    patient_code: str
    staff_id: str
    taken_at: datetime


class Outcome(StrEnum):
    """What came of asking for a patient."""

    TAKEN = "taken"
    RELEASED = "released"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it, and who has the patient now: None where nobody has."""

    outcome: Outcome
    holder: Take | None


@dataclass(frozen=True, slots=True)
class _Kept(Replayable):
    """What is kept of a request."""

    outcome: Outcome


_TAKE = Once(_Kept)


def takes_of(connection: Connection, practice: Practice, month: date) -> Mapping[str, Take]:
    """Return the patients of ``month`` (its first day) whom somebody has taken, by code."""
    rows = connection.execute(
        select(TakeRow.__table__)
        .where(TakeRow.practice_id == practice.practice_id, TakeRow.month == month)
        .order_by(TakeRow.revision)
    )
    latest = {row.patient_code: row for row in rows}
    return {code: take for code, row in latest.items() if (take := _take(row)) is not None}


def take_or_release(
    connection: Connection,
    practice: Practice,
    month: date,
    patient_code: str,
    staff_id: str,
    *,
    request: Request,
    at: datetime,
) -> Asked:
    """Take a patient whom nobody has; give back one whom ``staff_id`` has; leave one whom somebody else has.

    The same ``request`` again does nothing and answers alike.
    """
    return _ask(connection, practice, month, patient_code, staff_id, instead_of=None, request=request, at=at)


def take_over(
    connection: Connection,
    practice: Practice,
    month: date,
    patient_code: str,
    staff_id: str,
    *,
    instead_of: str,
    request: Request,
    at: datetime,
) -> Asked:
    """Take a patient whom ``instead_of`` or nobody has; leave one whom a third person has taken meanwhile."""
    return _ask(connection, practice, month, patient_code, staff_id, instead_of=instead_of, request=request, at=at)


def _ask(
    connection: Connection,
    practice: Practice,
    month: date,
    patient_code: str,
    staff_id: str,
    *,
    instead_of: str | None,
    request: Request,
    at: datetime,
) -> Asked:
    # Whoever asks for the same patient waits here, so that the second sees what the first has done.
    lock_heads(connection, practice.practice_id, [patient_code])

    def ask() -> _Kept:
        return _Kept(_settle(connection, practice, month, patient_code, staff_id, instead_of=instead_of, at=at))

    kept = _TAKE.write(connection, practice.practice_id, request, ask, at=at)
    return Asked(kept.outcome, _holder(connection, practice, month, patient_code)[1])


def _settle(
    connection: Connection,
    practice: Practice,
    month: date,
    patient_code: str,
    staff_id: str,
    *,
    instead_of: str | None,
    at: datetime,
) -> Outcome:
    revision, holder = _holder(connection, practice, month, patient_code)
    mine = holder is not None and holder.staff_id == staff_id
    if holder is None or holder.staff_id == instead_of:
        outcome, now = Outcome.TAKEN, Take(patient_code, staff_id, at)
    elif mine and instead_of is None:
        outcome, now = Outcome.RELEASED, None
    else:
        outcome, now = Outcome.TAKEN if mine else Outcome.HELD, holder
    if now != holder:
        connection.execute(
            insert(TakeRow).values(
                practice_id=practice.practice_id,
                month=month,
                patient_code=patient_code,
                revision=revision + 1,
                staff_id=now.staff_id if now else None,
                recorded_at=at,
                recorded_by=staff_id,
            )
        )
    return outcome


def _holder(connection: Connection, practice: Practice, month: date, patient_code: str) -> tuple[int, Take | None]:
    """Return the revision that holds, 0 where the patient was never taken, and who has the patient by it."""
    row = connection.execute(
        select(TakeRow.__table__)
        .where(
            TakeRow.practice_id == practice.practice_id,
            TakeRow.month == month,
            TakeRow.patient_code == patient_code,
        )
        .order_by(TakeRow.revision.desc())
        .limit(1)
    ).one_or_none()
    return (row.revision, _take(row)) if row else (0, None)


def _take(row: AnyRow) -> Take | None:
    return Take(row.patient_code, row.staff_id, row.recorded_at) if row.staff_id else None
