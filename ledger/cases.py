"""Cases: one patient-month in a TOML file, read into facts; and its statement as JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from ledger.clock import last_of_month
from ledger.errors import LedgerError
from ledger.rules.durations import duration_minutes, end_of_day, split_at_midnight
from ledger.rules.facts import (
    CONTACT_ACTIVITIES,
    Activity,
    CarePlanRevision,
    ComplexityDesignation,
    Consent,
    Contact,
    Enrollment,
    InitiatingVisit,
    PatientMonth,
    Program,
    StaffMember,
    Stay,
    TimeEntry,
)
from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.rulebook import known_programs
from ledger.rules.statement import Alternative, CodeLine, EntryResult, ProgramStatement, Statement
from ledger.rules.toml_files import (
    Day,
    DayOrLocalTime,
    LocalTime,
    Name,
    Positive,
    Table,
    UnreadableFileError,
    Whole,
    Words,
    YesNo,
    parse_toml,
    read_bytes,
    shaped,
)
from ledger.values.conditions import read_condition
from ledger.values.credentials import credential_meant
from ledger.values.reading import UnreadableValueError

LONGEST_MINUTES = 24 * 60
"""No entry is longer (billing-rules E4)."""
PERIOD_DAYS = 30
"""Device readings are counted in periods of 30 days (billing-rules section 5)."""


class CaseError(LedgerError):
    """A case file that cannot be read: the title names the file and each place, the remedy what is allowed."""


@dataclass(frozen=True, slots=True)
class Case:
    """A patient-month as a file tells it: its facts, the practice's policy, and what a test expects of it."""

    facts: PatientMonth
    policy: Policy
    expect: dict[str, Any]


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError('must be a month such as "2026-11"')
    return text


def _timezone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError('must be a time zone such as "America/New_York"') from error


def _known_program(name: Program) -> Program:
    if name in known_programs():
        return name
    raise ValueError(f"must be one of {', '.join(known_programs())}")


KnownProgram = Annotated[Program, AfterValidator(_known_program)]
"""A program of the rulebooks."""


class _Patient(Table):
    conditions: tuple[Name, ...] = ()
    risk_documented: YesNo = True
    billing_practitioner: Name | None = None
    billed_elsewhere: frozenset[KnownProgram] = frozenset()
    apcm: YesNo = False


class _Enrollment(Table):
    program: KnownProgram
    from_date: Day = Field(alias="from")
    to_date: Day | None = Field(default=None, alias="to")


class _Consent(Table):
    program: KnownProgram
    consent_date: Day = Field(alias="date")
    form: Literal["verbal", "written"] = "verbal"
    revoked: Day | None = None


class _InitiatingVisit(Table):
    visit_date: Day = Field(alias="date")
    type: Literal["AWV", "IPPE", "E/M", "TCM"]


class _CarePlan(Table):
    revised_on: Day = Field(alias="date")
    substantial: YesNo = False


class _Stay(Table):
    setting: Literal["inpatient", "snf", "inpatient_rehab", "hospice", "home", "assisted_living", "independent_living"]
    admitted: DayOrLocalTime
    discharged: DayOrLocalTime | None = None


class _Complexity(Table):
    designated_on: Day = Field(alias="date")
    mdm: Literal["straightforward", "low", "moderate", "high"]
    by: Name
    rationale: Words = ""


class _Readings(Table):
    days: Annotated[Whole, Field(le=PERIOD_DAYS)]


class _Staff(Table):
    id: Name
    credential: Words
    active_from: Day | None = None
    active_to: Day | None = None
    supervised: YesNo = True


class _Entry(Table):
    staff: Name
    program: KnownProgram
    activity: Activity
    contact: Contact | None = None
    day: Day | None = Field(default=None, alias="date")
    minutes: Annotated[Positive, Field(le=LONGEST_MINUTES)] | None = None
    start: LocalTime | None = None
    end: LocalTime | None = None
    note: Words = ""
    recorded: LocalTime | None = None
    voided: YesNo = False

    @model_validator(mode="after")
    def _one_way_of_time(self) -> "_Entry":
        by_length = self.day is not None and self.minutes is not None and self.start is None and self.end is None
        by_times = self.start is not None and self.end is not None and self.day is None and self.minutes is None
        if not by_length and not by_times:
            raise ValueError('give either "date" and "minutes", or "start" and "end"')
        if self.contact is not None and self.activity not in CONTACT_ACTIVITIES:
            raise ValueError('"contact" belongs to patient_contact and caregiver_contact only')
        return self


def _payments_by_year(policy: object, about: ValidationInfo) -> object:
    """Return the policy's payments under the year of the case's month, where they name none."""
    match policy:
        case {"payments": {} as payments, **rest} if payments and not any(
            isinstance(own, dict) for own in payments.values()
        ):
            month = about.data.get("month")  # absent where it is none, which is said by itself
            return {**rest, "payments": {month[:4]: payments}} if month else rest
    return policy


class _CaseFile(Table):
    month: Annotated[Words, AfterValidator(_month)]
    timezone: Annotated[Words, AfterValidator(_timezone)] = "America/New_York"
    policy: Annotated[Policy, BeforeValidator(_payments_by_year)] = DEFAULT_POLICY
    patient: _Patient = Field(default_factory=_Patient)
    enrollment: Annotated[tuple[_Enrollment, ...], Field(min_length=1)]
    consent: tuple[_Consent, ...] = ()
    initiating_visit: tuple[_InitiatingVisit, ...] = ()
    care_plan: tuple[_CarePlan, ...] = ()
    stay: tuple[_Stay, ...] = ()
    complexity: tuple[_Complexity, ...] = ()
    readings: Annotated[tuple[_Readings, ...], Field(max_length=1)] = ()
    staff: tuple[_Staff, ...] = ()
    entry: tuple[_Entry, ...] = ()
    expect: dict[str, Any] = Field(default_factory=dict)


def read_case(path: Path) -> Case:
    """Return the case in that file; raises ``CaseError`` that names the file, every place at fault and what is allowed.

    Entries outside the month are left out, those over midnight are split (billing-rules E3).

    Raises:
        CaseError: CASE_INVALID.
    """
    try:
        content = read_bytes(path)
        case = shaped(parse_toml(content), _CaseFile, text=content.decode("utf-8", errors="replace"))
        facts = _facts(case)
    except UnreadableFileError as error:
        raise CaseError(
            "CASE_INVALID",
            f"{path.name}: {'; '.join(error.problems)}.",
            'Correct the fields named. Dates stand without quotes (2026-11-03), months with them ("2026-11"); '
            "an entry has date = 2026-11-03 and minutes = 12, or start and end.",
        ) from error
    return Case(facts, case.policy, case.expect)


def _facts(case: _CaseFile) -> PatientMonth:
    zone = ZoneInfo(case.timezone)
    month = date.fromisoformat(f"{case.month}-01")
    patient = case.patient
    entries: list[TimeEntry] = []
    problems: list[str] = []
    for index, entry in enumerate(case.entry):
        try:
            entries.extend(_time_entries(index, entry, zone))
        except UnreadableFileError as error:
            problems += error.problems
    problems += [
        f'[[stay]] number {index + 1}: "discharged" comes before "admitted"'
        for index, stay in enumerate(case.stay)
        if stay.discharged is not None and _earlier(stay.discharged, stay.admitted)
    ]
    if problems:
        raise UnreadableFileError(problems)
    return PatientMonth(
        month=month,
        timezone=case.timezone,
        conditions=tuple(_condition(text) for text in patient.conditions),
        risk_documented=patient.risk_documented,
        billing_practitioner=patient.billing_practitioner,
        billed_elsewhere=patient.billed_elsewhere,
        apcm=patient.apcm,
        enrollments=tuple(Enrollment(row.program, row.from_date, row.to_date) for row in case.enrollment),
        consents=tuple(Consent(row.program, row.consent_date, row.form, row.revoked) for row in case.consent),
        initiating_visits=tuple(InitiatingVisit(row.visit_date, row.type) for row in case.initiating_visit),
        care_plans=tuple(CarePlanRevision(row.revised_on, row.substantial) for row in case.care_plan),
        stays=tuple(
            Stay(row.setting, _edge(row.admitted, zone), _edge(row.discharged, zone) if row.discharged else None)
            for row in case.stay
        ),
        complexity=tuple(
            ComplexityDesignation(row.designated_on, row.mdm, row.by, row.rationale) for row in case.complexity
        ),
        reading_days=sum(row.days for row in case.readings),
        staff=tuple(
            StaffMember(
                row.id,
                credential_meant(row.credential, case.policy.qualifying_credentials) or "",  # any other text is none
                row.active_from,
                row.active_to,
                row.supervised,
            )
            for row in case.staff
        ),
        entries=tuple(entry for entry in entries if month <= entry.date_of_service <= last_of_month(month)),
    )


def _condition(text: str) -> str:
    """Return the code as a ledger has it; in a case what is no code stands for one."""
    try:
        return read_condition(text)
    except UnreadableValueError:
        return text


def _time_entries(index: int, entry: _Entry, zone: ZoneInfo) -> Iterator[TimeEntry]:
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


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return the statement in the shape that ``ccm evaluate --json`` prints: dates as text, money in cents."""
    return {
        "month": f"{statement.month:%Y-%m}",
        "rulebook": statement.rulebook_name,
        "provisional": statement.provisional,
        "expected_cents": statement.expected_cents,
        "codes": [_line_json(line) for line in statement.codes],
        "programs": [_program_json(part) for part in statement.programs],
        "entries": [_entry_json(entry) for entry in statement.entries],
    }


def _line_json(line: CodeLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "units": line.units,
        "program": line.program.value,
        "family": line.family,
        "cents": line.amount_cents,
        "date_of_service": line.date_of_service.isoformat(),
    }


def _program_json(part: ProgramStatement) -> dict[str, Any]:
    return {
        "program": part.program.value,
        "status": part.status.value,
        "counted_minutes": part.counted_minutes,
        "staff_minutes": part.staff_minutes,
        "practitioner_minutes": part.practitioner_minutes,
        "blockers": [blocker.name for blocker in part.blockers],
        "warnings": [
            {"code": warning.code, "name": warning.name, "entries": list(warning.entries)} for warning in part.warnings
        ],
        "next": [
            {"code": step.code, "minutes_missing": step.minutes_missing, "cents": step.amount_cents}
            for step in part.next
        ],
        "alternatives": [_alternative_json(alternative) for alternative in part.alternatives],
        "why": part.why,
    }


def _alternative_json(alternative: Alternative) -> dict[str, Any]:
    return {
        "family": alternative.family,
        "codes": [_line_json(line) for line in alternative.codes],
        "cents": alternative.amount_cents,
        "why_not": alternative.why_not,
    }


def _entry_json(entry: EntryResult) -> dict[str, Any]:
    return {
        "index": entry.number,
        **({"date": entry.date_of_service.isoformat()} if entry.is_part else {}),
        "minutes": entry.duration_minutes,
        "counted": entry.counted_minutes,
        "excluded": [
            {"minutes": cut.minutes, "reason": cut.reason, "rule": cut.rule, "text": cut.text} for cut in entry.excluded
        ],
    }
