"""What one staff member logged in a stretch of days, and what of it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from ledger.batches import batches
from ledger.clock import month_of, next_month
from ledger.patient_facts import load_records
from ledger.patient_months import EvaluatedMonth, evaluate_record
from ledger.practice import Practice
from ledger.recording import entry_name
from ledger.rules.facts import Activity, Contact
from ledger.rules.statement import EntryResult
from ledger.rules.warnings import note_advice
from ledger.tables import TimeEntryRow


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
    """The staff member's entries from ``first_day`` to ``last_day``, voided ones too, in the order of the days."""
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
        for batch in batches(codes):
            for code, record in load_records(connection, practice, batch, month).items():
                evaluated = evaluate_record(practice, code, record, month)
                found += _of_staff(code, evaluated, staff_id)
        month = next_month(month)
    in_days = [one for one in found if first_day <= one.result.date_of_service <= last_day]
    return sorted(in_days, key=lambda one: (one.result.date_of_service, one.patient_code, one.result.number))


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
