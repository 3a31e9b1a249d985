"""The tables of a case file, as cases are written (TOML, or JSON with dates as text)."""

import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from ledger.rules.facts import (
    CONSENT_SAID,
    CONTACT_ACTIVITIES,
    PLAN_ELEMENTS,
    TRANSITION_FROM,
    TRANSITION_TO,
    Activity,
    Contact,
    Program,
)
from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.rulebook import known_programs, other_services
from ledger.rules.toml_files import Day, DayOrLocalTime, LocalTime, Name, Positive, Table, Whole, Words, YesNo

LONGEST_MINUTES = 24 * 60
"""No entry is longer (billing-rules E4)."""
PERIOD_DAYS = 30
"""Device readings are counted in periods of 30 days (billing-rules R10)."""
YEARS = range(2000, 2100)
"""The years that a case may speak of."""


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError('must be a month such as "2026-11"')
    if int(text[:4]) not in YEARS:
        raise ValueError(f"must lie between {YEARS.start} and {YEARS.stop - 1}")
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


def _one_of(*words: str) -> AfterValidator:
    def known(word: str) -> str:
        if word not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return word

    return AfterValidator(known)


def _excluding_service(code: str) -> str:
    if code not in other_services():
        raise ValueError(f"must be one of {', '.join(other_services())}")
    return code


KnownProgram = Annotated[Program, AfterValidator(_known_program)]
"""A program of the rulebooks."""


class PatientTable(Table):
    """What is known of the patient."""

    conditions: tuple[Name, ...] = ()
    risk_documented: YesNo = True
    billing_practitioner: Name | None = None
    billed_elsewhere: frozenset[KnownProgram] = frozenset()
    apcm: YesNo = False
    other_services: frozenset[Annotated[Name, AfterValidator(_excluding_service)]] = frozenset()


class EnrollmentTable(Table):
    """An enrollment in a program."""

    program: KnownProgram
    from_date: Day = Field(alias="from")
    to_date: Day | None = Field(default=None, alias="to")


class DesignationTable(Table):
    """Who was the billing practitioner, and when."""

    staff: Name
    from_date: Day | None = Field(default=None, alias="from")
    to_date: Day | None = Field(default=None, alias="to")


class ConsentTable(Table):
    """A consent to a program."""

    program: KnownProgram
    consent_date: Day = Field(alias="date")
    form: Literal["verbal", "written"] = "verbal"
    revoked: Day | None = None
    practitioner: Name | None = None
    by: Name | None = None
    said: frozenset[Annotated[Name, _one_of(*CONSENT_SAID)]] | None = None


class InitiatingVisitTable(Table):
    """A visit that opens care management."""

    visit_date: Day = Field(alias="date")
    type: Literal["AWV", "IPPE", "E/M", "TCM"]


class CopyTable(Table):
    """A copy of a care plan that was given."""

    given_on: Day = Field(alias="date")
    to: Literal["patient", "caregiver"] = "patient"
    how: Name


class CarePlanTable(Table):
    """A revision of the care plan."""

    revised_on: Day = Field(alias="date")
    substantial: YesNo = False
    elements: frozenset[Annotated[Name, _one_of(*PLAN_ELEMENTS)]] | None = None
    copy_given: CopyTable | None = Field(default=None, alias="copy")


class StayTable(Table):
    """A stay, in a facility or elsewhere."""

    setting: Literal["inpatient", "snf", "inpatient_rehab", "hospice", "home", "assisted_living", "independent_living"]
    admitted: DayOrLocalTime
    discharged: DayOrLocalTime | None = None


class ComplexityTable(Table):
    """A designation of complex care."""

    designated_on: Day = Field(alias="date")
    mdm: Literal["straightforward", "low", "moderate", "high"]
    by: Name
    rationale: Words = ""


class DeviceTable(Table):
    """The set-up of a monitoring device."""

    set_up: Day


class ReadingsTable(Table):
    """Days with device readings: a count, or dates."""

    from_date: Day | None = Field(default=None, alias="from")
    days: Annotated[Whole, Field(le=PERIOD_DAYS)] | None = None
    dates: tuple[Day, ...] | None = None

    @model_validator(mode="after")
    def _one_way_of_days(self) -> "ReadingsTable":
        if (self.days is None) == (self.dates is None) or (self.dates is not None and self.from_date is not None):
            raise ValueError('give either "days", with or without "from", or "dates"')
        return self


class VisitTable(Table):
    """The visit after a discharge."""

    visit_date: Day = Field(alias="date")
    mdm: Literal["straightforward", "low", "moderate", "high"]
    by: Name


class DischargeTable(Table):
    """A discharge that transitional care may follow."""

    discharged_on: Day = Field(alias="date")
    from_setting: Annotated[Name, _one_of(*TRANSITION_FROM)] = Field(alias="from")
    to_setting: Annotated[Name, _one_of(*TRANSITION_TO)] = Field(alias="to")
    visit: VisitTable | None = None
    reconciled: Day | None = None
    died: Day | None = None


class StaffTable(Table):
    """A staff member, or one period of one."""

    id: Name
    credential: Words
    active_from: Day | None = None
    active_to: Day | None = None
    supervised: YesNo = True
    employed: YesNo = True


class EntryTable(Table):
    """An entry of time."""

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
    def _one_way_of_time(self) -> "EntryTable":
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


class CaseFile(Table):
    """A patient-month as a file writes it."""

    month: Annotated[Words, AfterValidator(_month)]
    as_of: Day | None = None
    timezone: Annotated[Words, AfterValidator(_timezone)] = "America/New_York"
    policy: Annotated[Policy, BeforeValidator(_payments_by_year)] = DEFAULT_POLICY
    patient: PatientTable = Field(default_factory=PatientTable)
    enrollment: Annotated[tuple[EnrollmentTable, ...], Field(min_length=1)]
    consent: tuple[ConsentTable, ...] = ()
    designation: tuple[DesignationTable, ...] = ()
    initiating_visit: tuple[InitiatingVisitTable, ...] = ()
    care_plan: tuple[CarePlanTable, ...] = ()
    stay: tuple[StayTable, ...] = ()
    complexity: tuple[ComplexityTable, ...] = ()
    device: tuple[DeviceTable, ...] = ()
    readings: tuple[ReadingsTable, ...] = ()
    discharge: tuple[DischargeTable, ...] = ()
    staff: tuple[StaffTable, ...] = ()
    entry: tuple[EntryTable, ...] = ()
    expect: dict[str, Any] = Field(default_factory=dict)
