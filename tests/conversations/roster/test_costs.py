"""What a change of the roster costs is said before it is saved, and nothing is asked where nothing of it is billed."""

from typing import Any

import pytest
from support.closing import OCTOBER, close
from support.forms import modal_words, opened
from support.practice import an_entry, local, verified
from support.slack import GREEN_TEAM, Harness

from bot.commands.roster import staff
from bot.playground import Glance
from bot.views.forms.roster_inputs import CONFIRM
from ledger.roster.directory import person_by_id
from ledger.roster.lists import patient_columns

ADMIN = "U0ADMIN1"
YES = {CONFIRM: ["yes"]}
ALWAYS = {"always": ["yes"]}
"""It was always so: without it the change holds from today, and past time keeps what it is worth."""


def submit(harness: Harness, line: str, values: dict[str, Any]) -> Glance:
    """What the administrator sees after submitting the form that ``line`` opens."""
    return harness.person(ADMIN).submit(opened(harness.say(line, ADMIN)), values)


def confirm(harness: Harness, seen: Glance, **changed: Any) -> Glance:
    """What the administrator sees after ticking the box under the question."""
    return harness.person(ADMIN).submit(opened(seen), {**YES, **changed})


def is_asked(seen: Glance) -> bool:
    """Whether the form is there again with a question."""
    return CONFIRM in [block.get("block_id") for block in opened(seen).blocks]


def credential(harness: Harness) -> str:
    """The credential of the nurse as stored."""
    with harness.looking() as connection:
        return person_by_id(connection, "T0TEST", "nurse1").credential


@pytest.fixture
def billed(harness: Harness) -> Harness:
    """Two patients billed by the nurse's minutes, one by another nurse's."""
    harness.work(an_entry(patient="P-1042", minutes=25))
    harness.work(an_entry(patient="P-1043", minutes=45))
    harness.work(an_entry(patient="P-1044", minutes=25, staff="lead1"))
    return harness


@pytest.mark.parametrize(
    "values",
    [
        {"credential": None, **ALWAYS},
        {"supervised": [], **ALWAYS},
        {"active_to": "2026-10-31"},
        {"active_from": "2026-11-30"},
    ],
)
def test_a_change_of_a_person_says_what_it_costs_before_it_is_saved(billed: Harness, values: dict[str, Any]) -> None:
    said = "November 2026: 3 billable, $248.83 → 1, $66.13 (2 patients with other codes)"

    asked = submit(billed, "/ccm staff nurse1", values)

    assert f"This changes what is billed. {said}. Nothing was saved yet. Save it anyway?" in modal_words(asked)
    assert credential(billed) == "RN"
    assert verified(billed.database, billed.practice).difference is None

    seen = confirm(billed, asked)

    assert "*Changed* · *nurse1*" in modal_words(seen)
    assert said in modal_words(seen)
    assert verified(billed.database, billed.practice).difference is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"billing_practitioner": None},
            "November 2026: 3 billable, $248.83 → 2, $182.70 (1 patient with other codes)",
        ),
        ({"conditions": "E11.9"}, "November 2026: 3 billable, $248.83 → 2, $182.70 (1 patient with other codes)"),
        ({"risk_documented": []}, "November 2026: 3 billable, $248.83 → 2, $182.70 (1 patient with other codes)"),
    ],
)
def test_a_change_of_a_patient_says_what_it_costs_before_it_is_saved(
    billed: Harness, values: dict[str, Any], said: str
) -> None:
    asked = submit(billed, "/ccm patients P-1042", values)

    assert said in modal_words(asked)
    with billed.looking() as connection:
        assert patient_columns(connection, "T0TEST", "P-1042").conditions == ("E11.9", "I10")
    assert "*Changed* · *P-1042*" in modal_words(confirm(billed, asked))
    assert verified(billed.database, billed.practice).difference is None


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("/ccm staff nurse1", {"name": "Nurse Other", "teams": [GREEN_TEAM], "roles": ["coordinator", "lead"]}),
        ("/ccm staff nurse1", {"credential": "LPN"}),
        ("/ccm staff nurse1", {"active_to": "2026-11-30"}),
        ("/ccm staff nurse2", {"credential": None, **ALWAYS}),
        ("/ccm patients P-1042", {"team": GREEN_TEAM, "conditions": "E11.9; I50.9"}),
        ("/ccm patients P-1045", {"conditions": ""}),
    ],
)
def test_nothing_is_asked_where_nothing_that_is_billed_changes(
    billed: Harness, line: str, values: dict[str, Any]
) -> None:
    seen = submit(billed, line, values)

    assert not is_asked(seen)
    assert "*Changed*" in modal_words(seen)


def test_a_gain_is_asked_about_as_well(billed: Harness) -> None:
    confirm(billed, submit(billed, "/ccm staff nurse1", {"credential": None, **ALWAYS}))

    asked = submit(billed, "/ccm staff nurse1", {"credential": "RN", **ALWAYS})

    assert "November 2026: 1 billable, $66.13 → 3, $248.83 (2 patients with other codes)" in modal_words(asked)


def test_what_was_typed_stays_under_the_question_and_may_be_corrected(billed: Harness) -> None:
    asked = submit(billed, "/ccm staff nurse1", {"credential": None, "name": "Nurse Typed", **ALWAYS})

    seen = billed.person(ADMIN).submit(opened(asked), {"credential": "RN"})

    assert "• Name: Nurse One → Nurse Typed" in modal_words(seen)
    assert "Credential" not in modal_words(seen)


def test_a_form_that_is_not_confirmed_asks_again(billed: Harness) -> None:
    asked = submit(billed, "/ccm staff nurse1", {"credential": None, **ALWAYS})

    assert is_asked(billed.person(ADMIN).submit(opened(asked)))
    assert credential(billed) == "RN"


def test_a_closed_month_is_no_question(harness: Harness) -> None:
    harness.work(an_entry(day=local("2026-10-20 10:00").date(), minutes=25))
    close(harness.database, harness.practice, OCTOBER)

    assert not is_asked(submit(harness, "/ccm staff nurse1", {"credential": None, **ALWAYS}))


def test_every_open_month_is_named(harness: Harness) -> None:
    harness.work(an_entry(day=local("2026-10-20 10:00").date(), minutes=25))
    harness.work(an_entry(minutes=25))

    asked = modal_words(submit(harness, "/ccm staff nurse1", {"credential": None, **ALWAYS}))

    assert "October 2026: 1 billable, $66.13 → 0, $0.00 (1 patient with other codes); November 2026: 1" in asked


def test_of_many_patients_the_question_comes_behind_the_acknowledgement(
    billed: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "PATIENTS_AT_ONCE", 1)
    assert "*Saving…*" in modal_words(submit(billed, "/ccm staff nurse1", {"credential": None, **ALWAYS}))
    billed.settle()
    asked = billed.person(ADMIN).modal
    assert asked is not None
    assert "November 2026: 3 billable, $248.83 → 1, $66.13" in asked.words
    assert credential(billed) == "RN"

    billed.person(ADMIN).submit(asked, YES)
    billed.settle()

    assert credential(billed) == ""
    shown = billed.person(ADMIN).modal
    assert shown is not None
    assert "*Changed* · *nurse1*" in shown.words
