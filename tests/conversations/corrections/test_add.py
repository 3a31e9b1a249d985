"""``/ccm add``: text added to a note; both keep their times, and the advice about the note clears."""

import pytest
from support.practice import verified
from support.slack import Harness, table_rows

NURSE, OTHER, LEAD, GREEN_LEAD = "U0NURSE1", "U0NURSE2", "U0LEAD1", "U0LEAD2"
THIN = "/ccm log P-1042 12m meds Reconciled."


def test_a_thin_note_holds_after_an_addendum(harness: Harness) -> None:
    assert "Note is short" in harness.say(THIN).words
    assert "An auditor may ask (W1)" in harness.say("/ccm patient P-1042").words

    seen = harness.say("/ccm add P-1042#1 Insulin kept at 10 & patient told on the phone.")

    assert "*Added* to the note of *P-1042#1*:\nInsulin kept at 10 & patient told on the phone." in seen.words
    assert "both keep their times (rule E5)" in seen.words
    assert "Note is" not in seen.words
    statement = harness.say("/ccm patient P-1042")
    assert "(W1)" not in statement.words
    assert [row[3] for row in table_rows(statement.message)] == ["medication (1 addendum)"]
    assert [entry.note for entry in harness.entries()] == ["Reconciled."]
    assert verified(harness.database, harness.practice).difference is None


def test_an_addendum_that_is_too_little_says_what_is_still_missing(harness: Harness) -> None:
    harness.say(THIN)

    assert "Note is short" in harness.say("/ccm add P-1042#1 Dose kept.").words
    assert "Note is" not in harness.say("/ccm add P-1042#1 Patient will call on Friday.").words


def test_an_addendum_changes_no_minutes_and_shows_none(harness: Harness) -> None:
    harness.say(THIN)

    assert "minutes in November" not in harness.say("/ccm add P-1042#1 Dose kept.").words


@pytest.mark.parametrize(("user", "may"), [(NURSE, True), (LEAD, True), (OTHER, False), (GREEN_LEAD, False)])
def test_its_author_and_a_lead_of_the_patients_team_may_add(harness: Harness, user: str, *, may: bool) -> None:
    harness.say(THIN)

    seen = harness.say("/ccm add P-1042#1 Dose kept.", user)

    assert ("*Added*" in seen.words) == may
    assert ("P-1042#1 is not your entry." in seen.words) != may


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("add", "Which entry?"),
        (f"add P-1042#1 {'x' * 3001}", "this one has 3001."),
        (f"add P-1042#1 {'Pill 💊' * 429}", "this one has 3003."),
        ("add P-1042#2 Dose kept.", "There is no entry P-1042#2."),
    ],
)
def test_what_cannot_be_added_is_said_with_an_example(harness: Harness, line: str, complaint: str) -> None:
    harness.say(THIN)

    seen = harness.say(f"/ccm {line}")

    assert complaint in seen.words
    assert "/ccm " in seen.words
    assert verified(harness.database, harness.practice).links == 1


def test_the_longest_addendum_is_kept_and_shown_whole(harness: Harness) -> None:
    harness.say(THIN)

    seen = harness.say(f"/ccm add P-1042#1 {'x' * 3000}")

    assert seen.words.count("x") >= 3000


def test_nothing_is_added_to_what_was_voided(harness: Harness) -> None:
    harness.say(THIN)
    harness.say("/ccm void P-1042#1 Logged by mistake.")

    assert "P-1042#1 was already voided." in harness.say("/ccm add P-1042#1 Dose kept.").words


def test_an_addendum_delivered_twice_is_added_once(harness: Harness) -> None:
    harness.say(THIN)
    harness.say("/ccm add P-1042#1 Dose kept.")

    again = harness.deliver_again("slash_commands")

    assert again["text"] == "Added to the note of P-1042#1."
    assert "nothing was saved twice" in str(again["blocks"])
    assert verified(harness.database, harness.practice).links == 2
