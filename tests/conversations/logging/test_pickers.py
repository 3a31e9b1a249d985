"""The menu of patients in every form: found by code as one types."""

import pytest
from support.slack import STRANGER, Harness

from bot.views.forms.pickers import PATIENT_PICKER


def suggested(harness: Harness, typed: str, user: str = "U0NURSE1") -> list[str]:
    """What the menu of an open form shows after ``typed``."""
    modal = harness.say("/ccm log").modal
    assert modal is not None
    found = harness.person().suggest(modal, PATIENT_PICKER, typed)
    if user != "U0NURSE1":
        answer = harness.deliver_again("interactive", user={"id": user})
        return [option["text"]["text"] for option in answer["options"]]
    return [option["text"]["text"] for option in found]


@pytest.mark.parametrize("typed", ["P-1042", "p1042", "1042", "P-1042 "])
def test_a_patient_is_found_however_the_code_is_typed(harness: Harness, typed: str) -> None:
    assert suggested(harness, typed) == ["P-1042 · Blue Team"]


def test_the_beginning_of_a_code_finds_all_that_begin_so(harness: Harness) -> None:
    codes = ["P-1042", "P-1043", "P-1044", "P-1045", "P-1046"]

    assert [label.split(" ")[0] for label in suggested(harness, "104")] == codes


def test_the_number_that_was_typed_in_full_comes_first(harness: Harness) -> None:
    harness.enroll([{"code": "A-10420"}, {"code": "A-1042"}])

    found = [label.split(" ")[0] for label in suggested(harness, "1042")]
    assert found == ["A-1042", "P-1042", "A-10420"]


def test_what_no_code_begins_like_finds_nobody(harness: Harness) -> None:
    assert suggested(harness, "zzz") == []


@pytest.mark.parametrize("typed", ["%", "_", "-"])
def test_signs_alone_find_the_first_patients_by_code(harness: Harness, typed: str) -> None:
    assert suggested(harness, typed)[0] == "P-1042 · Blue Team"


def test_a_menu_shows_at_most_the_hundred_that_slack_takes(full_harness: Harness) -> None:
    assert len(suggested(full_harness, "N")) == 100


def test_a_stranger_finds_nobody(harness: Harness) -> None:
    assert suggested(harness, "1042", STRANGER) == []


def test_a_ledger_that_is_away_finds_nobody(harness: Harness) -> None:
    modal = harness.say("/ccm log").modal
    assert modal is not None
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("ALTER TABLE patients RENAME TO elsewhere")

    assert harness.person().suggest(modal, PATIENT_PICKER, "1042") == []
