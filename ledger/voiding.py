"""Correcting by adding: a void says, with a reason, that an entry no longer counts (E5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, Connection, String, and_, bindparam, insert, or_, select

from ledger.chain import link, lock_head, move_head
from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.patient_months import reevaluate
from ledger.practice import Practice
from ledger.recording import MonthChange, lock_staff, month_change
from ledger.requests import Request, earlier_result, remember
from ledger.rules.facts import Program
from ledger.tables import EntryVoidRow, TimeEntryRow

UNDO_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class VoidReceipt:
    """What was voided, and what that changed."""

    patient_code: str
    program: Program
    positions: tuple[int, ...]
    duration_minutes: int
    months: tuple[MonthChange, ...]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _StoredPart:
    position: int
    program: Program
    date_of_service: date
    duration_minutes: int


_RECEIPT = TypeAdapter(VoidReceipt)


def undo_last(
    connection: Connection,
    practice: Practice,
    staff_id: str,
    *,
    request: Request,
    at: datetime,
    patient_code: str | None = None,
    position: int | None = None,
) -> VoidReceipt:
    """Voids the staff member's last live entry, or the one named, if it was recorded under 15 minutes ago.

    All parts of an entry that crossed midnight go together. Raises ``LedgerError`` where there is nothing to undo.
    """
    lock_staff(connection, practice, staff_id)
    earlier = earlier_result(connection, practice.practice_id, request)
    if earlier is not None:
        return replace(_RECEIPT.validate_python(earlier), replayed=True)
    code, parts = _last_entry(connection, practice, staff_id, since=at - UNDO_WINDOW, named=(patient_code, position))
    receipt = _void(connection, practice, code, parts, reason="undone by its author", by=staff_id, at=at)
    remember(connection, practice.practice_id, request, _RECEIPT.dump_python(receipt, mode="json"), at=at)
    return receipt


_ASKED_CODE: BindParameter[str | None] = bindparam("code", type_=String)
_LIVE_OF_STAFF = (
    select(
        TimeEntryRow.patient_code,
        TimeEntryRow.position,
        TimeEntryRow.program,
        TimeEntryRow.date_of_service,
        TimeEntryRow.duration_minutes,
        TimeEntryRow.first_part_position,
    )
    .outerjoin(
        EntryVoidRow,
        and_(
            EntryVoidRow.practice_id == TimeEntryRow.practice_id,
            EntryVoidRow.patient_code == TimeEntryRow.patient_code,
            EntryVoidRow.entry_position == TimeEntryRow.position,
        ),
    )
    .where(
        TimeEntryRow.practice_id == bindparam("mine"),
        TimeEntryRow.staff_id == bindparam("staff"),
        TimeEntryRow.recorded_by == bindparam("staff"),
        TimeEntryRow.recorded_at > bindparam("since"),
        EntryVoidRow.position.is_(None),
        or_(_ASKED_CODE.is_(None), TimeEntryRow.patient_code == _ASKED_CODE),
    )
    .order_by(TimeEntryRow.recorded_at.desc(), TimeEntryRow.position.desc())
)


def _last_entry(
    connection: Connection,
    practice: Practice,
    staff_id: str,
    *,
    since: datetime,
    named: tuple[str | None, int | None],
) -> tuple[str, list[_StoredPart]]:
    patient_code, position = named
    rows = connection.execute(
        _LIVE_OF_STAFF, {"mine": practice.practice_id, "staff": staff_id, "since": since, "code": patient_code}
    ).all()
    last = next((row for row in rows if position in {None, row.position, row.first_part_position}), None)
    if last is None:
        raise LedgerError(
            "NOTHING_TO_UNDO",
            "You have no entry from the last 15 minutes to undo. Nothing was changed.",
            "An older entry is voided with a reason by a team lead.",
        )
    whole = [
        _StoredPart(row.position, Program(row.program), row.date_of_service, row.duration_minutes)
        for row in rows
        if row.patient_code == last.patient_code
        and (row.position == last.position or _same_entry(row.first_part_position, last.first_part_position))
    ]
    return last.patient_code, sorted(whole, key=lambda part: part.position)


def _same_entry(first_part: int | None, other: int | None) -> bool:
    return first_part is not None and first_part == other


def _void(
    connection: Connection,
    practice: Practice,
    patient_code: str,
    parts: Sequence[_StoredPart],
    *,
    reason: str,
    by: str,
    at: datetime,
) -> VoidReceipt:
    position, head = lock_head(connection, practice.practice_id, patient_code)
    for part in parts:
        position += 1
        row = link(
            "void",
            {
                "practice_id": practice.practice_id,
                "patient_code": patient_code,
                "position": position,
                "entry_position": part.position,
                "reason": reason,
                "recorded_at": at,
                "recorded_by": by,
            },
            head,
        )
        head = row["hash"]
        connection.execute(insert(EntryVoidRow), [row])
    move_head(connection, practice.practice_id, patient_code, position, head)
    months = [
        reevaluate(connection, practice, patient_code, month)
        for month in sorted({month_of(part.date_of_service) for part in parts})
    ]
    program = parts[0].program
    return VoidReceipt(
        patient_code=patient_code,
        program=program,
        positions=tuple(part.position for part in parts),
        duration_minutes=sum(part.duration_minutes for part in parts),
        months=tuple(month_change(month, program) for month in months),
    )
