"""``/ccm me``: my entries and minutes today, this week or this month, and what I still miss."""

from datetime import date

import pytest
from support.practice import NOTE, an_entry
from support.slack import ENTRY_COUNT, LINE, Harness, table_rows

from bot.views import me

NURSE, OTHER, BILLER = "U0NURSE1", "U0NURSE2", "U0BILLER1"


def test_my_day_lists_what_i_logged_today_and_what_of_it_counts(harness: Harness) -> None:
    harness.say(LINE)
    harness.say(f"/ccm log P-1043 9:00-9:20 admin {NOTE}")
    harness.say(LINE.replace("P-1042", "P-1044 ccm"), OTHER)

    seen = harness.say("/ccm me")

    assert "My day · Tue Nov 24" in seen.words
    assert "*12 minutes counted* of 32 logged" in seen.words
    assert table_rows(seen.message) == [
        ["P-1042#1", "Tue Nov 24", "medication, live call", "12 CCM", "12", "–"],
        ["P-1043#1", "Tue Nov 24, 9:00–9:20 am", "administrative", "20 CCM", "0", "20 min NOT_CARE_TIME (C3)"],
    ]
    assert seen.message.body["text"] == "My day · Tue Nov 24: 12 of 32 minutes counted."


@pytest.mark.parametrize(
    ("words", "title", "days"),
    [
        ("today", "My day · Tue Nov 24", [24]),
        ("week", "My week · Mon Nov 23 to Tue Nov 24", [23, 24]),
        ("MONTH", "My month · November 2026", [1, 22, 23, 24]),
    ],
)
def test_the_days_are_those_asked_for(harness: Harness, words: str, title: str, days: list[int]) -> None:
    harness.work(an_entry(day=date(2026, 10, 31)))
    for day in (1, 22, 23, 24):
        harness.work(an_entry(day=date(2026, 11, day), minutes=day))

    seen = harness.say(f"/ccm me {words}")

    assert title in seen.words
    assert [row[3] for row in table_rows(seen.message)] == [f"{day} CCM" for day in days]


def test_a_week_over_the_end_of_a_month_has_both(harness: Harness) -> None:
    harness.clock.move(days=8)
    harness.work(an_entry(day=date(2026, 11, 30), minutes=11))
    harness.work(an_entry(day=date(2026, 12, 1), minutes=12))

    rows = table_rows(harness.say("/ccm me week").message)

    assert [(row[0], row[3], row[4]) for row in rows] == [("P-1042#1", "11 CCM", "11"), ("P-1042#2", "12 CCM", "12")]


def test_a_call_over_midnight_shows_each_days_part(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 23:50-00:10 meds yesterday {NOTE}")

    assert [row[0] for row in table_rows(harness.say("/ccm me").message)] == ["P-1042#2"]
    assert [row[3] for row in table_rows(harness.say("/ccm me week").message)] == ["10 CCM", "10 CCM"]


def test_voided_and_replaced_entries_are_counted_not_listed(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm fix P-1042#1 15m")

    seen = harness.say("/ccm me")

    assert "*15 minutes counted* of 15 logged" in seen.words
    assert "1 voided entry not listed" in seen.words
    assert [row[0] for row in table_rows(seen.message)] == ["P-1042#3"]


def test_thin_notes_are_named_with_the_way_to_mend_them(harness: Harness) -> None:
    harness.say("/ccm log P-1042 12m meds Reconciled.")

    seen = harness.say("/ccm me")

    assert "1 note would not hold before an auditor." in seen.words
    assert "`/ccm add P-1042#1 What was found and decided.`" in seen.words
    assert table_rows(seen.message)[0][5].startswith("Note is short")
    harness.say("/ccm add P-1042#1 Insulin kept at 10 units, patient told.")
    assert "auditor" not in harness.say("/ccm me").words


def test_patients_of_my_teams_who_are_near_are_counted(harness: Harness) -> None:
    harness.say(LINE.replace("12m", "17m"))

    assert "1 patient near the next code (Blue Team, Green Team): `/ccm near`" in harness.say("/ccm me").words
    assert "near the next code" not in harness.say("/ccm me", OTHER).words


def test_who_logged_nothing_is_told_so(harness: Harness) -> None:
    assert "No time was logged." in harness.say("/ccm me", BILLER).words


def test_other_words_are_answered_with_an_example(harness: Harness) -> None:
    seen = harness.say("/ccm me decade")

    assert "'decade' is not today, week or month." in seen.words
    assert "/ccm me week" in seen.words
    assert "Nothing was saved" not in seen.words


def test_paging_through_my_month_shows_every_entry_once(full_harness: Harness) -> None:
    first = full_harness.say("/ccm me month")
    pages = full_harness.all_pages(first, me.PAGE, NURSE)

    names = [row[0] for page in pages for row in table_rows(page)]
    assert [name for name in names if name.startswith("B-")] == [f"B-0001#{n}" for n in range(1, ENTRY_COUNT + 1)]
    assert len(set(names)) == len(names) > ENTRY_COUNT
    assert all("My month · November 2026" in page.words for page in pages)


def test_no_note_is_shown(harness: Harness) -> None:
    harness.say(f"{LINE} ZEBRANOTE.")

    assert "ZEBRANOTE" not in harness.say("/ccm me").words
