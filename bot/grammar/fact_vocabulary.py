"""What may stand behind each command that records a fact: its parts, and the usual words for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ledger.patients.fact_values import (
    CONSENT_POINTS,
    COPY_HOW,
    COPY_TO,
    PLAN_ELEMENTS,
    ConsentForm,
    EndReason,
    Mark,
    Mdm,
    Service,
    Setting,
    VisitType,
)
from ledger.rules.rulebook import other_services
from ledger.values.phrases import ALL

FactChoice = ConsentForm | VisitType | Setting | Mdm | EndReason | Mark | Service
"""A word of which a fact needs one."""


class Part(StrEnum):
    """The parts that a line can say once each, by the name of the field they fill."""

    CODE = "patient_code"
    CHOICE = "choice"
    PROGRAM = "program"
    FIRST = "first_day"
    LAST = "last_day"
    DAYS = "days"
    MONTH = "month"
    DATES = "dates"
    SUBSTANTIAL = "substantial"
    WITHDRAWN = "withdrawn"
    PRACTITIONER = "practitioner"
    TAKEN_BY = "taken_by"
    SAID = "said"
    ELEMENTS = "elements"
    COPY_TO = "copy_to"
    COPY_HOW = "copy_how"
    RATIONALE = "rationale"


Words = Mapping[Any, tuple[str, ...]]
"""What may be meant, a text of an enumeration, each with the usual words for it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Words that follow one that announces them, as ``copy:caregiver,portal``: by the part that each fills.

    ``takes_all`` says that a part holds as many as are named, else it holds one.
    """

    parts: Mapping[Part, Words]
    takes_all: bool = False
    is_rest: bool = False
    """Whether all are meant but those that are named."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A command that records a fact: the parts of its line, its words, and what such a fact clears.

    ``needs`` has the parts without which nothing can be recorded, each with how it is asked for.
    ``days_in_a_row`` is how many dates may stand without a word that says which is which; ``behind`` has those words.
    """

    name: str
    parts: frozenset[Part]
    needs: Mapping[Part, str]
    choices: Mapping[FactChoice, tuple[str, ...]] = field(default_factory=dict)
    days_in_a_row: int = 1
    behind: Mapping[str, Part] = field(default_factory=dict)
    names: Mapping[str, Part] = field(default_factory=dict)
    """Words before somebody's name, each with the part that the name fills."""
    lists: Mapping[str, Listing] = field(default_factory=dict)
    """Words that announce others."""
    flags: Mapping[str, tuple[Part, str]] = field(default_factory=dict)
    """Words that fill a part by themselves, each with what it says."""
    fillers: frozenset[str] = frozenset()
    """Words that say nothing in this line, beside ``FILLERS``."""
    instead: Mapping[Part, Part] = field(default_factory=dict)
    """Parts that are not needed where another is said."""
    has_times: bool = False
    first_word: str = ""
    """The word before the first day, where one is needed."""
    last_word: str = "until"
    """The word before the last day, as the canonical line has it."""
    ends_ahead: bool = False
    """Whether its last day may lie ahead."""
    clears: tuple[str, ...] = ()
    """The blockers and exclusions (billing-rules, sections 3 and 6) that such a fact may clear, by name."""
    button: str = ""
    """What the button is called that opens its form from one of these."""
    is_by_program: bool = False
    """Whether it is recorded by program, so that the button names one."""


YES = "yes"
"""What a flag says that is no more than said."""

_PATIENT = {Part.CODE: "the patient's code"}

CONSENT = Shape(
    "consent",
    frozenset(
        {Part.CODE, Part.FIRST, Part.LAST, Part.CHOICE, Part.PROGRAM, Part.PRACTITIONER, Part.TAKEN_BY, Part.SAID}
    ),
    {**_PATIENT, Part.CHOICE: "verbal or written"},
    {ConsentForm.VERBAL: ("verbal", "oral"), ConsentForm.WRITTEN: ("written", "signed")},
    behind={"revoked": Part.LAST},
    names={"with": Part.PRACTITIONER, "by": Part.TAKEN_BY},
    lists={"said": Listing({Part.SAID: CONSENT_POINTS}, takes_all=True)},
    flags={"all-said": (Part.SAID, ALL)},
    last_word="revoked",
    clears=("NO_CONSENT", "CONSENT_INCOMPLETE"),
    button="Record consent",
    is_by_program=True,
)
PLAN = Shape(
    "plan",
    frozenset(
        {Part.CODE, Part.FIRST, Part.LAST, Part.SUBSTANTIAL, Part.ELEMENTS, Part.COPY_TO, Part.COPY_HOW},
    ),
    _PATIENT,
    behind={"given": Part.LAST},
    last_word="given",
    lists={
        "copy": Listing({Part.COPY_TO: COPY_TO, Part.COPY_HOW: COPY_HOW}),
        "elements": Listing({Part.ELEMENTS: PLAN_ELEMENTS}, takes_all=True),
        "without": Listing({Part.ELEMENTS: PLAN_ELEMENTS}, takes_all=True, is_rest=True),
        "missing": Listing({Part.ELEMENTS: PLAN_ELEMENTS}, takes_all=True, is_rest=True),
    },
    flags={
        "complete": (Part.ELEMENTS, ALL),
        "substantial": (Part.SUBSTANTIAL, YES),
        "substantially": (Part.SUBSTANTIAL, YES),
    },
    clears=("NO_CARE_PLAN", "CARE_PLAN_EXPIRED", "PLAN_INCOMPLETE", "PLAN_NOT_SHARED"),
    button="Record care plan",
)
VISIT = Shape(
    "visit",
    frozenset({Part.CODE, Part.FIRST, Part.CHOICE}),
    {**_PATIENT, Part.CHOICE: "which visit it was: AWV, IPPE, E/M or TCM"},
    {
        VisitType.AWV: ("awv",),
        VisitType.IPPE: ("ippe",),
        VisitType.EM: ("e/m", "em", "e&m"),
        VisitType.TCM: ("tcm",),
    },
    clears=("NO_INITIATING_VISIT",),
    button="Record visit",
)
STAY = Shape(
    "stay",
    frozenset({Part.CODE, Part.FIRST, Part.LAST, Part.CHOICE}),
    {
        **_PATIENT,
        Part.CHOICE: "where: inpatient, snf, rehab or hospice",
        Part.FIRST: "the day of admission",
    },
    {
        Setting.INPATIENT: ("inpatient", "hospital"),
        Setting.SNF: ("snf",),
        Setting.INPATIENT_REHAB: ("rehab", "inpatient-rehab", "irf"),
        Setting.HOSPICE: ("hospice",),
    },
    days_in_a_row=2,
    behind={
        "admitted": Part.FIRST,
        "from": Part.FIRST,
        "discharged": Part.LAST,
        "until": Part.LAST,
        "to": Part.LAST,
    },
    has_times=True,
    clears=("FACILITY_EDGE_DAY",),
    button="Record stay",
)
DEVICE = Shape(
    "device",
    frozenset({Part.CODE, Part.FIRST}),
    _PATIENT,
    fillers=frozenset({"set", "up", "setup", "set-up"}),
)
READINGS = Shape(
    "readings",
    frozenset({Part.CODE, Part.DAYS, Part.MONTH, Part.FIRST, Part.DATES}),
    {**_PATIENT, Part.DAYS: "on how many days there were readings"},
    instead={Part.DAYS: Part.DATES},
    behind={"from": Part.FIRST, "since": Part.FIRST},
    fillers=frozenset({"and"}),
    first_word="from",
)
MARK = Shape(
    "mark",
    frozenset({Part.CODE, Part.CHOICE, Part.PROGRAM, Part.MONTH, Part.WITHDRAWN}),
    {**_PATIENT, Part.CHOICE: "what the month is marked with: apcm, elsewhere, or a code such as G0181"},
    {
        Mark.APCM: ("apcm",),
        Mark.BILLED_ELSEWHERE: ("elsewhere", "billed-elsewhere"),
        **{service: (service.lower(),) for service in map(Service, other_services())},
    },
    flags={"undo": (Part.WITHDRAWN, YES), "withdraw": (Part.WITHDRAWN, YES), "withdrawn": (Part.WITHDRAWN, YES)},
)
ENROLL = Shape(
    "enroll",
    frozenset({Part.CODE, Part.PROGRAM, Part.FIRST, Part.LAST, Part.CHOICE}),
    {**_PATIENT, Part.PROGRAM: "the program"},
    {
        EndReason.DIED: ("died", "deceased", "dead", "death"),
        EndReason.MOVED: ("moved",),
        EndReason.DECLINED: ("declined", "refused", "opted-out"),
        EndReason.OTHER_PRACTICE: ("other-practice", "another-practice", "transferred"),
        EndReason.OTHER: ("other",),
    },
    behind={"from": Part.FIRST, "until": Part.LAST, "to": Part.LAST},
    ends_ahead=True,
    clears=("NOT_ENROLLED",),
    button="Record enrollment",
    is_by_program=True,
)
COMPLEX = Shape(
    "complex",
    frozenset({Part.CODE, Part.FIRST, Part.CHOICE, Part.RATIONALE}),
    {
        **_PATIENT,
        Part.CHOICE: "how complex the decisions are: moderate or high",
        Part.RATIONALE: "the rationale",
    },
    {Mdm.MODERATE: ("moderate",), Mdm.HIGH: ("high",)},
)

SHAPES = (CONSENT, PLAN, VISIT, STAY, DEVICE, READINGS, ENROLL, COMPLEX, MARK)
"""Every command that records a fact about a patient (slack-experience, Commands)."""

FILLERS = frozenset({"on", "for", "in", "day", "days"})
"""Words that say nothing and may stand anywhere."""

PLACEHOLDERS = {
    "CODE": "a patient's code",
    "DATE": "a date",
    "PROGRAM": "a program",
    "SETTING": "where the stay is",
    "ADMITTED": "the day of admission",
    "DISCHARGED": "the day of discharge",
    "DAYS": "a number of days",
    "MONTH": "a month",
    "STAFF": "a staff id",
    "MARK": "what the month is marked with",
    "HOW": "how the copy was given",
}
"""The words that usages and remedies write in capitals, which people paste as they are."""
