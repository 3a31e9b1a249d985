"""From a case, one patient-month in tables, to the facts that the rules look at."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ledger.cases.tables import LONGEST_MINUTES, CarePlanTable, CaseFile, DischargeTable, EntryTable, StaffTable
from ledger.clock import last_of_month
from ledger.errors import LedgerError
from ledger.rules.durations import duration_minutes, end_of_day, split_at_midnight
from ledger.rules.facts import (
    CarePlanRevision,
    ComplexityDesignation,
    Consent,
    Designation,
    DeviceSetUp,
    Discharge,
    Enrollment,
    InitiatingVisit,
    PatientMonth,
    PlanCopy,
    Readings,
    StaffMember,
    Stay,
    TimeEntry,
    TransitionVisit,
)
from ledger.rules.policy import Policy
from ledger.rules.rulebook import is_per_discharge
from ledger.rules.toml_files import UnreadableFileError, parse_toml, read_bytes, shaped
from ledger.values.conditions import read_condition
from ledger.values.credentials import credential_meant
from ledger.values.reading import UnreadableValueError


class CaseError(LedgerError):
    """A case file that cannot be read: the title names the file and each place, the remedy what is allowed."""


@dataclass(frozen=True, slots=True)
class Case:
    """A patient-month as a file tells it: its facts, the practice's policy, and what a test expects of it."""

    facts: PatientMonth
    policy: Policy
    expect: dict[str, Any]


def read_case(path: Path) -> Case:
    """Return the case in that TOML file; raises ``CaseError`` that names the file, every place at fault and the fix.

    Entries outside the month are left out, those over midnight are split (billing-rules E3).

    Raises:
        CaseError: CASE_INVALID.
    """
    with _naming(path.name):
        content = read_bytes(path)
        return _case(shaped(parse_toml(content), CaseFile, text=content.decode("utf-8", errors="replace")))


def case_of(tables: Mapping[str, Any], name: str = "the case") -> Case:
    """Return the case of these tables, the same as in a file; dates may be text, too.

    Raises:
        CaseError: CASE_INVALID.
    """
    with _naming(name):
        return _case(shaped(tables, CaseFile, dates_as_text=True))


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Tell what is wrong with a case by its name and the fix."""
    try:
        yield
    except UnreadableFileError as error:
        raise CaseError(
            "CASE_INVALID",
            f"{name}: {'; '.join(error.problems)}.",
            'Correct the fields named. Dates stand without quotes (2026-11-03), months with them ("2026-11"); '
            "an entry has date = 2026-11-03 and minutes = 12, or start and end.",
        ) from error


def _case(case: CaseFile) -> Case:
    return Case(_facts(case), case.policy, case.expect)


def _facts(case: CaseFile) -> PatientMonth:
    zone = ZoneInfo(case.timezone)
    month = date.fromisoformat(f"{case.month}-01")
    patient = case.patient
    problems = [*_contradictions(case), *_missing_hours(case, zone)]
    entries: list[TimeEntry] = []
    for index, entry in enumerate(case.entry):
        try:
            entries.extend(_time_entries(index, entry, zone))
        except UnreadableFileError as error:
            problems += error.problems
    if problems:
        raise UnreadableFileError(problems)
    return PatientMonth(
        month=month,
        timezone=case.timezone,
        conditions=tuple(_condition(text) for text in patient.conditions),
        risk_documented=patient.risk_documented,
        designations=_designations(case),
        billed_elsewhere=patient.billed_elsewhere,
        apcm=patient.apcm,
        other_services=patient.other_services,
        enrollments=tuple(Enrollment(row.program, row.from_date, row.to_date) for row in case.enrollment),
        consents=tuple(
            Consent(row.program, row.consent_date, row.form, row.revoked, row.practitioner, row.by, row.said)
            for row in case.consent
        ),
        initiating_visits=tuple(InitiatingVisit(row.visit_date, row.type) for row in case.initiating_visit),
        care_plans=tuple(_care_plan(row) for row in case.care_plan),
        stays=tuple(
            Stay(row.setting, _edge(row.admitted, zone), _edge(row.discharged, zone) if row.discharged else None)
            for row in case.stay
        ),
        complexity=tuple(
            ComplexityDesignation(row.designated_on, row.mdm, row.by, row.rationale) for row in case.complexity
        ),
        devices=tuple(DeviceSetUp(row.set_up) for row in case.device),
        readings=tuple(Readings(row.days, row.from_date, row.dates or ()) for row in case.readings),
        staff=tuple(_staff_member(row, case.policy) for row in case.staff),
        discharges=tuple(_discharge(row) for row in case.discharge),
        transition_entries=tuple(entry for entry in entries if is_per_discharge(entry.program)),
        as_of=case.as_of,
        entries=tuple(entry for entry in entries if month <= entry.date_of_service <= last_of_month(month)),
    )


def _contradictions(case: CaseFile) -> Iterator[str]:
    """Yield what two fields or two tables of the case say against one another."""
    for index, stay in enumerate(case.stay, 1):
        if stay.discharged is not None and _earlier(stay.discharged, stay.admitted):
            yield f'[[stay]] number {index}: "discharged" comes before "admitted"'
    if case.patient.billing_practitioner is not None and case.designation:
        yield '[patient]: "billing_practitioner" stands beside [[designation]]; give one of the two'
    periods: list[tuple[str, int, date | None, date | None]] = [
        ("enrollment", index, row.from_date, row.to_date) for index, row in enumerate(case.enrollment, 1)
    ]
    periods += [("designation", index, row.from_date, row.to_date) for index, row in enumerate(case.designation, 1)]
    for table, index, from_date, to_date in periods:
        if from_date is not None and to_date is not None and to_date < from_date:
            yield f'[[{table}]] number {index}: "to" comes before "from"'
    for (index, one), (other_index, other) in combinations(enumerate(case.staff, 1), 2):
        if one.id == other.id and _overlap(one, other):
            yield f"[[staff]] numbers {index} and {other_index}: two rows of {one.id} in periods that overlap"


def _overlap(one: StaffTable, other: StaffTable) -> bool:
    return (one.active_from or date.min) <= (other.active_to or date.max) and (other.active_from or date.min) <= (
        one.active_to or date.max
    )


def _missing_hours(case: CaseFile, zone: ZoneInfo) -> Iterator[str]:
    """Yield each local time that does not exist, because clocks went forward over it."""
    named: list[tuple[str, str, object]] = [
        (f"[[entry]] number {index}", field, getattr(entry, field))
        for index, entry in enumerate(case.entry, 1)
        for field in ("start", "end", "recorded")
    ]
    named += [
        (f"[[stay]] number {index}", field, getattr(stay, field))
        for index, stay in enumerate(case.stay, 1)
        for field in ("admitted", "discharged")
    ]
    for place, field, value in named:
        if isinstance(value, datetime) and not _exists(value, zone):
            clock = value.isoformat(timespec="minutes")
            yield f'{place}: "{field}" {clock} does not exist: clocks went forward over it'


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    there = local.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def _designations(case: CaseFile) -> tuple[Designation, ...]:
    if case.patient.billing_practitioner is not None:
        return (Designation(case.patient.billing_practitioner),)
    return tuple(Designation(row.staff, row.from_date, row.to_date) for row in case.designation)


def _care_plan(row: CarePlanTable) -> CarePlanRevision:
    given = row.copy_given
    copy = None if given is None else PlanCopy(given.given_on, given.to, given.how)
    return CarePlanRevision(row.revised_on, row.substantial, row.elements, copy)


def _discharge(row: DischargeTable) -> Discharge:
    visit = None if row.visit is None else TransitionVisit(row.visit.visit_date, row.visit.mdm, row.visit.by)
    return Discharge(row.discharged_on, row.from_setting, row.to_setting, visit, row.reconciled, row.died)


def _staff_member(row: StaffTable, policy: Policy) -> StaffMember:
    return StaffMember(
        row.id,
        credential_meant(row.credential, policy.qualifying_credentials) or "",  # any other text is none
        row.active_from,
        row.active_to,
        row.supervised,
        row.employed,
    )


def _condition(text: str) -> str:
    """Return the code as a ledger has it; in a case what is no code stands for one."""
    try:
        return read_condition(text)
    except UnreadableValueError:
        return text


def _time_entries(index: int, entry: EntryTable, zone: ZoneInfo) -> Iterator[TimeEntry]:
    """Yield the entry, or its parts where it crosses midnight: each with its date, times and minutes."""
    parts: list[tuple[date, int, datetime | None, datetime | None]]
    if entry.start is not None and entry.end is not None:
        start, end = entry.start.replace(tzinfo=zone), _end_after(entry.start, entry.end, zone)
        length = duration_minutes(start, end)
        if not 1 <= length <= LONGEST_MINUTES:
            raise UnreadableFileError(
                [f'[[entry]] number {index + 1}: "end" must come 1 to {LONGEST_MINUTES} minutes after "start"']
            )
        split = split_at_midnight(start, end, zone)
        parts = [(part.date_of_service, part.duration_minutes, part.started_at, part.ended_at) for part in split]
        work_ended_at = end
    else:
        day, minutes = entry.day, entry.minutes
        if day is None or minutes is None:  # the shape asks for one of the two ways
            raise UnreadableFileError([f"[[entry]] number {index + 1}: no time is given"])
        parts = [(day, minutes, None, None)]
        work_ended_at = end_of_day(day, zone)
    recorded_at = work_ended_at if entry.recorded is None else entry.recorded.replace(tzinfo=zone)
    for day, minutes, started_at, ended_at in parts:
        yield TimeEntry(
            number=index,
            staff_id=entry.staff,
            program=entry.program,
            activity=entry.activity,
            contact=entry.contact,
            date_of_service=day,
            duration_minutes=minutes,
            started_at=started_at,
            ended_at=ended_at,
            note=entry.note,
            recorded_at=recorded_at,
            voided=entry.voided,
            first_part_number=index if len(parts) > 1 else None,
            work_ended_at=work_ended_at if started_at is not None else None,
        )


def _end_after(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """Return the end on the zone's clock.

    In the hour that repeats in autumn that is its second pass, where only that is later.
    """
    first = end.replace(tzinfo=zone)
    return first if duration_minutes(start.replace(tzinfo=zone), first) > 0 else first.replace(fold=1)


def _edge(edge: date, zone: ZoneInfo) -> date | datetime:
    return edge.replace(tzinfo=zone) if isinstance(edge, datetime) else edge


def _earlier(edge: date, other: date) -> bool:
    """Return whether one edge of a stay is before another; where one has no hour, by date."""
    if isinstance(edge, datetime) and isinstance(other, datetime):
        return edge < other
    days = [one.date() if isinstance(one, datetime) else one for one in (edge, other)]
    return days[0] < days[1]
