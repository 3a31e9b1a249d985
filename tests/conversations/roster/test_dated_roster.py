"""From which day a change of the roster holds: said in the forms, told after the save, shown in the statement."""

from datetime import date
from typing import Any

import pytest
from support.forms import modal_words, opened
from support.practice import an_entry
from support.slack import GREEN_TEAM, Harness

from bot.playground import Glance
from bot.playground.people.person import SeenView
from bot.views.forms.roster_inputs import CONFIRM

ADMIN = "U0ADMIN1"


def form(harness: Harness, line: str) -> SeenView:
    """The form that a line opens."""
    return opened(harness.say(line, ADMIN))


def submit(harness: Harness, line: str, **values: Any) -> Glance:
    """What the administrator sees after submitting the form that a line opens; ``since`` is the day it holds from.

    Where the form asks whether what is billed may change, the box is ticked, and nothing else.
    """
    given = {"from" if name == "since" else name: value for name, value in values.items()}
    seen = harness.person(ADMIN).submit(form(harness, line), given)
    asked = seen.modal and CONFIRM in [block.get("block_id") for block in seen.modal.blocks]
    return harness.person(ADMIN).submit(opened(seen), {CONFIRM: ["yes"]}) if asked else seen


def work_in_october_and_november(harness: Harness) -> None:
    for day in (date(2026, 10, 15), date(2026, 11, 10)):
        harness.work(an_entry(day=day, minutes=25))


def counted(harness: Harness, month: str) -> str:
    """What the statement says of the patient's CCM in that month."""
    words = harness.say(f"/ccm patient P-1042 {month}", ADMIN).words
    return next(line for line in words.splitlines() if "counted" in line)


@pytest.mark.parametrize(
    ("values", "said", "october", "november"),
    [
        ({"supervised": []}, "from today", "25 minutes counted", "25 minutes counted"),
        ({"supervised": [], "since": "2026-11-01"}, "from Sun Nov 1, 2026", "25 minutes counted", " 0 minutes counted"),
        ({"supervised": [], "always": ["yes"]}, "since the beginning", " 0 minutes counted", " 0 minutes counted"),
    ],
)
def test_a_change_of_a_person_holds_from_the_day_that_the_form_says(
    harness: Harness, *, values: dict[str, Any], said: str, october: str, november: str
) -> None:
    work_in_october_and_november(harness)
    seen = submit(harness, "/ccm staff nurse1", **values)

    assert "• Supervision: yes → no" in modal_words(seen)
    assert f"What is dated of it holds {said}." in modal_words(seen)
    assert october in counted(harness, "oct")
    assert november in counted(harness, "nov")


def test_a_day_ahead_and_two_answers_are_refused_beside_the_day(harness: Harness) -> None:
    ahead = submit(harness, "/ccm staff nurse1", since="2026-12-01", credential="LPN")
    assert ahead.outcome.errors == {"from": "2026-12-01 lies in the future. Record it on that day, or later."}

    both = submit(harness, "/ccm patients P-1042", since="2026-11-01", always=["yes"])
    assert both.outcome.errors == {"from": "2026-11-01 and always are two answers. Leave one of them empty."}


def test_a_new_person_and_a_new_patient_are_asked_for_no_day(harness: Harness) -> None:
    for line, button in (("/ccm staff", "staff_add"), ("/ccm patients", "patients_add")):
        modal = opened(harness.press(harness.say(line, ADMIN), button, ADMIN))
        assert "Holds from" not in modal.words


def test_a_patients_statement_says_what_changed_from_which_day(harness: Harness) -> None:
    work_in_october_and_november(harness)
    assert "What changed over time" not in harness.say("/ccm patient P-1042 nov", ADMIN).words

    submit(harness, "/ccm patients P-1042", since="2026-11-01", team=GREEN_TEAM, conditions="I10")

    words = harness.say("/ccm patient P-1042 oct", ADMIN).words
    assert "• Care team: Blue Team until Sat Oct 31, 2026; Green Team since Sun Nov 1, 2026" in words
    assert "• Conditions: E11.9, I10 until Sat Oct 31, 2026; I10 since Sun Nov 1, 2026" in words
    assert "two chronic conditions" not in words.split("What changed")[0]
    assert "conditions" in harness.say("/ccm patient P-1042 nov", ADMIN).words.split("What changed")[0]
