"""What one staff member logged in a stretch of days, and what of it counts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, or_, select

from ledger.clock import month_of, next_month
from ledger.months.patient_months import EvaluatedMonth, evaluated_months
from ledger.practice.practice import Practice
from ledger.recording.entries import entry_name
from ledger.recording.voids import UNDO_WINDOW
from ledger.rules.facts import Activity, Contact
from ledger.rules.statement import EntryResult
from ledger.rules.warnings import note_advice
from ledger.storage.batches import batches
from ledger.storage.tables import TimeEntryRow


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry with what counts of it. It carries no note, but what a better note would need."""

    patient_code: str
    activity: Activity
    contact: Contact | None
    started_at: datetime | None
    ended_at: datetime | None
    voided: bool
    note_advice: str | None
    result: EntryResult

    @property
    def name(self) -> str:
        """How people name it, for example ``P-1042#7``."""
        return entry_name(self.patient_code, self.result.number)


def own_entries(
    connection: Connection, practice: Practice, staff_id: str, first_day: date, last_day: date
) -> list[OwnEntry]:
    """Return the staff member's entries from ``first_day`` to ``last_day``, voided ones too, in order of the days."""
    mine = select(TimeEntryRow.patient_code).where(
        TimeEntryRow.practice_id == practice.practice_id,
        TimeEntryRow.staff_id == staff_id,
        TimeEntryRow.date_of_service >= first_day,
        TimeEntryRow.date_of_service <= last_day,
    )
    codes = connection.scalars(mine.distinct()).all()
    found: list[OwnEntry] = []
    month = month_of(first_day)
    while month <= last_day:
        found += _evaluated(connection, practice, staff_id, codes, month)
        month = next_month(month)
    in_days = [one for one in found if first_day <= one.result.date_of_service <= last_day]
    return sorted(in_days, key=lambda one: (one.result.date_of_service, one.patient_code, one.result.number))


@dataclass(frozen=True, slots=True)
class TodaysEntry:
    """An entry of the day's work; ``may_undo`` says that its author recorded it under 15 minutes ago (E5)."""

    entry: OwnEntry
    recorded_at: datetime
    may_undo: bool


def todays_entries(connection: Connection, practice: Practice, staff_id: str, at: datetime) -> list[TodaysEntry]:
    """Return the staff member's entries for the local day of ``at`` and those they recorded on it, the latest first.

    Voided ones are among them; what was imported for other days is not.
    """
    today = practice.local_date(at)
    midnight = datetime.combine(today, time(), tzinfo=practice.zone)
    rows = connection.execute(
        select(
            TimeEntryRow.patient_code,
            TimeEntryRow.position,
            TimeEntryRow.date_of_service,
            TimeEntryRow.recorded_at,
            TimeEntryRow.recorded_by,
        ).where(
            TimeEntryRow.practice_id == practice.practice_id,
            TimeEntryRow.staff_id == staff_id,
            TimeEntryRow.recorded_at >= midnight,
            or_(TimeEntryRow.date_of_service == today, TimeEntryRow.recorded_by == staff_id),
        )
    )
    recorded = {(row.patient_code, row.position): row for row in rows}
    codes_by_month: dict[date, set[str]] = defaultdict(set)
    for row in recorded.values():
        codes_by_month[month_of(row.date_of_service)].add(row.patient_code)
    found: list[TodaysEntry] = []
    for month, codes in codes_by_month.items():
        for own in _evaluated(connection, practice, staff_id, sorted(codes), month):
            stored = recorded.get((own.patient_code, own.result.number))
            if stored is None:
                continue
            is_fresh = stored.recorded_by == staff_id and at - stored.recorded_at < UNDO_WINDOW
            found.append(TodaysEntry(own, stored.recorded_at, may_undo=is_fresh and not own.voided))
    return sorted(found, key=_latest_last, reverse=True)


def _latest_last(one: TodaysEntry) -> tuple[datetime, str, int]:
    return (one.recorded_at, one.entry.patient_code, one.entry.result.number)


def _evaluated(
    connection: Connection, practice: Practice, staff_id: str, codes: Sequence[str], month: date
) -> Iterator[OwnEntry]:
    """Yield the staff member's entries for these patients in ``month``."""
    for batch in batches(codes):
        for code, evaluated in evaluated_months(connection, practice, batch, month).items():
            yield from _of_staff(code, evaluated, staff_id)


def _of_staff(patient_code: str, evaluated: EvaluatedMonth, staff_id: str) -> Iterator[OwnEntry]:
    results = {result.number: result for result in evaluated.statement.entries}
    for entry in evaluated.facts.entries:
        if entry.staff_id == staff_id:
            yield OwnEntry(
                patient_code=patient_code,
                activity=entry.activity,
                contact=entry.contact,
                started_at=entry.started_at,
                ended_at=entry.ended_at,
                voided=entry.voided,
                note_advice=note_advice(entry.note),
                result=results[entry.number],
            )
