"""One entry read back: all its parts, its note with what was added to it, and whether it was voided or replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from ledger.clock import month_of, next_month
from ledger.errors import LedgerError
from ledger.patients.records import with_addendum
from ledger.recording.entries import entry_name
from ledger.rules.facts import Activity, Contact, Program
from ledger.storage.tables import VOIDS_ENTRY, EntryAddendumRow, EntryVoidRow, TimeEntryRow


@dataclass(frozen=True, slots=True)
class StoredPart:
    """The part of a stored entry that fell on one local date (E3)."""

    position: int
    date_of_service: date
    duration_minutes: int


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it was recorded; ``note`` holds its addenda.

    ``replaces`` and ``replaced_by`` are the positions of the entry it replaces and of the one that replaces it (E5).
    """

    patient_code: str
    staff_id: str
    program: Program
    activity: Activity
    contact: Contact | None
    started_at: datetime | None
    ended_at: datetime | None
    note: str
    recorded_at: datetime
    parts: tuple[StoredPart, ...]
    is_voided: bool
    replaces: int | None
    replaced_by: int | None

    @property
    def position(self) -> int:
        """The position of its first part, by which it is named."""
        return self.parts[0].position

    @property
    def name(self) -> str:
        """How people name it, for example ``P-1042#7``."""
        return entry_name(self.patient_code, self.position)

    @property
    def date_of_service(self) -> date:
        """The date it began."""
        return self.parts[0].date_of_service

    @property
    def duration_minutes(self) -> int:
        """The minutes of all its parts."""
        return sum(part.duration_minutes for part in self.parts)

    @property
    def months(self) -> list[date]:
        """The months its parts lie in, by their first days."""
        return sorted({month_of(part.date_of_service) for part in self.parts})


_FIRST = func.coalesce(TimeEntryRow.first_part_position, TimeEntryRow.position)
_MINE = (TimeEntryRow.practice_id == bindparam("mine"), TimeEntryRow.patient_code == bindparam("code"))
_FIRST_OF_NAMED = select(_FIRST).where(*_MINE, TimeEntryRow.position == bindparam("position")).scalar_subquery()
_NEW = aliased(TimeEntryRow)
_REPLACED_BY = (
    select(func.min(_NEW.position))
    .where(
        _NEW.practice_id == TimeEntryRow.practice_id,
        _NEW.patient_code == TimeEntryRow.patient_code,
        _NEW.replaces_position == TimeEntryRow.position,
    )
    .scalar_subquery()
)
_PARTS = (
    select(TimeEntryRow.__table__, EntryVoidRow.position.label("void_position"), _REPLACED_BY.label("replaced_by"))
    .outerjoin(EntryVoidRow, VOIDS_ENTRY)
    .where(*_MINE, _FIRST == _FIRST_OF_NAMED)
    .order_by(TimeEntryRow.position)
)
_ADDENDA = (
    select(EntryAddendumRow.text)
    .where(
        EntryAddendumRow.practice_id == bindparam("mine"),
        EntryAddendumRow.patient_code == bindparam("code"),
        EntryAddendumRow.entry_position == bindparam("position"),
    )
    .order_by(EntryAddendumRow.position)
)


def find_entry(connection: Connection, practice_id: str, patient_code: str, position: int) -> StoredEntry:
    """Return the entry one of whose parts is at ``position``.

    Raises:
        LedgerError: Where there is none.
    """
    named = {"mine": practice_id, "code": patient_code, "position": position}
    rows = connection.execute(_PARTS, named).all()
    if not rows:
        raise LedgerError(
            "ENTRY_UNKNOWN",
            f"There is no entry {entry_name(patient_code, position)}.",
            f"Look up its number: /ccm patient {patient_code}",
        )
    first, last = rows[0], rows[-1]
    note = first.note
    for text in connection.scalars(_ADDENDA, {**named, "position": first.position}):
        note = with_addendum(note, text)
    return StoredEntry(
        patient_code=patient_code,
        staff_id=first.staff_id,
        program=Program(first.program),
        activity=Activity(first.activity),
        contact=Contact(first.contact) if first.contact else None,
        started_at=first.started_at,
        ended_at=last.ended_at,
        note=note,
        recorded_at=first.recorded_at,
        parts=tuple(StoredPart(row.position, row.date_of_service, row.duration_minutes) for row in rows),
        is_voided=first.void_position is not None,
        replaces=first.replaces_position,
        replaced_by=first.replaced_by,
    )


def find_live_entry(connection: Connection, practice_id: str, patient_code: str, position: int) -> StoredEntry:
    """Return the entry one of whose parts is at ``position``, where it still holds.

    Raises:
        LedgerError: For one that was voided.
    """
    entry = find_entry(connection, practice_id, patient_code, position)
    if entry.is_voided:
        replaced = f"; {entry_name(patient_code, entry.replaced_by)} replaces it" if entry.replaced_by else ""
        raise LedgerError(
            "ENTRY_VOIDED",
            f"{entry.name} was already voided{replaced}.",
            f"See what holds now: /ccm patient {patient_code} {entry.date_of_service:%Y-%m}",
        )
    return entry


@dataclass(frozen=True, slots=True)
class Correction:
    """What corrects an entry: why it was voided, which entry it replaces, how often text was added to its note."""

    void_reason: str | None
    replaces_position: int | None
    addenda: int


_ADDENDUM_COUNT = (
    select(func.count())
    .where(
        EntryAddendumRow.practice_id == TimeEntryRow.practice_id,
        EntryAddendumRow.patient_code == TimeEntryRow.patient_code,
        EntryAddendumRow.entry_position == _FIRST,
    )
    .scalar_subquery()
)
_CORRECTIONS = (
    select(
        TimeEntryRow.position,
        EntryVoidRow.reason.label("void_reason"),
        TimeEntryRow.replaces_position,
        _ADDENDUM_COUNT.label("addenda"),
    )
    .outerjoin(EntryVoidRow, VOIDS_ENTRY)
    .where(
        *_MINE,
        TimeEntryRow.date_of_service >= bindparam("month"),
        TimeEntryRow.date_of_service < bindparam("next_month"),
    )
)


def corrections_of(
    connection: Connection, practice_id: str, patient_code: str, month: date
) -> Mapping[int, Correction]:
    """Return what was recorded afterwards about each entry of that patient and month, by position."""
    asked = {"mine": practice_id, "code": patient_code, "month": month, "next_month": next_month(month)}
    return {
        row.position: Correction(row.void_reason, row.replaces_position, row.addenda)
        for row in connection.execute(_CORRECTIONS, asked)
    }
