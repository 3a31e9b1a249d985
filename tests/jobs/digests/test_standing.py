"""How a listed patient stands: done where the listed threshold is passed, whatever else was reached."""

from datetime import date

import pytest

from jobs.digests.listing import Listed
from jobs.digests.standing import State, _state
from ledger.months.figures import Figures
from ledger.rules.facts import Program
from ledger.rules.statement import Blocker, CodeLine, NextThreshold, Status

MONTH = date(2026, 11, 1)


def listed(code: str, minutes: int, missing: int, *, units: int = 0, blocked: bool = False) -> Listed:
    step = NextThreshold(code, missing, 6613)
    return Listed(1, "P-1042", Program("CCM"), (15, 19), minutes, step, units, blocked)


def today(minutes: int, codes: dict[str, int], following: dict[str, int], *, blocked: bool = False) -> Figures:
    """The figures of a patient with these codes by their units, and these ahead by the minutes missing."""
    status = Status.BILLABLE if codes else Status.BELOW_THRESHOLD
    return Figures(
        patient_code="P-1042",
        month=MONTH,
        program=Program("CCM"),
        status=Status.BLOCKED if blocked else status,
        counted_minutes=minutes,
        excluded_minutes=0,
        staff_minutes=minutes,
        practitioner_minutes=0,
        expected_cents=0,
        codes=tuple(CodeLine(code, units, Program("CCM"), "family", 0, MONTH) for code, units in codes.items()),
        next=tuple(NextThreshold(code, missing, 6613) for code, missing in following.items()),
        blockers=(Blocker("NAME", "No plan.", "Make one."),) if blocked else (),
        last_contact_on=None,
        last_contact_by=None,
        rulebook="medicare-2026",
    )


NEAR_FIRST = listed("99490", 17, 3)
NEAR_SECOND = listed("99439", 38, 2)
NEAR_THIRD_BLOCKED = listed("99439", 58, 2, blocked=True)
NEAR_PRACTITIONER = listed("99491", 27, 3)


@pytest.mark.parametrize(
    ("one", "figures", "state"),
    [
        (NEAR_FIRST, today(17, {}, {"99490": 3}), State.OPEN),
        (NEAR_FIRST, today(15, {}, {"99490": 5}), State.OPEN),
        (NEAR_FIRST, today(14, {}, {"99490": 6}), State.NOT_NEAR),
        (NEAR_FIRST, today(20, {"99490": 1}, {"99439": 20}), State.DONE),
        (NEAR_FIRST, today(22, {}, {}, blocked=True), State.BLOCKED),
        (NEAR_FIRST, None, State.NOT_NEAR),
        (NEAR_FIRST, today(62, {"99487": 1}, {"99489": 28}), State.DONE),
        (NEAR_SECOND, today(39, {"99490": 1}, {"99439": 1}), State.OPEN),
        (NEAR_SECOND, today(41, {"99490": 1, "99439": 1}, {"99439": 19}), State.DONE),
        (listed("99439", 58, 2, units=1), today(58, {"99490": 1, "99439": 1}, {"99439": 2}), State.OPEN),
        (listed("99439", 58, 2, units=1), today(60, {"99490": 1, "99439": 2}, {}), State.DONE),
        (NEAR_THIRD_BLOCKED, today(58, {}, {"99439": 2}, blocked=True), State.BLOCKED),
        (NEAR_THIRD_BLOCKED, today(58, {"99490": 1, "99439": 1}, {"99439": 2}), State.OPEN),
        (NEAR_THIRD_BLOCKED, today(61, {"99490": 1, "99439": 2}, {}), State.DONE),
        (NEAR_PRACTITIONER, today(32, {"99490": 1}, {"99439": 8, "99491": 3}), State.OPEN),
        (NEAR_PRACTITIONER, today(32, {"99491": 1}, {"99437": 28}), State.DONE),
    ],
)
def test_a_listed_patient_stands_as_the_figures_of_today_say(
    one: Listed, figures: Figures | None, state: State
) -> None:
    assert _state(one, figures) is state
