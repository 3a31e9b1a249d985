"""What may stand behind each command that records a fact: its parts, and the usual words for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.patients.fact_values import ConsentForm, EndReason, Mdm, Setting, VisitType

FactChoice = ConsentForm | VisitType | Setting | Mdm | EndReason
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
    SUBSTANTIAL = "substantial"
    RATIONALE = "rationale"


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
    has_times: bool = False
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


_PATIENT = {Part.CODE: "the patient's code"}

CONSENT = Shape(
    "consent",
    frozenset({Part.CODE, Part.FIRST, Part.LAST, Part.CHOICE, Part.PROGRAM}),
    {**_PATIENT, Part.CHOICE: "verbal or written"},
    {ConsentForm.VERBAL: ("verbal", "oral"), ConsentForm.WRITTEN: ("written", "signed")},
    behind={"revoked": Part.LAST},
    last_word="revoked",
    clears=("NO_CONSENT",),
    button="Record consent",
    is_by_program=True,
)
PLAN = Shape(
    "plan",
    frozenset({Part.CODE, Part.FIRST, Part.SUBSTANTIAL}),
    _PATIENT,
    clears=("NO_CARE_PLAN", "CARE_PLAN_EXPIRED"),
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
READINGS = Shape(
    "readings",
    frozenset({Part.CODE, Part.DAYS, Part.MONTH}),
    {**_PATIENT, Part.DAYS: "on how many days there were readings"},
    days_in_a_row=0,
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

SHAPES = (CONSENT, PLAN, VISIT, STAY, READINGS, ENROLL, COMPLEX)
"""Every command that records a fact about a patient (slack-experience, Commands)."""

SUBSTANTIAL_WORDS = frozenset({"substantial", "substantially"})
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
}
"""The words that usages and remedies write in capitals, which people paste as they are."""
