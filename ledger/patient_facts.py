"""From rows to the frozen facts of patient-months. The only way in: one patient or thousands, the same code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select

from ledger.clock import month_of, next_month
from ledger.database import AnyRow, AnySelect
from ledger.practice import Practice
from ledger.rules.facts import (
    Activity,
    CarePlanRevision,
    Consent,
    Contact,
    Enrollment,
    InitiatingVisit,
    PatientMonth,
    Program,
    StaffMember,
    TimeEntry,
)
from ledger.tables import (
    CarePlanRow,
    ConsentRow,
    EnrollmentRow,
    EntryVoidRow,
    InitiatingVisitRow,
    PatientRow,
    StaffRow,
    TimeEntryRow,
)

MonthKey = tuple[str, date]
"""A patient's code and the first day of a month."""

_ENTRIES = (
    select(
        TimeEntryRow.patient_code,
        TimeEntryRow.position,
        TimeEntryRow.staff_id,
        TimeEntryRow.program,
        TimeEntryRow.activity,
        TimeEntryRow.contact,
        TimeEntryRow.date_of_service,
        TimeEntryRow.duration_minutes,
        TimeEntryRow.started_at,
        TimeEntryRow.ended_at,
        TimeEntryRow.note,
        TimeEntryRow.recorded_at,
        EntryVoidRow.position.label("void_position"),
        StaffRow.credential,
        StaffRow.active_from,
        StaffRow.active_to,
        StaffRow.supervised,
    )
    .join(StaffRow, and_(StaffRow.practice_id == TimeEntryRow.practice_id, StaffRow.staff_id == TimeEntryRow.staff_id))
    .outerjoin(
        EntryVoidRow,
        and_(
            EntryVoidRow.practice_id == TimeEntryRow.practice_id,
            EntryVoidRow.patient_code == TimeEntryRow.patient_code,
            EntryVoidRow.entry_position == TimeEntryRow.position,
        ),
    )
)


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """All stored facts of one patient: those that span months, and the entries of the months asked for."""

    base: PatientMonth
    entries: tuple[TimeEntry, ...]
    staff: tuple[StaffMember, ...]

    def months(self) -> list[date]:
        """The months that have entries, earliest first."""
        return sorted({month_of(entry.date_of_service) for entry in self.entries})

    def facts(self, month: date) -> PatientMonth:
        """The facts of that month (its first day)."""
        in_month = tuple(entry for entry in self.entries if month_of(entry.date_of_service) == month)
        return replace(self.base, month=month, entries=in_month, staff=self.staff)


def load_records(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], month: date | None = None
) -> dict[str, PatientRecord]:
    """The records of these patients by code; with the entries of ``month`` alone, or of all months.

    Codes that name no patient are absent.
    """
    entries, staff = _load_entries(connection, practice, patient_codes, month)
    enrollments = _latest(connection, practice, patient_codes, EnrollmentRow, _enrollment)
    consents = _latest(connection, practice, patient_codes, ConsentRow, _consent)
    visits = _latest(connection, practice, patient_codes, InitiatingVisitRow, _visit)
    plans = _latest(connection, practice, patient_codes, CarePlanRow, _care_plan)
    rows = connection.execute(
        select(
            PatientRow.patient_code, PatientRow.billing_practitioner, PatientRow.conditions, PatientRow.risk_documented
        ).where(PatientRow.practice_id == practice.practice_id, PatientRow.patient_code.in_(patient_codes))
    )
    return {
        row.patient_code: PatientRecord(
            base=PatientMonth(
                month=month or date.min,
                timezone=practice.timezone,
                conditions=tuple(row.conditions),
                risk_documented=row.risk_documented,
                billing_practitioner=row.billing_practitioner,
                enrollments=enrollments[row.patient_code],
                consents=consents[row.patient_code],
                initiating_visits=visits[row.patient_code],
                care_plans=plans[row.patient_code],
            ),
            entries=tuple(entries[row.patient_code]),
            staff=tuple(staff[row.patient_code].values()),
        )
        for row in rows
    }


def _load_entries(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], month: date | None
) -> tuple[Mapping[str, list[TimeEntry]], Mapping[str, dict[str, StaffMember]]]:
    query = _ENTRIES.where(
        TimeEntryRow.practice_id == practice.practice_id, TimeEntryRow.patient_code.in_(patient_codes)
    ).order_by(TimeEntryRow.patient_code, TimeEntryRow.position)
    if month is not None:
        query = query.where(TimeEntryRow.date_of_service >= month, TimeEntryRow.date_of_service < next_month(month))
    entries: dict[str, list[TimeEntry]] = defaultdict(list)
    staff: dict[str, dict[str, StaffMember]] = defaultdict(dict)
    for row in connection.execute(query):
        entries[row.patient_code].append(_time_entry(row, practice))
        if row.staff_id not in staff[row.patient_code]:
            staff[row.patient_code][row.staff_id] = StaffMember(
                row.staff_id, row.credential, row.active_from, row.active_to, row.supervised
            )
    return entries, staff


def _time_entry(row: AnyRow, practice: Practice) -> TimeEntry:
    return TimeEntry(
        number=row.position,
        staff_id=row.staff_id,
        program=Program(row.program),
        activity=Activity(row.activity),
        contact=Contact(row.contact) if row.contact else None,
        date_of_service=row.date_of_service,
        duration_minutes=row.duration_minutes,
        started_at=practice.local(row.started_at) if row.started_at else None,
        ended_at=practice.local(row.ended_at) if row.ended_at else None,
        note=row.note,
        recorded_at=row.recorded_at,
        voided=row.void_position is not None,
    )


def _enrollment(row: AnyRow) -> tuple[object, Enrollment]:
    return (row.program, row.from_date), Enrollment(Program(row.program), row.from_date, row.to_date)


def _consent(row: AnyRow) -> tuple[object, Consent]:
    consent = Consent(Program(row.program), row.consent_date, row.form, row.revoked_on)
    return (row.program, row.consent_date), consent


def _visit(row: AnyRow) -> tuple[object, InitiatingVisit]:
    return row.visit_date, InitiatingVisit(row.visit_date, row.visit_type)


def _care_plan(row: AnyRow) -> tuple[object, CarePlanRevision]:
    return row.revised_on, CarePlanRevision(row.revised_on, row.substantial)


def _latest(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], table: Any, build: Any
) -> Mapping[str, tuple[Any, ...]]:
    """Facts by patient, where the latest revision of each supersedes those before it."""
    query: AnySelect = (
        select(table.__table__)
        .where(table.practice_id == practice.practice_id, table.patient_code.in_(patient_codes))
        .order_by(table.revision)
    )
    latest: dict[str, dict[object, Any]] = defaultdict(dict)
    for row in connection.execute(query):
        identity, fact = build(row)
        latest[row.patient_code][identity] = fact
    return defaultdict(tuple, {code: tuple(_in_order(facts)) for code, facts in latest.items()})


def _in_order(facts: dict[Any, Any]) -> Iterable[Any]:
    return (facts[identity] for identity in sorted(facts))
