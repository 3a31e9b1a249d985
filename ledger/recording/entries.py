"""Recording time: one request, one transaction, one link in the patient's chain for each date (E1 to E8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.characters import characters
from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.months.closed_months import refuse_closed
from ledger.months.figures import Figures
from ledger.months.patient_months import EvaluatedMonth, evaluate_with, open_month
from ledger.practice.practice import Practice
from ledger.recording.questions import about_length, ask_first
from ledger.recording.staff_locks import lock_staff, next_stored_number
from ledger.rules.durations import duration_minutes, split_at_midnight
from ledger.rules.facts import Activity, Contact, Program, StaffMember, TimeEntry
from ledger.rules.statement import Exclusion
from ledger.storage.database import AnySelect
from ledger.storage.hash_chain import link, lock_head, move_head
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import VOIDS_ENTRY, EntryVoidRow, TimeEntryRow
from ledger.values.identifiers import refuse_identifiers

LONGEST_MINUTES = 24 * 60
NOTE_CHARACTERS = 3000


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Work to be recorded: with both times, or with a date and minutes (E1, E2).

    ``replaces_position`` names the voided entry of the same patient that it replaces (E5).
    """

    patient_code: str
    staff_id: str
    program: Program
    activity: Activity
    note: str
    contact: Contact | None = None
    date_of_service: date | None = None
    duration_minutes: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    replaces_position: int | None = None


@dataclass(frozen=True, slots=True)
class EntryPart:
    """The part of an entry that fell on one local date (E3)."""

    date_of_service: date
    duration_minutes: int
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordedPart:
    """A stored part: its position in the patient's chain, and what of it counts."""

    position: int
    part: EntryPart
    counted_minutes: int
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class MonthChange:
    """What a write did to the figures of one program of one month; ``before`` is None for a first entry."""

    before: Figures | None
    after: Figures


@dataclass(frozen=True, slots=True)
class Receipt(Replayable):
    """What was stored and what it changed. It carries no note."""

    patient_code: str
    staff_id: str
    program: Program
    activity: Activity
    contact: Contact | None
    recorded_at: datetime
    parts: tuple[RecordedPart, ...]
    months: tuple[MonthChange, ...]


ENTRY = Once(Receipt)


def record_entry(
    connection: Connection,
    practice: Practice,
    entry: NewEntry,
    *,
    request: Request,
    at: datetime,
    recorded_by: str,
    confirmed: bool = False,
) -> Receipt:
    """Store ``entry`` and return its receipt; the same ``request`` again returns the first receipt.

    Raises:
        ConfirmationNeededError: For an entry over 180 minutes (E4), one that looks like the one just logged (E7) and
            one like another person's (E7b), unless ``confirmed``.
        LedgerError: For one that may not be stored (E1, E2, E4, E6, E9) or whose note looks as if it held an
            identifier.
    """
    member = lock_staff(connection, practice, entry.staff_id)

    def store() -> Receipt:
        return store_entry(connection, practice, entry, member, at=at, recorded_by=recorded_by, confirmed=confirmed)

    return ENTRY.write(connection, practice.practice_id, request, store, at=at)


def store_entry(
    connection: Connection,
    practice: Practice,
    entry: NewEntry,
    member: Sequence[StaffMember],
    *,
    at: datetime,
    recorded_by: str,
    confirmed: bool,
) -> Receipt:
    """Store ``entry`` of ``member``, who is locked, within the caller's request; raise as ``record_entry`` does.

    Raises:
        LedgerError: NOTE_MISSING.
    """
    if not entry.note.strip():
        raise LedgerError("NOTE_MISSING", "What was done is missing (rule E1).", "Say it at the end of the line.")
    parts = parts_of(entry, practice, at=at, confirmed=True)
    _refuse_overlap(connection, practice, entry)
    position, head = lock_head(connection, practice.practice_id, entry.patient_code)
    refuse_closed(connection, practice, [part.date_of_service for part in parts])
    opened = [
        open_month(connection, practice, entry.patient_code, month)
        for month in sorted({month_of(part.date_of_service) for part in parts})
    ]
    rows = entry_rows(
        practice.practice_id,
        entry,
        parts,
        position,
        head,
        at=at,
        recorded_by=recorded_by,
        stored_number=next_stored_number(connection, practice, entry.staff_id),
    )
    recorded = [_as_fact(entry, part, row, practice) for part, row in zip(parts, rows, strict=True)]
    if not confirmed:
        known = [fact for one in opened for fact in one.record.entries]
        ask_first(entry.patient_code, recorded, known, at=at)
    connection.execute(_INSERT, rows if len(rows) > 1 else rows[0])
    move_head(connection, practice.practice_id, entry.patient_code, rows[-1]["position"], rows[-1]["hash"])
    months = {}
    for one in opened:
        added = [fact for fact in recorded if month_of(fact.date_of_service) == one.month]
        months[one.month] = evaluate_with(connection, practice, one, added, member)
    return _receipt(entry, parts, rows, months, at=at)


def _as_fact(entry: NewEntry, part: EntryPart, row: Mapping[str, Any], practice: Practice) -> TimeEntry:
    """Return the part, stored as ``row``, as the rules will see it when it is read back."""
    return TimeEntry(
        number=row["position"],
        staff_id=entry.staff_id,
        program=entry.program,
        activity=entry.activity,
        contact=entry.contact,
        date_of_service=part.date_of_service,
        duration_minutes=part.duration_minutes,
        started_at=practice.local(part.started_at) if part.started_at else None,
        ended_at=practice.local(part.ended_at) if part.ended_at else None,
        note=entry.note,
        recorded_at=row["recorded_at"],
        first_part_number=row["first_part_position"],
    )


def parts_of(entry: NewEntry, practice: Practice, *, at: datetime, confirmed: bool) -> tuple[EntryPart, ...]:
    """Return the parts of ``entry``, one a local date, whose minutes add up to its length (E2, E3).

    Raises as ``record_entry`` does for a note, a length or a time that may not be stored (E1, E2, E4).

    Raises:
        LedgerError: NOTE_TOO_LONG, LENGTH_MISSING.
    """
    if characters(entry.note) > NOTE_CHARACTERS:
        raise LedgerError(
            "NOTE_TOO_LONG",
            f"The note has {characters(entry.note)} characters; {NOTE_CHARACTERS} fit.",
            "Say what was found and what was decided, and keep the rest in the chart.",
        )
    refuse_identifiers(practice, entry.note, "note", today=practice.local_date(at))
    _refuse_future(entry, practice, at=at)
    if entry.started_at and entry.ended_at:
        parts = _timed_parts(entry.started_at, entry.ended_at, practice)
    elif entry.date_of_service and entry.duration_minutes is not None:
        parts = (EntryPart(entry.date_of_service, entry.duration_minutes, None, None),)
    else:
        raise LedgerError("LENGTH_MISSING", "How long it took is missing.", "Give minutes or times: 12m or 10:05-10:17")
    _check_length(parts, confirmed=confirmed)
    return parts


def _refuse_future(entry: NewEntry, practice: Practice, *, at: datetime) -> None:
    """Raise ``LedgerError`` where the work is not over at ``at`` (E4)."""
    if entry.ended_at is not None:
        is_ahead = entry.ended_at > at
    else:
        is_ahead = entry.date_of_service is not None and entry.date_of_service > practice.local_date(at)
    if is_ahead:
        raise LedgerError(
            "IN_FUTURE",
            "That lies in the future (rule E4).",
            "Log work after it is done, for example: /ccm log P-1042 12m meds call today Reconciled the list.",
        )


def _timed_parts(started_at: datetime, ended_at: datetime, practice: Practice) -> tuple[EntryPart, ...]:
    if duration_minutes(started_at, ended_at) < 1:
        raise LedgerError(
            "TOO_SHORT", "The end is less than a minute after the start (rule E2).", "For example: 10:05-10:17"
        )
    return tuple(
        EntryPart(part.date_of_service, part.duration_minutes, part.started_at, part.ended_at)
        for part in split_at_midnight(started_at, ended_at, practice.zone)
    )


def _check_length(parts: tuple[EntryPart, ...], *, confirmed: bool) -> None:
    total_minutes = sum(part.duration_minutes for part in parts)
    if not 1 <= total_minutes <= LONGEST_MINUTES:
        raise LedgerError(
            "LENGTH_OUT_OF_RANGE",
            f"{total_minutes} minutes: an entry has between 1 and {LONGEST_MINUTES} (rules E2 and E4).",
            "Give its real length, for example 12m.",
        )
    question = about_length(total_minutes)
    if question is not None and not confirmed:
        raise question


_INSERT = insert(TimeEntryRow)


def _refuse_overlap(connection: Connection, practice: Practice, entry: NewEntry) -> None:
    """Raise ``LedgerError`` where the staff member was already elsewhere at that time (E6)."""
    if entry.started_at is None or entry.ended_at is None:
        return
    other = connection.execute(
        live_entries(practice)
        .where(
            TimeEntryRow.staff_id == entry.staff_id,
            TimeEntryRow.started_at < entry.ended_at,
            TimeEntryRow.started_at > entry.started_at - timedelta(minutes=LONGEST_MINUTES),
            TimeEntryRow.ended_at > entry.started_at,
        )
        .order_by(TimeEntryRow.started_at)
        .limit(1)
    ).one_or_none()
    if other is not None:
        raise overlap_error(practice, other)


def overlap_error(practice: Practice, other: Any) -> LedgerError:
    """Return the error that names the entry in the way: its patient, position and times (E6)."""
    start, end = practice.local(other.started_at), practice.local(other.ended_at)
    return LedgerError(
        "OVERLAP",
        f"You already have an entry from {_clock(start)} to {_clock(end)} on {start:%Y-%m-%d}: "
        f"{entry_name(other.patient_code, other.position)} (rule E6).",
        "Give the time that was not yet logged, or void the other entry first: "
        f"/ccm void {entry_name(other.patient_code, other.position)} Logged by mistake.",
    )


def _clock(at: datetime) -> str:
    """Return the time of day, with the seconds that a timer measured: they decide what overlaps."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def entry_name(patient_code: str, position: int) -> str:
    """Return how people name an entry: the patient's code and its position in the chain, for example ``P-1042#7``."""
    return f"{patient_code}#{position}"


def live_entries(practice: Practice) -> AnySelect:
    """Name and times of the practice's entries that were not voided, to be narrowed by the caller."""
    voids = select(EntryVoidRow.position).where(VOIDS_ENTRY)
    return select(
        TimeEntryRow.patient_code,
        TimeEntryRow.position,
        TimeEntryRow.staff_id,
        TimeEntryRow.started_at,
        TimeEntryRow.ended_at,
    ).where(TimeEntryRow.practice_id == practice.practice_id, ~voids.exists())


def entry_rows(
    practice_id: str,
    entry: NewEntry,
    parts: tuple[EntryPart, ...],
    head_position: int,
    head_hash: str,
    *,
    at: datetime,
    recorded_by: str,
    external_id: str | None = None,
    stored_number: int | None = None,
) -> list[dict[str, Any]]:
    """Return the rows that store ``entry``, linked to the head of the patient's chain and to one another.

    ``stored_number`` counts what was stored for its staff member one after the other; imported rows have none.
    """
    rows: list[dict[str, Any]] = []
    for offset, part in enumerate(parts, start=1):
        row: Mapping[str, Any] = {
            "practice_id": practice_id,
            "patient_code": entry.patient_code,
            "position": head_position + offset,
            "staff_id": entry.staff_id,
            "program": entry.program.value,
            "activity": entry.activity.value,
            "contact": entry.contact.value if entry.contact else None,
            "date_of_service": part.date_of_service,
            "duration_minutes": part.duration_minutes,
            "started_at": part.started_at,
            "ended_at": part.ended_at,
            "note": entry.note,
            "recorded_at": at,
            "recorded_by": recorded_by,
            "external_id": external_id,
            "first_part_position": head_position + 1 if len(parts) > 1 else None,
            "replaces_position": entry.replaces_position,
            "stored_number": stored_number,
        }
        rows.append(link("entry", row, rows[-1]["hash"] if rows else head_hash))
    return rows


def _receipt(
    entry: NewEntry,
    parts: tuple[EntryPart, ...],
    rows: list[dict[str, Any]],
    months: dict[date, EvaluatedMonth],
    *,
    at: datetime,
) -> Receipt:
    recorded = []
    for part, row in zip(parts, rows, strict=True):
        statement = months[month_of(part.date_of_service)].statement
        result = next(result for result in statement.entries if result.number == row["position"])
        recorded.append(RecordedPart(row["position"], part, result.counted_minutes, result.excluded))
    return Receipt(
        patient_code=entry.patient_code,
        staff_id=entry.staff_id,
        program=entry.program,
        activity=entry.activity,
        contact=entry.contact,
        recorded_at=at,
        parts=tuple(recorded),
        months=tuple(month_change(month, entry.program) for month in months.values()),
    )


def month_change(month: EvaluatedMonth, program: Program) -> MonthChange:
    """Return what the evaluation changed in the figures of ``program``."""
    before = next((figures for figures in month.before if figures.program == program), None)
    after = next(figures for figures in month.after if figures.program == program)
    return MonthChange(before, after)
