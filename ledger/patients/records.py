"""From rows to the frozen facts of patient-months. The only way in: one patient or thousands, the same code."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select

from ledger.clock import month_of, next_month
from ledger.patients.fact_shapes import Monthly, bare_counts, marks, readings, spanning_months
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.practice.practice import Practice
from ledger.rules.devices import PERIOD_DAYS
from ledger.rules.facts import (
    Activity,
    Contact,
    Designation,
    PatientMonth,
    Program,
    Readings,
    StaffMember,
    TimeEntry,
)
from ledger.storage.database import AnyRow
from ledger.storage.tables import (
    VOIDS_ENTRY,
    EntryAddendumRow,
    EntryVoidRow,
    PatientFactRow,
    PatientRow,
    StaffRow,
    TimeEntryRow,
)

_MINE: BindParameter[str] = bindparam("practice_id")
_CODES: BindParameter[str] = bindparam("codes", expanding=True)

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
        TimeEntryRow.first_part_position,
        TimeEntryRow.external_id,
        EntryVoidRow.position.label("void_position"),
        EntryAddendumRow.text.label("addendum"),
        StaffRow.credential,
        StaffRow.active_from,
        StaffRow.active_to,
        StaffRow.supervised,
    )
    .join(StaffRow, and_(StaffRow.practice_id == TimeEntryRow.practice_id, StaffRow.staff_id == TimeEntryRow.staff_id))
    .outerjoin(
        EntryVoidRow,
        VOIDS_ENTRY,
    )
    .outerjoin(
        EntryAddendumRow,
        and_(
            EntryAddendumRow.practice_id == TimeEntryRow.practice_id,
            EntryAddendumRow.patient_code == TimeEntryRow.patient_code,
            EntryAddendumRow.entry_position == func.coalesce(TimeEntryRow.first_part_position, TimeEntryRow.position),
        ),
    )
    .where(TimeEntryRow.practice_id == _MINE, TimeEntryRow.patient_code.in_(_CODES))
    .order_by(TimeEntryRow.patient_code, TimeEntryRow.position, EntryAddendumRow.position)
)
_ENTRIES_OF_MONTH = _ENTRIES.where(
    TimeEntryRow.date_of_service >= bindparam("month"), TimeEntryRow.date_of_service < bindparam("next_month")
)
_PATIENTS = select(
    PatientRow.patient_code, PatientRow.billing_practitioner, PatientRow.conditions, PatientRow.risk_documented
).where(PatientRow.practice_id == _MINE, PatientRow.patient_code.in_(_CODES))
_STAFF = select(
    StaffRow.staff_id, StaffRow.credential, StaffRow.active_from, StaffRow.active_to, StaffRow.supervised
).where(StaffRow.practice_id == _MINE, StaffRow.staff_id.in_(bindparam("staff_ids", expanding=True)))
_FACTS = facts_in_force(_MINE).where(PatientFactRow.patient_code.in_(_CODES))


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """All stored facts of one patient: those that span months, and the entries of the months asked for."""

    base: PatientMonth
    marks: Mapping[date, Monthly]
    bare_counts: Mapping[date, int]
    """Of readings in periods of no known beginning, by month."""
    entries: tuple[TimeEntry, ...]
    staff: tuple[StaffMember, ...]

    def joined_by(self, entries: Sequence[TimeEntry], member: StaffMember) -> "PatientRecord":
        """Return this record with entries that are being recorded, and with who did the work."""
        others = tuple(one for one in self.staff if one.staff_id != member.staff_id)
        return replace(self, entries=(*self.entries, *entries), staff=(*others, member))

    def months(self) -> list[date]:
        """Return the months that have figures: those with entries or with device readings, earliest first."""
        read = {month for month, days in self.bare_counts.items() if days} | self._months_of_periods()
        return sorted({month_of(entry.date_of_service) for entry in self.entries} | read)

    def facts(self, month: date) -> PatientMonth:
        """Return the facts of that month (its first day)."""
        marks = self.marks.get(month, Monthly())
        counted = self.bare_counts.get(month, 0)
        return replace(
            self.base,
            month=month,
            entries=tuple(entry for entry in self.entries if month_of(entry.date_of_service) == month),
            staff=self.staff,
            billed_elsewhere=marks.billed_elsewhere,
            apcm=marks.apcm,
            other_services=marks.other_services,
            readings=(*self.base.readings, *([Readings(days=counted)] if counted else [])),
        )

    def _months_of_periods(self) -> set[date]:
        """Return the months in which a 30-day period with readings ends, or may end (R10)."""
        ends = {one.from_date + timedelta(days=PERIOD_DAYS - 1) for one in self.base.readings if one.from_date}
        days = {day for one in self.base.readings for day in one.dates}
        return {month_of(day) for day in ends | days | {day + timedelta(days=PERIOD_DAYS - 1) for day in days}}


def patient_codes(connection: Connection, practice_id: str) -> Sequence[str]:
    """Return the codes of every patient of the practice, in order."""
    row = PatientRow
    return connection.scalars(
        select(row.patient_code).where(row.practice_id == practice_id).order_by(row.patient_code)
    ).all()


def load_records(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], month: date | None = None
) -> dict[str, PatientRecord]:
    """Return the records of these patients by code; with the entries of ``month`` alone, or of all months.

    Codes that name no patient are absent.
    """
    entries, staff = _load_entries(connection, practice, patient_codes, month)
    mine = {"practice_id": practice.practice_id, "codes": list(patient_codes)}
    facts: dict[str, dict[str, list[AnyRow]]] = defaultdict(lambda: defaultdict(list))
    for fact in sorted(connection.execute(_FACTS, mine), key=lambda fact: (fact.subject, fact.on_date)):
        facts[fact.patient_code][fact.kind].append(fact)
    patients = connection.execute(_PATIENTS, mine).all()
    _add_practitioners(connection, practice, facts, patients, staff)
    return {
        row.patient_code: _record(
            practice, row, facts[row.patient_code], entries[row.patient_code], staff[row.patient_code]
        )
        for row in patients
    }


def _record(
    practice: Practice,
    row: AnyRow,
    facts: Mapping[str, Sequence[AnyRow]],
    entries: Sequence[TimeEntry],
    staff: Mapping[str, StaffMember],
) -> PatientRecord:
    base = PatientMonth(
        month=date.min,
        timezone=practice.timezone,
        conditions=tuple(row.conditions),
        risk_documented=row.risk_documented,
        designations=(Designation(row.billing_practitioner),) if row.billing_practitioner else (),
        **spanning_months(facts, practice),
        readings=readings(facts),
    )
    return PatientRecord(base, marks(facts), bare_counts(facts), tuple(entries), tuple(staff.values()))


def _load_entries(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], month: date | None
) -> tuple[Mapping[str, list[TimeEntry]], Mapping[str, dict[str, StaffMember]]]:
    mine: dict[str, Any] = {"practice_id": practice.practice_id, "codes": list(patient_codes)}
    if month is None:
        rows = connection.execute(_ENTRIES, mine)
    else:
        rows = connection.execute(_ENTRIES_OF_MONTH, {**mine, "month": month, "next_month": next_month(month)})
    entries: dict[str, list[TimeEntry]] = defaultdict(list)
    staff: dict[str, dict[str, StaffMember]] = defaultdict(dict)
    for row in rows:
        known = entries[row.patient_code]
        if known and known[-1].number == row.position:
            known[-1] = replace(known[-1], note=with_addendum(known[-1].note, row.addendum))
            continue
        known.append(_time_entry(row, practice))
        if row.staff_id not in staff[row.patient_code]:
            staff[row.patient_code][row.staff_id] = StaffMember(
                row.staff_id, row.credential, row.active_from, row.active_to, row.supervised
            )
    return entries, staff


def _add_practitioners(
    connection: Connection,
    practice: Practice,
    facts: Mapping[str, Mapping[str, Sequence[AnyRow]]],
    patients: Sequence[AnyRow],
    staff: Mapping[str, dict[str, StaffMember]],
) -> None:
    """Add to each patient's staff who bills the month or designated complex care: rules ask whether each practises."""
    named = [(row.patient_code, row.billing_practitioner) for row in patients if row.billing_practitioner]
    named += [
        (code, fact.details["staff_id"]) for code, kinds in facts.items() for fact in kinds.get(FactKind.COMPLEXITY, ())
    ]
    missing = sorted({staff_id for code, staff_id in named if staff_id not in staff[code]})
    if not missing:
        return
    mine = {"practice_id": practice.practice_id, "staff_ids": missing}
    members = {row.staff_id: StaffMember(*row) for row in connection.execute(_STAFF, mine)}
    for code, staff_id in named:
        if staff_id not in staff[code]:
            staff[code][staff_id] = members[staff_id]


def with_addendum(note: str, addendum: str | None) -> str:
    """Return the note as the rules see it: each addendum begins a line of its own (E5)."""
    return "\n".join(filter(None, (note, addendum)))


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
        note=with_addendum(row.note, row.addendum),
        recorded_at=row.recorded_at,
        voided=row.void_position is not None,
        first_part_number=row.first_part_position,
        external_id=row.external_id,
    )
