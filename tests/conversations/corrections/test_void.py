"""``/ccm void``: an entry no longer counts, and the record says why; one's own, or as a lead the team's."""

import pytest
from support.practice import an_entry, verified
from support.slack import LINE, Harness, table_rows

from bot.views.receipt import UNDO

NURSE, OTHER, LEAD, GREEN_LEAD, DOCTOR = "U0NURSE1", "U0NURSE2", "U0LEAD1", "U0LEAD2", "U0DOCTOR1"
VOID = "/ccm void P-1042#1 Logged for the wrong patient."


@pytest.mark.parametrize("name", ["P-1042#1", "p1042#1", "1042#1", "1042 #1", "P–1042#1"])
def test_an_entry_is_voided_however_its_name_is_typed(harness: Harness, name: str) -> None:
    harness.say(LINE)
    harness.clock.move(days=40)

    seen = harness.say(f"/ccm void {name} Logged for the wrong patient.")

    assert "*Voided* · *P-1042* · 12 min · entry P-1042#1" in seen.words
    assert "*12 → 0 minutes* in November" in seen.words
    assert "Reason: Logged for the wrong patient." in seen.words
    assert "stays in the record as voided (rule E5)" in seen.words
    assert harness.live_count() == 0
    assert verified(harness.database, harness.practice).difference is None


def test_a_call_over_midnight_is_voided_whole_by_either_name(harness: Harness) -> None:
    harness.say(LINE.replace("12m", "23:50-00:10 yesterday"))

    assert "20 min · entry P-1042#1, P-1042#2" in harness.say("/ccm void P-1042#2 A test call.").words
    assert harness.live_count() == 0


def test_the_statement_shows_the_entry_once_with_the_reason(harness: Harness) -> None:
    harness.say(LINE)
    harness.say(VOID)

    assert [(row[0], row[5], row[6]) for row in table_rows(harness.say("/ccm patient P-1042").message)] == [
        ("#1", "0", "12 min VOIDED (C1): Logged for the wrong patient.")
    ]


@pytest.mark.parametrize(("user", "may"), [(NURSE, True), (LEAD, True), (OTHER, False), (GREEN_LEAD, False)])
def test_its_author_and_a_lead_of_the_patients_team_may_void_it(harness: Harness, user: str, *, may: bool) -> None:
    harness.say(LINE)

    seen = harness.say(VOID, user)

    assert ("*Voided*" in seen.words) == may
    assert ("P-1042#1 is not your entry." in seen.words) != may
    assert ("a lead of Blue Team: /ccm void P-1042#1" in seen.words) != may
    assert harness.live_count() == (0 if may else 1)


@pytest.mark.parametrize(
    ("line", "complaint", "remedy"),
    [
        ("void", "Which entry?", "/ccm void P-1042#7"),
        ("void nonsense here", '"nonsense" names no entry.', "/ccm void P-1042#7"),
        ("void P-1042#0 Why.", '"P-1042#0" names no entry.', "/ccm void P-1042#7"),
        ("void P-9999#1 Why.", "P-9999 names no patient.", "/ccm void P-1042#1"),
        ("void P-1042#9 Why.", "There is no entry P-1042#9.", "/ccm patient P-1042"),
        (f"void P-1042#1 {'x' * 301}", "this one has 301.", "/ccm void P-1042#1"),
    ],
)
def test_what_cannot_be_voided_is_said_with_what_works(
    harness: Harness, line: str, complaint: str, remedy: str
) -> None:
    harness.say(LINE)

    seen = harness.say(f"/ccm {line}")

    assert complaint in seen.words
    assert remedy in seen.words
    assert "Nothing was saved." in seen.words
    assert harness.live_count() == 1


def test_a_number_of_several_patients_is_answered_with_their_codes(harness: Harness) -> None:
    harness.enroll([{"code": "Q-1042"}])

    assert "1042 may be P-1042, Q-1042." in harness.say("/ccm void 1042#1 Why.").words


def test_what_is_voided_already_says_so_and_where_to_look(harness: Harness) -> None:
    harness.say(LINE)
    harness.say(VOID)

    seen = harness.say(VOID)

    assert "P-1042#1 was already voided." in seen.words
    assert "/ccm patient P-1042 2026-11" in seen.words
    assert "There is no entry P-1042#2." in harness.say("/ccm void P-1042#2 The void itself.").words


def test_a_void_delivered_twice_voids_once_and_says_so(harness: Harness) -> None:
    harness.say(LINE)
    harness.say(VOID)

    again = harness.deliver_again("slash_commands")

    assert again["text"] == "Voided: P-1042, 12 minutes."
    assert "nothing was saved twice" in str(again["blocks"])
    assert verified(harness.database, harness.practice).links == 2


def test_an_older_entry_that_undo_leaves_alone_is_sent_to_void(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.clock.move(minutes=20)

    assert "/ccm void P-1042#1" in harness.press(saved, UNDO).words


def test_an_imported_entry_is_its_authors_to_void(harness: Harness) -> None:
    harness.work(an_entry(staff="doctor1"))

    assert "*Voided*" in harness.say(VOID, DOCTOR).words
