"""Timers: work that has begun and not yet ended, one a person.

A running timer is no record of care and may be thrown away; what becomes of it is an entry, stored in the
transaction that ends the timer. Both its ends are instants, to the second.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, or_, select, update

from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.recording.entries import ENTRY, NewEntry, Receipt, store_entry
from ledger.recording.staff_locks import lock_staff
from ledger.rules.durations import duration_minutes
from ledger.rules.facts import Activity, Contact, Program
from ledger.storage.database import AnyRow
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import StaffRow, TimerRow
from ledger.values.identifiers import refuse_identifiers

REMINDER_LEASE = timedelta(minutes=2)
"""How long a claimed reminder is one process's to send: longer than sending takes."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A running timer: whose, for which patient, since when, and what was said of the work when it began."""

    staff_id: str
    patient_code: str
    program: Program | None
    activity: Activity | None
    contact: Contact | None
    note: str
    started_at: datetime

    def minutes_until(self, at: datetime) -> int:
        """Return how long it has run at ``at``, in whole minutes (E2)."""
        return duration_minutes(self.started_at, at)

    def is_long(self, practice: Practice, at: datetime) -> bool:
        """Return whether it has run at ``at`` longer than the practice lets one run unasked."""
        return at - self.started_at > timedelta(minutes=practice.conduct.timer_reminder_minutes)


@dataclass(frozen=True, slots=True)
class TimerReceipt(Replayable):
    """What came of a start (``ended_at`` is None) or of a cancellation; its timer carries no note."""

    timer: Timer
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A timer that has run too long, and the Slack id of its owner.

    ``lease_until`` is until when a process that claimed the reminder before had time to send it; it may have sent it.
    """

    timer: Timer
    slack_user_id: str
    lease_until: datetime | None


class TimerRunningError(LedgerError):
    """A person has one timer; ``timer`` is the one that runs."""

    def __init__(self, timer: Timer) -> None:
        super().__init__(
            "TIMER_RUNNING",
            f"Your timer for {timer.patient_code} is running already.",
            "Stop it first and say what was done: /ccm stop Reconciled the list. Dose confirmed.",
        )
        self.timer = timer


class TimerOverError(LedgerError):
    """What a button or a form speaks of was stopped or cancelled; another timer may run by now."""

    def __init__(self) -> None:
        super().__init__(
            "TIMER_OVER",
            "That timer is over: it was stopped or cancelled meanwhile.",
            "/ccm me lists what you logged today; what is missing there can still be logged: /ccm log",
        )


_TIMER_WRITE = Once(TimerReceipt)
_TIMER = select(
    TimerRow.staff_id,
    TimerRow.patient_code,
    TimerRow.program,
    TimerRow.activity,
    TimerRow.contact,
    TimerRow.note,
    TimerRow.started_at,
)
_OWN = _TIMER.where(TimerRow.practice_id == bindparam("mine"), TimerRow.staff_id == bindparam("staff"))


def to_the_second(at: datetime) -> datetime:
    """Return ``at`` as timers keep their ends."""
    return at.replace(microsecond=0)


def running_timer(connection: Connection, practice: Practice, staff_id: str) -> Timer | None:
    """Return the staff member's running timer, or None."""
    row = connection.execute(_OWN, {"mine": practice.practice_id, "staff": staff_id}).one_or_none()
    return _timer(row) if row else None


def required_timer(
    connection: Connection, practice: Practice, staff_id: str, started_at: datetime | None = None
) -> Timer:
    """Return the staff member's running timer.

    Raises:
        TimerOverError: The timer meant is over.
        LedgerError: Where there is none, ``TimerOverError`` where it is not the one that began at ``started_at``.
    """
    timer = running_timer(connection, practice, staff_id)
    if timer is None and started_at is None:
        raise LedgerError("TIMER_NONE", "You have no running timer.", "Start one, for example: /ccm start P-1042 meds")
    if timer is None or started_at not in {None, timer.started_at}:
        raise TimerOverError
    return timer


def start_timer(connection: Connection, practice: Practice, timer: Timer, *, request: Request) -> TimerReceipt:
    """Start ``timer``; the same ``request`` again returns the first receipt, whatever became of the timer.

    Raises:
        TimerRunningError: Where its owner has one already.
        LedgerError: For a note that looks as if it held an identifier.
    """
    lock_staff(connection, practice, timer.staff_id)

    def start() -> TimerReceipt:
        _start(connection, practice, timer)
        return TimerReceipt(_kept(timer))

    return _TIMER_WRITE.write(connection, practice.practice_id, request, start, at=timer.started_at)


def _start(connection: Connection, practice: Practice, timer: Timer) -> None:
    running = running_timer(connection, practice, timer.staff_id)
    if running is not None:
        raise TimerRunningError(running)
    refuse_identifiers(practice, timer.note, "note", today=practice.local_date(timer.started_at))
    connection.execute(
        insert(TimerRow).values(
            practice_id=practice.practice_id,
            staff_id=timer.staff_id,
            patient_code=timer.patient_code,
            program=timer.program.value if timer.program else None,
            activity=timer.activity.value if timer.activity else None,
            contact=timer.contact.value if timer.contact else None,
            note=timer.note,
            started_at=timer.started_at,
        )
    )


def stop_timer(
    connection: Connection,
    practice: Practice,
    entry: NewEntry,
    *,
    started_at: datetime,
    request: Request,
    at: datetime,
    recorded_by: str,
    confirmed: bool = False,
) -> Receipt:
    """Record ``entry`` and end the timer of its staff member that began at ``started_at``, both or neither.

    The same ``request`` again returns the first receipt. Raises as ``record_entry`` does, and ``TimerOverError``.
    """
    member = lock_staff(connection, practice, entry.staff_id)

    def stop() -> Receipt:
        required_timer(connection, practice, entry.staff_id, started_at)
        _end(connection, practice, entry.staff_id)
        return store_entry(connection, practice, entry, member, at=at, recorded_by=recorded_by, confirmed=confirmed)

    return ENTRY.write(connection, practice.practice_id, request, stop, at=at)


def cancel_timer(
    connection: Connection,
    practice: Practice,
    staff_id: str,
    *,
    request: Request,
    at: datetime,
    started_at: datetime | None = None,
) -> TimerReceipt:
    """Throw the running timer away; the same ``request`` again returns the first receipt.

    Raises as ``required_timer`` does.
    """
    lock_staff(connection, practice, staff_id)

    def cancel() -> TimerReceipt:
        timer = required_timer(connection, practice, staff_id, started_at)
        _end(connection, practice, staff_id)
        return TimerReceipt(_kept(timer), ended_at=at)

    return _TIMER_WRITE.write(connection, practice.practice_id, request, cancel, at=at)


def due_reminders(connection: Connection, practice: Practice, *, at: datetime) -> list[DueReminder]:
    """Return the timers that have run as long as the practice allows.

    Their owners were not reminded, and nobody is reminding them.

    An owner whose time in the roster is over, or who has no Slack id, is left alone; so is everybody where the
    practice has reminders switched off.
    """
    if not practice.conduct.timer_reminder:
        return []
    today = practice.local_date(at)
    longest = timedelta(minutes=practice.conduct.timer_reminder_minutes)
    rows = connection.execute(
        _TIMER.add_columns(StaffRow.slack_user_id, TimerRow.reminder_lease_until)
        .join(StaffRow, (StaffRow.practice_id == TimerRow.practice_id) & (StaffRow.staff_id == TimerRow.staff_id))
        .where(
            TimerRow.practice_id == practice.practice_id,
            TimerRow.started_at <= at - longest,
            *_nobody_reminds(at),
            StaffRow.slack_user_id.is_not(None),
            or_(StaffRow.active_from.is_(None), StaffRow.active_from <= today),
            or_(StaffRow.active_to.is_(None), StaffRow.active_to >= today),
        )
        .order_by(TimerRow.started_at, TimerRow.staff_id)
    )
    return [DueReminder(_timer(row), row.slack_user_id, row.reminder_lease_until) for row in rows]


def claim_reminder(connection: Connection, practice: Practice, due: DueReminder, *, at: datetime) -> bool:
    """Return whether the reminder is the caller's to send until its lease ends.

    Not where the timer is over, or where another process has claimed the reminder since it was found to be due.
    """
    claimed = connection.execute(
        update(TimerRow)
        .where(
            *_is(practice, due.timer),
            *_nobody_reminds(at),
            TimerRow.reminder_lease_until.is_not_distinct_from(due.lease_until),
        )
        .values(reminder_lease_until=at + REMINDER_LEASE)
    )
    return claimed.rowcount == 1


def finish_reminder(connection: Connection, practice: Practice, timer: Timer, *, at: datetime) -> None:
    """Record that the owner was reminded of ``timer``, if it still runs."""
    connection.execute(update(TimerRow).where(*_is(practice, timer)).values(reminded_at=at))


def _nobody_reminds(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        TimerRow.reminded_at.is_(None),
        or_(TimerRow.reminder_lease_until.is_(None), TimerRow.reminder_lease_until <= at),
    )


def _is(practice: Practice, timer: Timer) -> tuple[ColumnElement[bool], ...]:
    """Return this timer and no later one of the same person."""
    return (
        TimerRow.practice_id == practice.practice_id,
        TimerRow.staff_id == timer.staff_id,
        TimerRow.started_at == timer.started_at,
    )


def _end(connection: Connection, practice: Practice, staff_id: str) -> None:
    connection.execute(
        delete(TimerRow).where(TimerRow.practice_id == practice.practice_id, TimerRow.staff_id == staff_id)
    )


def _kept(timer: Timer) -> Timer:
    """Return the timer as its receipt keeps it: without the note, which belongs to the entry alone."""
    return replace(timer, note="")


def _timer(row: AnyRow) -> Timer:
    return Timer(
        staff_id=row.staff_id,
        patient_code=row.patient_code,
        program=Program(row.program) if row.program else None,
        activity=Activity(row.activity) if row.activity else None,
        contact=Contact(row.contact) if row.contact else None,
        note=row.note,
        started_at=row.started_at,
    )
