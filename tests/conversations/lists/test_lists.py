"""``/ccm month`` and ``/ccm near``: who is listed, in which words it may be asked, and that paging loses nobody."""

from datetime import date

import pytest
from support.practice import an_entry
from support.slack import BARE_COUNT, BLOCKED_COUNT, LONG_NAME, NEAR_COUNT, Harness, table_rows

from bot.views import month, worklist
from ledger.rules.facts import Contact, Program

BILLER, LEAD, LEAD_OF_GREEN, ADMIN = "U0BILLER1", "U0LEAD1", "U0LEAD2", "U0ADMIN1"


def codes(harness: Harness, line: str, user: str) -> list[str]:
    """The patients that the table lists."""
    return [row[0] for row in table_rows(harness.say(line, user).message)]


def test_the_month_lists_billable_then_blocked_then_below_then_untouched(harness: Harness) -> None:
    harness.work(an_entry(minutes=40))
    harness.work(an_entry(patient="P-1046", minutes=25))
    harness.work(an_entry(patient="P-1043", minutes=15))

    seen = harness.say("/ccm month", BILLER)

    assert "November 2026 · all teams" in seen.words
    assert "*1 of 5 enrolled patients billable* (20 %) · expected payment *$116.57*" in seen.words
    assert "Not billable, by program: 1 blocked · 1 below threshold · 3 without logged time" in seen.words
    assert [row[:6] for row in table_rows(seen.message)][:4] == [
        ["P-1042", "CCM", "40", "Billable", "99490 + 99439", "$116.57"],
        ["P-1046", "CCM", "0", "Blocked", "no CCM consent at any time in the month; 25 min do not count", "–"],
        ["P-1043", "CCM", "15", "Below threshold", "5 min to 99490", "–"],
        ["P-1044", "CCM", "0", "No time logged", "no time logged", "–"],
    ]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("", "November 2026 · all teams"),
        ("this", "November 2026 · all teams"),
        ("last", "October 2026 · all teams"),
        ("oct", "October 2026 · all teams"),
        ("2026-10", "October 2026 · all teams"),
        ("10/2026", "October 2026 · all teams"),
        ("dec", "December 2025 · all teams"),
        ("Blue Team", "November 2026 · Blue Team"),
        ("blue", "November 2026 · Blue Team"),
        ("last green team", "October 2026 · Green Team"),
        ("rpm", "November 2026 · all teams, RPM"),
        ("last Blue Team ccm", "October 2026 · Blue Team, CCM"),
    ],
)
def test_month_team_and_program_may_be_asked_for_in_usual_words(harness: Harness, words: str, title: str) -> None:
    assert title in harness.say(f"/ccm month {words}", BILLER).words.splitlines()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [("2027-01", "has not begun"), ("purple", "is no month and no team. Teams: Blue Team, Green Team")],
)
def test_words_that_are_no_month_and_no_team_are_answered_with_what_there_is(
    harness: Harness, words: str, complaint: str
) -> None:
    assert complaint in harness.say(f"/ccm month {words}", BILLER).words


@pytest.mark.parametrize("words", ["x" * 4000, "<b> & " * 600])
def test_very_long_words_are_answered_too(harness: Harness, words: str) -> None:
    assert "is no month and no team" in harness.say(f"/ccm month {words}", BILLER).words


def test_a_program_that_nobody_is_enrolled_in_has_an_empty_month(harness: Harness) -> None:
    seen = harness.say("/ccm month pcm", BILLER)

    assert "Nobody is enrolled in this month, and no time was logged." in seen.words


def test_a_lead_sees_the_own_team_alone(harness: Harness) -> None:
    assert codes(harness, "/ccm month", LEAD_OF_GREEN) == ["P-1044", "P-1044", "P-1045"]
    assert "You lead Green Team, not Blue Team." in harness.say("/ccm month Blue Team", LEAD_OF_GREEN).words


def test_paging_through_the_month_shows_every_row_once_and_leads_back(full_harness: Harness) -> None:
    pages = full_harness.all_pages(full_harness.say("/ccm month", BILLER), month.PAGE, BILLER)

    rows = [row for page in pages for row in table_rows(page)]
    assert len(rows) == NEAR_COUNT + BLOCKED_COUNT + BARE_COUNT + 1 + 1 + 6
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1].words
    back = full_harness.person(BILLER).press(pages[-1], f"{month.PAGE}_previous").message
    assert table_rows(back) == table_rows(pages[-2])
    assert len({page.ts for page in pages}) == 1


def test_the_worklist_names_whom_one_short_call_makes_billable(harness: Harness) -> None:
    harness.work(an_entry(minutes=17, contact=Contact.LIVE))
    harness.work(an_entry(patient="P-1043", minutes=38))
    harness.work(an_entry(patient="P-1044", minutes=14))
    harness.work(an_entry(patient="P-1045", program=Program("RPM"), minutes=16, contact=Contact.LIVE))

    seen = harness.say("/ccm near")

    assert "4 business days left in the month." in seen.words
    assert "CCM at 15–19 minutes: *1* · CCM at 35–39 minutes: *1* · RPM at 15–19 minutes: *1*" in seen.words
    assert "Worth if finished: *" in seen.words
    assert [row[:5] + row[6:] for row in table_rows(seen.message)] == [
        ["P-1042", "CCM 15–19", "17", "3", "99490", "Wed Nov 18, Nurse One"],
        ["P-1043", "CCM 35–39", "38", "2", "99439", "–"],
        ["P-1045", "RPM 15–19", "16", "4", "99457", "Wed Nov 18, Nurse One"],
    ]


def test_blocked_patients_who_are_near_stand_apart_with_what_blocks_them(harness: Harness) -> None:
    harness.enroll([{"code": "P-2001", "care_plan_date": ""}])
    harness.work(an_entry(patient="P-2001", minutes=17))

    seen = harness.say("/ccm near")

    assert "*Near, but blocked* – minutes alone would not make these billable:" in seen.words
    assert "• *P-2001* · CCM · 17 minutes · no care plan on or before Nov 30, 2026" in seen.words
    assert table_rows(seen.message) == []


def test_who_cannot_be_finished_now_stands_apart_with_the_reason_and_adds_nothing(harness: Harness) -> None:
    for code in ("P-1042", "P-1043", "P-1044"):
        harness.work(an_entry(patient=code, minutes=17, day=date(2026, 11, 3)))
    harness.say("/ccm enroll P-1042 ccm until 11/10 died")
    harness.say("/ccm stay P-1044 inpatient 11/20")

    seen = harness.say("/ccm near", ADMIN)

    assert [row[0] for row in table_rows(seen.message)] == ["P-1043"]
    assert "Worth if finished: *$66.13*" in seen.words
    assert "*Cannot be finished now* – further minutes would not count:" in seen.words
    assert "• *P-1042* · CCM · 17 minutes · ended Nov 10 (died)" in seen.words
    assert "• *P-1044* · CCM · 17 minutes · in a facility since Nov 20 (inpatient)" in seen.words
    assert seen.message.text.endswith("1 patient near the next code, worth $66.13.")


def test_a_worklist_without_anybody_says_so_in_a_line(harness: Harness) -> None:
    assert "Nobody is within 5 minutes of the next code." in harness.say("/ccm near").words


def test_near_shows_the_own_teams_and_another_when_asked(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))

    assert codes(harness, "/ccm near", LEAD) == ["P-1042"]
    assert codes(harness, "/ccm near", LEAD_OF_GREEN) == []
    assert codes(harness, "/ccm near Blue Team", LEAD_OF_GREEN) == ["P-1042"]


def test_paging_through_the_worklist_shows_everybody_once(full_harness: Harness) -> None:
    pages = full_harness.all_pages(full_harness.say("/ccm near blue", ADMIN), worklist.PAGE, ADMIN)

    assert [row[0] for page in pages for row in table_rows(page)] == [f"N-{number:04}" for number in range(NEAR_COUNT)]
    words = "\n".join(page.words for page in pages)
    assert [words.count(f"*S-{number:04}*") for number in range(BLOCKED_COUNT)] == [1] * BLOCKED_COUNT


def test_a_team_with_a_very_long_name_and_signs_of_mrkdwn_can_be_asked_for(full_harness: Harness) -> None:
    for line in (f"/ccm month {LONG_NAME}", f"/ccm near {LONG_NAME}", f"/ccm month 2026-11 {LONG_NAME[:60]}"):
        user = ADMIN if "near" in line else BILLER
        assert codes(full_harness, line, user) == ["L-0001"]


def test_near_of_a_month_that_is_over_counts_no_days(harness: Harness) -> None:
    harness.work(an_entry(minutes=17, day=date(2026, 10, 20)))

    seen = harness.say("/ccm near october")

    assert "The month is over." in seen.words
    assert "left in the month" not in seen.words
    assert "4 business days left in the month." in harness.say("/ccm near").words
