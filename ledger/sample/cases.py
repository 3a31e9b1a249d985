"""What happens to the patients of the invented practice: every case a coordinator or a biller should have seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

Minutes = tuple[int, int]
"""The fewest and the most minutes a month."""


class Lack(Enum):
    """What keeps a patient from being billed (billing-rules section 6)."""

    CONSENT = auto()
    SECOND_CONDITION = auto()
    CARE_PLAN = auto()
    RECENT_CARE_PLAN = auto()
    PRACTITIONER = auto()


class Extra(Enum):
    """Minutes beside the counted ones that do not count (billing-rules section 3)."""

    OFFICE_VISIT = auto()
    VOICEMAILS = auto()
    BEFORE_CONSENT = auto()
    SAME_MINUTES = auto()


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of patient: the minutes of the current month, what is lacking, and what does not count."""

    ccm: Minutes = (0, 0)
    rpm: Minutes = (0, 0)
    programs: tuple[str, ...] = ("CCM",)
    has_live_contact: bool = True
    lack: Lack | None = None
    extra: Extra | None = None
    is_worked_early: bool = False
    """Whether the month's minutes are there whatever the day, so that the lists are never empty."""


NEAR_20 = Case((15, 19), is_worked_early=True)
NEAR_40 = Case((35, 39), is_worked_early=True)

CASES: Sequence[Case] = (
    NEAR_20,
    NEAR_40,
    Case((15, 19), lack=Lack.CONSENT, is_worked_early=True),
    Case((10, 14), extra=Extra.OFFICE_VISIT),
    Case((20, 34)),
    Case((8, 14), rpm=(22, 34), programs=("CCM", "RPM")),
    Case(),
    Case((40, 54)),
    Case((20, 28), lack=Lack.SECOND_CONDITION),
    NEAR_20,
    Case((60, 75)),
    Case((4, 12), extra=Extra.VOICEMAILS),
    Case((24, 34), lack=Lack.CARE_PLAN),
    Case(rpm=(15, 19), programs=("RPM",)),
    Case((22, 30), extra=Extra.BEFORE_CONSENT),
    Case((35, 39), lack=Lack.PRACTITIONER, is_worked_early=True),
    Case((5, 12)),
    Case((20, 30), extra=Extra.SAME_MINUTES),
    Case(rpm=(8, 16), programs=("RPM",), has_live_contact=False),
    Case((22, 38), lack=Lack.RECENT_CARE_PLAN),
)
"""One after the other, team by team, for as many patients as there are."""

LAST_MONTH_CCM: Sequence[Minutes] = ((0, 0), (8, 14), (15, 19), (20, 30), (20, 38), (40, 48), (60, 66))
"""What a patient's CCM minutes were last month, drawn at random."""

EARLY_PATIENTS_A_TEAM = 2 * len(CASES)
"""How many patients of a team are worked early if their case says so: a first day has hours for no more."""


def case_of(number: int) -> Case:
    """Return the case of a team's patient with this number, counted from 0."""
    return CASES[number % len(CASES)]
