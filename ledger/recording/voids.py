"""Correcting by adding: a void says, with a reason, that an entry no longer counts (E5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select

from ledger.characters import characters
from ledger.errors import LedgerError
from ledger.months.closed_months import refuse_closed
from ledger.months.patient_months import reevaluate
from ledger.practice.practice import Practice
from ledger.recording.entries import MonthChange, entry_name, month_change
from ledger.recording.staff_locks import lock_staff
from ledger.recording.stored_entries import StoredEntry, find_live_entry
from ledger.rules.facts import Program
from ledger.storage.database import AnyRow
from ledger.storage.hash_chain import link, lock_head, move_head
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import VOIDS_ENTRY, EntryVoidRow, TimeEntryRow
from ledger.values.identifiers import refuse_identifiers

UNDO_WINDOW = timedelta(minutes=15)
REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class VoidReceipt(Replayable):
    """What was voided, and what that changed; ``replaced_position`` is an entry it had replaced, voided before.

    ``dates`` are those of service, one a position; a receipt from before they were kept has none.
    """

    patient_code: str
    program: Program
    positions: tuple[int, ...]
    duration_minutes: int
    months: tuple[MonthChange, ...]
    replaced_position: int | None = None
    dates: tuple[date, ...] = ()


_VOID = Once(VoidReceipt)


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
    """Void the live entry that was stored last for the staff member, or the one named, if it is under 15 minutes old.

    What was stored last is not what was recorded last: the clocks of two processes differ, and a clock is set back. All
    parts of an entry that crossed midnight go together.

    Raises:
        LedgerError: Where there is nothing to undo, or its month is closed (E9).
    """
    lock_staff(connection, practice, staff_id)

    def undo() -> VoidReceipt:
        last = _last_entry(connection, practice, staff_id, since=at - UNDO_WINDOW, named=(patient_code, position))
        lock_head(connection, practice.practice_id, last.patient_code)
        entry = find_live_entry(connection, practice.practice_id, last.patient_code, last.position)
        return void_parts(connection, practice, entry, reason="undone by its author", by=staff_id, at=at)

    return _VOID.write(connection, practice.practice_id, request, undo, at=at)


def void_entry(
    connection: Connection,
    practice: Practice,
    patient_code: str,
    position: int,
    *,
    reason: str,
    request: Request,
    at: datetime,
    by: str,
) -> VoidReceipt:
    """Void the entry one of whose parts is at ``position``, all parts together; ``by`` is who does it.

    Raises:
        LedgerError: For an entry that is none, was voided or lies in a closed month (E9), and for a reason that is
            empty, over 300 characters, or looks as if it held an identifier.
    """
    lock_staff(connection, practice, by)

    def void() -> VoidReceipt:
        _refuse_reason(practice, patient_code, position, reason, at=at)
        lock_head(connection, practice.practice_id, patient_code)
        entry = find_live_entry(connection, practice.practice_id, patient_code, position)
        return void_parts(connection, practice, entry, reason=reason.strip(), by=by, at=at)

    return _VOID.write(connection, practice.practice_id, request, void, at=at)


def _refuse_reason(practice: Practice, patient_code: str, position: int, reason: str, *, at: datetime) -> None:
    if not 1 <= characters(reason.strip()) <= REASON_CHARACTERS:
        raise LedgerError(
            "REASON_LENGTH",
            f"A reason has 1 to {REASON_CHARACTERS} characters; this one has {characters(reason.strip())}.",
            f"For example: /ccm void {patient_code}#{position} Logged for the wrong patient.",
        )
    refuse_identifiers(practice, reason, "reason", today=practice.local_date(at))


_LIVE_OF_STAFF = (
    select(TimeEntryRow.patient_code, TimeEntryRow.position, TimeEntryRow.recorded_at)
    .outerjoin(EntryVoidRow, VOIDS_ENTRY)
    .where(
        TimeEntryRow.practice_id == bindparam("mine"),
        TimeEntryRow.staff_id == bindparam("staff"),
        TimeEntryRow.recorded_by == bindparam("staff"),
        EntryVoidRow.position.is_(None),
    )
)
_NAMED = _LIVE_OF_STAFF.where(
    TimeEntryRow.patient_code == bindparam("code"),
    or_(TimeEntryRow.position == bindparam("position"), TimeEntryRow.first_part_position == bindparam("position")),
).limit(1)
_STORED_LAST = (
    _LIVE_OF_STAFF.where(TimeEntryRow.stored_number.is_not(None))
    .order_by(TimeEntryRow.stored_number.desc(), TimeEntryRow.position)
    .limit(1)
)
_BEFORE_NUMBERS = (
    _LIVE_OF_STAFF.where(TimeEntryRow.stored_number.is_(None), TimeEntryRow.recorded_at > bindparam("since"))
    .order_by(TimeEntryRow.recorded_at.desc(), TimeEntryRow.position.desc())
    .limit(1)
)
"""For the quarter of an hour after an upgrade: what an older program stored has no number (migration 0010)."""


def _last_entry(
    connection: Connection,
    practice: Practice,
    staff_id: str,
    *,
    since: datetime,
    named: tuple[str | None, int | None],
) -> AnyRow:
    patient_code, position = named
    mine: dict[str, Any] = {"mine": practice.practice_id, "staff": staff_id}
    if patient_code is None:
        last = (
            connection.execute(_STORED_LAST, mine).one_or_none()
            or connection.execute(_BEFORE_NUMBERS, {**mine, "since": since}).one_or_none()
        )
    else:
        last = connection.execute(_NAMED, {**mine, "code": patient_code, "position": position}).one_or_none()
    if last is None or last.recorded_at <= since:
        raise _nothing_to_undo(last)
    return last


def _nothing_to_undo(last: AnyRow | None) -> LedgerError:
    """Return the error, which names the entry that is too old where there is one."""
    name = "P-1042#7" if last is None else entry_name(last.patient_code, last.position)
    said = "" if last is None else f" The last is {name}."
    return LedgerError(
        "NOTHING_TO_UNDO",
        f"You have no entry from the last 15 minutes to undo.{said} Nothing was changed.",
        f"An older entry is voided by its name and with a reason: /ccm void {name} Logged for the wrong patient.",
    )


def void_parts(
    connection: Connection, practice: Practice, entry: StoredEntry, *, reason: str, by: str, at: datetime
) -> VoidReceipt:
    """Void every part of a live entry within the caller's request, and evaluate the months it lies in.

    Raises:
        LedgerError: Where one of these is closed (E9).
    """
    code = entry.patient_code
    position, head = lock_head(connection, practice.practice_id, code)
    refuse_closed(connection, practice, entry.months)
    for part in entry.parts:
        position += 1
        row = link(
            "void",
            {
                "practice_id": practice.practice_id,
                "patient_code": code,
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
    move_head(connection, practice.practice_id, code, position, head)
    months = [reevaluate(connection, practice, code, month) for month in entry.months]
    return VoidReceipt(
        patient_code=code,
        program=entry.program,
        positions=tuple(part.position for part in entry.parts),
        duration_minutes=entry.duration_minutes,
        months=tuple(month_change(month, entry.program) for month in months),
        replaced_position=entry.replaces,
        dates=tuple(part.date_of_service for part in entry.parts),
    )
