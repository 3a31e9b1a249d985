"""``/ccm patient``: the statement of a month, every entry counted or excluded and why."""

import pytest
from support.practice import an_entry
from support.slack import ENTRY_COUNT, LINE, Harness, table_rows

from bot.views import patient
from ledger.rules.facts import Activity, Contact

NURSE = "U0NURSE1"


def test_a_statement_shows_minutes_codes_what_is_missing_and_every_entry(harness: Harness) -> None:
    harness.work(an_entry(times=("2026-11-18 14:05", "2026-11-18 14:22"), contact=Contact.LIVE))
    harness.work(an_entry(activity=Activity.EM_VISIT, minutes=10))
    harness.say(LINE)

    seen = harness.say("/ccm patient P-1042")

    assert "P-1042 · November 2026 · Blue Team" in seen.words
    assert "*CCM · Billable* · 29 minutes counted" in seen.words
    assert "• *99490* · $66.13 · date of service 2026-11-24" in seen.words
    assert "Expected payment: *$66.13*" in seen.words
    assert "Next: 11 more for 99439 ($50.44)" in seen.words
    assert "3 entries · rulebook medicare-2026" in seen.words
    assert table_rows(seen.message) == [
        ["#1", "Wed Nov 18, 2:05–2:22 pm", "Nurse One", "medication, live call", "17 CCM", "17", "–"],
        ["#2", "Wed Nov 18", "Nurse One", "office visit", "10 CCM", "0", "10 min NOT_CARE_TIME (C3)"],
        ["#3", "Tue Nov 24", "Nurse One", "medication, live call", "12 CCM", "12", "–"],
    ]


def test_a_blocked_program_says_what_blocks_it_and_the_way_out(harness: Harness) -> None:
    assert "*Blocked:* no CCM consent at any time in the month. Obtain" in (harness.say("/ccm patient P-1046").words)


def test_an_undone_entry_stays_in_the_statement_as_voided(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm undo")

    assert [row[4:] for row in table_rows(harness.say("/ccm patient P-1042").message)] == [
        ["12 CCM", "0", "12 min VOIDED (C1): undone by its author"]
    ]


def test_notes_are_not_shown_in_a_statement(harness: Harness) -> None:
    harness.say(f"{LINE} ZEBRANOTE.")

    assert "ZEBRANOTE" not in harness.say("/ccm patient P-1042").words


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("P-1042", "P-1042 · November 2026 · Blue Team"),
        ("p1042", "P-1042 · November 2026 · Blue Team"),
        ("1042 last", "P-1042 · October 2026 · Blue Team"),
        ("1042 10/2026", "P-1042 · October 2026 · Blue Team"),
    ],
)
def test_patient_and_month_may_be_typed_as_usual(harness: Harness, words: str, title: str) -> None:
    assert title in harness.say(f"/ccm patient {words}").words


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("", "Which patient?"),
        ("P-9999", "No patient is called P-9999."),
        ("P-1042 sometime", '"sometime" cannot be read as a month'),
        ("P-1042 a&b", '"a&amp;b" cannot be read as a month'),
        ("P-1042 2027-01", "has not begun"),
    ],
)
def test_what_names_no_patient_or_month_is_answered_with_an_example(
    harness: Harness, words: str, complaint: str
) -> None:
    seen = harness.say(f"/ccm patient {words}")

    assert complaint in seen.words
    assert "for example P-1042" in seen.words or "For example: /ccm patient P-1042" in seen.words


def test_a_number_of_several_patients_is_answered_with_their_codes(harness: Harness) -> None:
    harness.enroll([{"code": "Q-1042"}])

    assert "1042 may be P-1042, Q-1042." in harness.say("/ccm patient 1042").words


def test_a_month_without_time_says_so(harness: Harness) -> None:
    assert "No time was logged this month." in harness.say("/ccm patient P-1043").words


def test_paging_through_120_entries_shows_each_once(full_harness: Harness) -> None:
    pages = full_harness.all_pages(full_harness.say("/ccm patient B-0001"), patient.PAGE, NURSE)

    rows = [row for page in pages for row in table_rows(page)]
    assert [row[0] for row in rows] == [f"#{number}" for number in range(1, ENTRY_COUNT + 1)]
    assert all("B-0001 · November 2026" in page.words for page in pages)
