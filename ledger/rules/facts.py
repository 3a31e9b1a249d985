"""The facts of one patient-month, frozen: all that the billing rules may look at.

Nothing here knows where a fact was stored. Dates are the practice's local dates, instants are
timezone-aware, time is whole minutes (billing-rules, introduction).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic_core import core_schema


class Program(str):
    """The name of a care program that a practice is paid for: a table of a rulebook (``rulebook.known_programs``)."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The name as plain text."""
        return str(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> core_schema.CoreSchema:
        """Let pydantic read a name as a program; whether there is such a program, ``rulebook.known_programs`` knows."""
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(min_length=1))


class Activity(StrEnum):
    """What was done (billing-rules section 2)."""

    CARE_PLAN = "care_plan"
    MEDICATION = "medication"
    PATIENT_CONTACT = "patient_contact"
    CAREGIVER_CONTACT = "caregiver_contact"
    PROVIDER_COORDINATION = "provider_coordination"
    RESULTS_REVIEW = "results_review"
    COMMUNITY_RESOURCES = "community_resources"
    CARE_TRANSITION = "care_transition"
    DOCUMENTATION = "documentation"
    AI_SUMMARY_REVIEW = "ai_summary_review"
    EM_VISIT = "em_visit"
    AI_CALL = "ai_call"
    ADMINISTRATIVE = "administrative"
    SCHEDULING = "scheduling"
    REGISTRATION = "registration"
    TRAINING = "training"
    BENEFITS_CHECK = "benefits_check"


CARE_ACTIVITIES = frozenset(
    {
        Activity.CARE_PLAN,
        Activity.MEDICATION,
        Activity.PATIENT_CONTACT,
        Activity.CAREGIVER_CONTACT,
        Activity.PROVIDER_COORDINATION,
        Activity.RESULTS_REVIEW,
        Activity.COMMUNITY_RESOURCES,
        Activity.CARE_TRANSITION,
        Activity.DOCUMENTATION,
        Activity.AI_SUMMARY_REVIEW,
    }
)
"""The left-hand column of billing-rules section 2: activities that count."""

CONTACT_ACTIVITIES = frozenset({Activity.PATIENT_CONTACT, Activity.CAREGIVER_CONTACT})
"""The activities that carry a contact (billing-rules section 2)."""


class Contact(StrEnum):
    """How a contact happened; ``live`` is two-way and in real time (billing-rules section 2)."""

    LIVE = "live"
    MESSAGE = "message"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """What held of a staff member in a period: a credential, supervision, employment (C4).

    Several of one id, in periods that do not overlap, are one person over time.
    """

    staff_id: str
    credential: str
    active_from: date | None = None
    active_to: date | None = None
    supervised: bool = True
    employed: bool = True


@dataclass(frozen=True, slots=True)
class Designation:
    """Who was the patient's billing practitioner; without ``from_date`` since the beginning, ``to_date`` inclusive."""

    staff_id: str
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A patient's enrollment in a program; ``to_date`` is inclusive, None while it lasts."""

    program: Program
    from_date: date
    to_date: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent to a program; revoked, it holds to the end of the month of revocation (C6).

    ``practitioner`` is whom it was given for (R9), None where it names none; ``said`` is what the patient was told,
    None where nobody recorded it (W15).
    """

    program: Program
    consent_date: date
    form: str = "verbal"
    revoked_on: date | None = None
    practitioner: str | None = None
    taken_by: str | None = None
    said: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class InitiatingVisit:
    """The visit that opens care management (blocker NO_INITIATING_VISIT)."""

    visit_date: date
    visit_type: str


CONSENT_SAID = ("service", "cost_sharing", "one_practitioner", "may_stop")
"""What a patient is told before consenting: what the service is, what it costs, one practitioner a month, the right to
stop (W15)."""

PLAN_ELEMENTS = (
    "problems",
    "prognosis",
    "goals",
    "symptoms",
    "medication",
    "interventions",
    "coordination",
    "review",
)
"""The elements of a comprehensive care plan (W13)."""


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """A copy of the care plan that was given: when, to whom (patient, caregiver) and how (W14)."""

    given_on: date
    given_to: str
    how: str


@dataclass(frozen=True, slots=True)
class CarePlanRevision:
    """One revision of the care plan; ``substantial`` matters to complex care (R5).

    ``elements`` are those it is recorded as having, None where nobody recorded any (W13).
    """

    revised_on: date
    substantial: bool = False
    elements: frozenset[str] | None = None
    copy: PlanCopy | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A facility stay; each edge is a date, or an instant when known to the minute (C7, C8)."""

    setting: str
    admitted: date | datetime
    discharged: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class ComplexityDesignation:
    """A practitioner's designation of complex care (R5)."""

    designated_on: date
    mdm: str
    staff_id: str
    rationale: str


@dataclass(frozen=True, slots=True)
class DeviceSetUp:
    """A monitoring device that was set up with its patient (R10, R11)."""

    set_up_on: date


@dataclass(frozen=True, slots=True)
class Readings:
    """Days with device readings: dates, or a count with the first day of its 30-day period (R10).

    A count without ``from_date`` is one of the month that is evaluated, of no known period (W16).
    """

    days: int | None = None
    from_date: date | None = None
    dates: tuple[date, ...] = ()


TRANSITION_FROM = (
    "inpatient",
    "psychiatric",
    "inpatient_rehab",
    "ltch",
    "snf",
    "observation",
    "partial_hospitalization",
)
"""Where a discharge may come from (T1)."""

TRANSITION_TO = ("home", "domiciliary", "rest_home", "assisted_living", "snf")
"""Where a discharge may lead; after a nursing facility nothing is billed (T1)."""


@dataclass(frozen=True, slots=True)
class TransitionVisit:
    """The visit after a discharge: its day, the complexity of its decision making, and who made it (T3)."""

    visit_date: date
    mdm: str
    staff_id: str


@dataclass(frozen=True, slots=True)
class Discharge:
    """A discharge that transitional care may follow (billing-rules section 11)."""

    discharged_on: date
    from_setting: str
    to_setting: str
    visit: TransitionVisit | None = None
    reconciled_on: date | None = None
    died_on: date | None = None


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """One entry within one local date (E3): a longer one has been split into parts of equal number or linked.

    ``number`` is how its reader names it: the index in a case file, the position in a patient's chain.
    ``first_part_number`` is that of the first part where the work crossed midnight, None where it did not.
    ``external_id`` is that of an imported row, None for what was typed. ``work_ended_at`` is when the whole work ended
    of which this is a part, None where it ended with this.
    """

    number: int
    staff_id: str
    program: Program
    activity: Activity
    date_of_service: date
    duration_minutes: int
    note: str
    recorded_at: datetime
    contact: Contact | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    voided: bool = False
    first_part_number: int | None = None
    external_id: str | None = None
    work_ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PatientMonth:
    """Everything that decides what one patient's calendar month is worth.

    ``month`` is the month's first day; ``entries`` hold only entries whose date of service is in it,
    in any order. ``readings`` and ``devices`` are all of the patient's, as periods reach over months;
    ``other_services`` are the codes marked for the month that exclude a program (R2). ``transition_entries`` are those
    of programs that are billed by the discharge, of any month; ``as_of`` is the day on which discharges are judged,
    by default the month's last (T7).
    """

    month: date
    timezone: str
    conditions: tuple[str, ...] = ()
    risk_documented: bool = True
    designations: tuple[Designation, ...] = ()
    billed_elsewhere: frozenset[Program] = frozenset()
    apcm: bool = False
    other_services: frozenset[str] = frozenset()
    enrollments: tuple[Enrollment, ...] = ()
    consents: tuple[Consent, ...] = ()
    initiating_visits: tuple[InitiatingVisit, ...] = ()
    care_plans: tuple[CarePlanRevision, ...] = ()
    stays: tuple[Stay, ...] = ()
    complexity: tuple[ComplexityDesignation, ...] = ()
    devices: tuple[DeviceSetUp, ...] = ()
    readings: tuple[Readings, ...] = ()
    discharges: tuple[Discharge, ...] = ()
    transition_entries: tuple[TimeEntry, ...] = ()
    as_of: date | None = None
    staff: tuple[StaffMember, ...] = ()
    entries: tuple[TimeEntry, ...] = ()
