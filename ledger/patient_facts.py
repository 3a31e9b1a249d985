"""From rows to the frozen facts of patient-months. The only way in: one patient or thousands, the same code."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Boolean, Connection, Date, and_, bindparam, cast, literal, null, select, union_all

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

_Identity = tuple[str, str, date]
"""What makes two rows revisions of one dated fact: its kind, its program and its date."""

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
    .where(TimeEntryRow.practice_id == _MINE, TimeEntryRow.patient_code.in_(_CODES))
    .order_by(TimeEntryRow.patient_code, TimeEntryRow.position)
)
_ENTRIES_OF_MONTH = _ENTRIES.where(
    TimeEntryRow.date_of_service >= bindparam("month"), TimeEntryRow.date_of_service < bindparam("next_month")
)
_PATIENTS = select(
    PatientRow.patient_code, PatientRow.billing_practitioner, PatientRow.conditions, PatientRow.risk_documented
).where(PatientRow.practice_id == _MINE, PatientRow.patient_code.in_(_CODES))


def _dated(kind: str, table: Any, **columns: Any) -> AnySelect:
    """The rows of a table of dated facts in the shape that all of them share: one query reads all kinds."""
    shape = {
        "program": null(),
        "until_date": cast(null(), Date),
        "word": null(),
        "flag": cast(null(), Boolean),
        **columns,
    }
    return select(
        literal(kind).label("kind"),
        table.patient_code.label("patient_code"),
        table.revision.label("revision"),
        *(shape[name].label(name) for name in ("on_date", "until_date", "program", "word", "flag")),
    ).where(table.practice_id == _MINE, table.patient_code.in_(_CODES))


_DATED_FACTS = union_all(
    _dated(
        "enrollment",
        EnrollmentRow,
        on_date=EnrollmentRow.from_date,
        until_date=EnrollmentRow.to_date,
        program=EnrollmentRow.program,
    ),
    _dated(
        "consent",
        ConsentRow,
        on_date=ConsentRow.consent_date,
        until_date=ConsentRow.revoked_on,
        program=ConsentRow.program,
        word=ConsentRow.form,
    ),
    _dated("visit", InitiatingVisitRow, on_date=InitiatingVisitRow.visit_date, word=InitiatingVisitRow.visit_type),
    _dated("care plan", CarePlanRow, on_date=CarePlanRow.revised_on, flag=CarePlanRow.substantial),
).order_by("patient_code", "revision")


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """All stored facts of one patient: those that span months, and the entries of the months asked for."""

    base: PatientMonth
    entries: tuple[TimeEntry, ...]
    staff: tuple[StaffMember, ...]

    def joined_by(self, entries: Sequence[TimeEntry], member: StaffMember) -> "PatientRecord":
        """This record with entries that are being recorded, and with who did the work."""
        others = tuple(one for one in self.staff if one.staff_id != member.staff_id)
        return PatientRecord(self.base, (*self.entries, *entries), (*others, member))

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
    mine = {"practice_id": practice.practice_id, "codes": list(patient_codes)}
    dated: dict[str, dict[_Identity, AnyRow]] = defaultdict(dict)
    for row in connection.execute(_DATED_FACTS, mine):
        dated[row.patient_code][row.kind, row.program or "", row.on_date] = row
    return {
        row.patient_code: PatientRecord(
            base=_base(practice, row, month, dated[row.patient_code]),
            entries=tuple(entries[row.patient_code]),
            staff=tuple(staff[row.patient_code].values()),
        )
        for row in connection.execute(_PATIENTS, mine)
    }


def _base(practice: Practice, row: AnyRow, month: date | None, dated: Mapping[_Identity, AnyRow]) -> PatientMonth:
    """The facts that span months; of each dated one the latest revision is in ``dated``."""
    facts: dict[str, list[Any]] = defaultdict(list)
    for (kind, _, _), fact in sorted(dated.items()):
        facts[kind].append(_BUILD[kind](fact))
    return PatientMonth(
        month=month or date.min,
        timezone=practice.timezone,
        conditions=tuple(row.conditions),
        risk_documented=row.risk_documented,
        billing_practitioner=row.billing_practitioner,
        enrollments=tuple(facts["enrollment"]),
        consents=tuple(facts["consent"]),
        initiating_visits=tuple(facts["visit"]),
        care_plans=tuple(facts["care plan"]),
    )


_BUILD: Mapping[str, Callable[[AnyRow], object]] = {
    "enrollment": lambda row: Enrollment(Program(row.program), row.on_date, row.until_date),
    "consent": lambda row: Consent(Program(row.program), row.on_date, row.word, row.until_date),
    "visit": lambda row: InitiatingVisit(row.on_date, row.word),
    "care plan": lambda row: CarePlanRevision(row.on_date, row.flag),
}


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
        first_part_number=row.first_part_position,
    )
