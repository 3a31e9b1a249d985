"""From rows to the frozen facts of patient-months. The only way in: one patient or thousands, the same code."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select

from ledger.clock import last_of_month, month_of, next_month
from ledger.patients.fact_shapes import Monthly, bare_counts, marks, readings, spanning_months
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.patients.roster_history import DATED, PATIENTS, History, histories, load_staff
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
    )
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
_PATIENTS = select(PatientRow.patient_code).where(PatientRow.practice_id == _MINE, PatientRow.patient_code.in_(_CODES))
_FACTS = facts_in_force(_MINE).where(PatientFactRow.patient_code.in_(_CODES))


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """All stored facts of one patient: those that span months, and the entries of the months asked for.

    ``roster`` is what the roster has of the patient by days, ``staff`` everybody of whom a rule may ask.
    """

    base: PatientMonth
    roster: History
    marks: Mapping[date, Monthly]
    bare_counts: Mapping[date, int]
    """Of readings in periods of no known beginning, by month."""
    entries: tuple[TimeEntry, ...]
    staff: tuple[StaffMember, ...]

    def joined_by(self, entries: Sequence[TimeEntry], member: Sequence[StaffMember]) -> "PatientRecord":
        """Return this record with entries that are being recorded, and with who did the work, over time."""
        named = {one.staff_id for one in member}
        others = (one for one in self.staff if one.staff_id not in named)
        return replace(self, entries=(*self.entries, *entries), staff=(*others, *member))

    def designations(self) -> tuple[Designation, ...]:
        """Return who was the patient's billing practitioner from when to when (R9)."""
        return tuple(
            Designation(period.values["billing_practitioner"], period.first, period.last)
            for period in self.roster.periods(["billing_practitioner"])
            if period.values["billing_practitioner"] is not None
        )

    def months(self) -> list[date]:
        """Return the months that have figures: those with entries or with device readings, earliest first."""
        read = {month for month, days in self.bare_counts.items() if days} | self._months_of_periods()
        return sorted({month_of(entry.date_of_service) for entry in self.entries} | read)

    def facts(self, month: date) -> PatientMonth:
        """Return the facts of that month (its first day)."""
        marks = self.marks.get(month, Monthly())
        counted = self.bare_counts.get(month, 0)
        held = {**DATED[PATIENTS], **self.roster.on(last_of_month(month))}
        return replace(
            self.base,
            month=month,
            conditions=tuple(held["conditions"]),
            risk_documented=held["risk_documented"],
            designations=self.designations(),
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
    entries = _load_entries(connection, practice, patient_codes, month)
    mine = {"practice_id": practice.practice_id, "codes": list(patient_codes)}
    facts: dict[str, dict[str, list[AnyRow]]] = defaultdict(lambda: defaultdict(list))
    for fact in sorted(connection.execute(_FACTS, mine), key=lambda fact: (fact.subject, fact.on_date)):
        facts[fact.patient_code][fact.kind].append(fact)
    rosters = histories(connection, practice.practice_id, PATIENTS, patient_codes)
    involved = {
        code: _involved(entries[code], facts[code], rosters.get(code, History()))
        for code in connection.scalars(_PATIENTS, mine)
    }
    members = load_staff(connection, practice.practice_id, {one for ids in involved.values() for one in ids})
    return {
        code: PatientRecord(
            _base(practice, facts[code]),
            rosters.get(code, History()),
            marks(facts[code]),
            bare_counts(facts[code]),
            tuple(entries[code]),
            tuple(member for one in ids for member in members.get(one, ())),
        )
        for code, ids in involved.items()
    }


def _involved(entries: Sequence[TimeEntry], facts: Mapping[str, Sequence[AnyRow]], roster: History) -> list[str]:
    """Return of whom the rules may ask: who worked, who designated complex care (R5), who bills or billed."""
    ids = [entry.staff_id for entry in entries]
    ids += [fact.details["staff_id"] for fact in facts.get(FactKind.COMPLEXITY, ())]
    ids += [values["billing_practitioner"] for values in roster.steps.values() if values.get("billing_practitioner")]
    return list(dict.fromkeys(ids))


def _base(practice: Practice, facts: Mapping[str, Sequence[AnyRow]]) -> PatientMonth:
    """Return what holds of every month alike; ``PatientRecord.facts`` makes it that of one."""
    return PatientMonth(
        month=date.min,
        timezone=practice.timezone,
        **spanning_months(facts, practice),
        readings=readings(facts),
    )


def _load_entries(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], month: date | None
) -> Mapping[str, list[TimeEntry]]:
    mine: dict[str, Any] = {"practice_id": practice.practice_id, "codes": list(patient_codes)}
    if month is None:
        rows = connection.execute(_ENTRIES, mine)
    else:
        rows = connection.execute(_ENTRIES_OF_MONTH, {**mine, "month": month, "next_month": next_month(month)})
    entries: dict[str, list[TimeEntry]] = defaultdict(list)
    for row in rows:
        known = entries[row.patient_code]
        if known and known[-1].number == row.position:
            known[-1] = replace(known[-1], note=with_addendum(known[-1].note, row.addendum))
            continue
        known.append(_time_entry(row, practice))
    return entries


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
