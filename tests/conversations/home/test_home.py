"""The App Home of those who document: today's entries with Undo, who is near, and the form from there."""

from datetime import date

import pytest
from support.home import NURSE, buttons, now, opened, press, row
from support.practice import MONTH, NOTE, a_request, an_entry, entry_row, import_rows
from support.slack import GONE, LINE, NOW, STRANGER, Harness, picked, table_rows

from bot.views.forms.corrections import PICK_ENTRY
from bot.views.home import LOG, REFRESH
from bot.views.home.place import NEAR_PAGE, TODAY_PAGE
from bot.views.home.work import LOG_FOR, UNDO
from bot.views.timer import CANCEL, START
from ledger.reports.takes import take_or_release

DOCTOR, LEAD = "U0DOCTOR1", "U0LEAD1"


@pytest.mark.parametrize("user", [NURSE, DOCTOR])
def test_whoever_documents_sees_who_is_one_short_call_away_and_what_that_is_worth(harness: Harness, user: str) -> None:
    harness.work(an_entry(minutes=17))

    home = opened(harness, user)

    assert "Tue Nov 24, 2026" in home.words
    assert "4 business days left in November. As of 10:00 am" in home.words
    assert "*One short call away* · 1 patient of Blue Team, Green Team · worth $66.13" in home.words
    assert "*P-1042* · CCM · 17 minutes · 3 more for 99490 ($66.13)" in home.words
    for others in ("so far", "Without logged time", "Set-up"):
        assert others not in home.words


def test_the_form_opens_empty_or_with_the_patient_of_a_row(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))
    home = opened(harness)

    harness.person().press(home, LOG)
    empty = harness.person().modal
    press(harness, home, LOG_FOR, "P-1042")
    prefilled = harness.person().modal

    assert empty is not None
    assert prefilled is not None
    assert prefilled.title == empty.title == "Log CCM time"
    element = {block["block_id"]: block.get("element", {}) for block in prefilled.blocks}["patient"]
    assert element["initial_option"]["value"] == "P-1042"


def test_what_is_logged_from_a_row_is_seen_without_a_press(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))
    press(harness, opened(harness), LOG_FOR, "P-1042")
    form = harness.person().modal
    assert form is not None
    activity = {"text": {"type": "plain_text", "text": "results review", "emoji": True}, "value": "results_review"}

    harness.person().submit(form, {"patient": picked("P-1042"), "length": "3m", "activity": activity, "note": NOTE})

    assert "*Today* · 2 entries · 20 of 20 minutes count" in now(harness).words
    assert "Nobody is within 5 minutes of the next code." in now(harness).words


def test_a_running_timer_is_shown_and_its_buttons_work_in_the_tab(harness: Harness) -> None:
    home = opened(harness)
    harness.person().press(home, START)
    form = harness.person().modal
    assert form is not None
    harness.person().submit(form, {"patient": picked("P-1042")})
    harness.clock.move(minutes=7)

    home = press(harness, now(harness), REFRESH)
    assert "*Timer* · *P-1042* · running since 10:00 am · 7 min so far" in home.words

    home = press(harness, home, CANCEL)
    assert "*Timer*" not in home.words
    assert harness.live_count() == 0


def test_todays_entries_have_their_name_minutes_and_what_counts(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm log P-1046 9:05-9:14 labs Reviewed the potassium.")

    home = opened(harness)

    assert "*Today* · 2 entries · 12 of 21 minutes count" in home.words
    assert row(home, "P-1042#1") == "*P-1042#1* · 12 min · medication, live call · CCM · counts"
    assert row(home, "P-1046#1").splitlines() == [
        "*P-1046#1* · 9 min · results review · CCM · 9:05–9:14 am",
        "*0 of 9 minutes count:* no CCM consent on or before Nov 24, 2026 (rule C6)",
        "Note is short: say what was found and what was decided.",
    ]


def test_an_entry_for_another_day_that_was_written_today_is_among_them(harness: Harness) -> None:
    harness.say(LINE.replace("call", "call yesterday"))

    assert "12 min · medication, live call · CCM · Mon Nov 23" in opened(harness).words


def test_what_others_wrote_or_an_import_brought_for_other_days_is_not_among_them(harness: Harness) -> None:
    harness.say(LINE, "U0NURSE2")
    import_rows(harness.database, harness.practice, "entries", [entry_row(), entry_row(date="2026-11-24")], at=NOW)

    home = opened(harness)

    assert "*Today* · 1 entry" in home.words
    assert buttons(home, UNDO) == []


def test_undo_voids_the_entry_and_the_tab_says_so(harness: Harness) -> None:
    harness.say(LINE)
    home = opened(harness)

    home = press(harness, home, UNDO, "P-1042")

    assert harness.live_count() == 0
    assert row(home, "P-1042#1").endswith("· *voided*, counts no more")
    assert "*Today* · 0 entries · 0 of 0 minutes count" in home.words
    assert buttons(home, UNDO) == []


def test_undo_pressed_twice_undoes_once(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm log P-1042 9m labs Reviewed the potassium. Nothing has to change.")
    press(harness, opened(harness), UNDO, '"position":2')

    harness.deliver_again("interactive")

    assert harness.live_count() == 1
    assert "did not work" not in now(harness).words


def test_after_15_minutes_there_is_no_undo_but_the_menu_that_corrects(harness: Harness) -> None:
    harness.say(LINE)
    home = opened(harness)
    assert len(buttons(home, UNDO)) == 1

    harness.clock.move(minutes=15)
    home = press(harness, home, REFRESH)

    assert buttons(home, UNDO) == []
    harness.person().press(home, PICK_ENTRY, "P-1042#1")
    entry = harness.person().modal
    assert entry is not None
    assert "Undo" not in entry.words
    assert all(word in entry.words for word in ("Fix", "Add detail", "Void"))


def test_an_undo_that_comes_too_late_says_so_above_the_lists(harness: Harness) -> None:
    harness.say(LINE)
    home = opened(harness)
    harness.clock.move(minutes=16)

    home = press(harness, home, UNDO, "P-1042")

    assert (
        "You have no entry from the last 15 minutes to undo. The last is P-1042#1. Nothing was changed." in home.words
    )
    assert "*Today* · 1 entry" in home.words
    assert harness.live_count() == 1


def test_someone_else_cannot_undo_by_a_copied_press(harness: Harness) -> None:
    harness.say(LINE)
    press(harness, opened(harness), UNDO, "P-1042")
    harness.say(LINE)

    harness.deliver_again("interactive", user={"id": "U0NURSE2"})

    assert harness.live_count() == 1


def test_nobody_is_asked_to_call_about_one_who_died(harness: Harness) -> None:
    for code in ("P-1042", "P-1043"):
        harness.work(an_entry(patient=code, minutes=17, day=date(2026, 11, 3)))
    with harness.database.of("T0TEST").writing() as connection:
        for code in ("P-1042", "P-1043"):
            request = a_request({"take": code})
            take_or_release(connection, harness.practice, MONTH, code, "nurse1", request=request, at=harness.clock())
    harness.say("/ccm enroll P-1042 ccm until 11/10 died")

    home = opened(harness)

    assert "*P-1042* ·" not in home.words
    assert "*P-1043* · CCM · 17 minutes" in home.words
    assert "*Patients you took* · 1 patient" in home.words
    assert "*One short call away* · 1 patient of" in home.words
    assert "1 patient near, but cannot be finished now: `/ccm near`" in home.words
    lead = opened(harness, LEAD).words
    assert "CCM at 15–19 minutes: *1* ($66.13) · 1 cannot be finished now · who:" in lead


def test_patients_one_took_stand_first_and_as_taken_in_the_worklists(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))
    with harness.database.of("T0TEST").writing() as connection:
        month, request = NOW.date().replace(day=1), a_request()
        take_or_release(connection, harness.practice, month, "P-1042", "nurse1", request=request, at=NOW)

    home = opened(harness)
    assert "*Patients you took* · 1 patient" in home.words
    assert "3 more for 99490 ($66.13) · taken by nurse1" in home.words
    assert "Patients you took" not in opened(harness, DOCTOR).words
    assert table_rows(harness.say("/ccm near").message)[0][-1] == "Nurse One"


def test_the_near_list_of_a_large_practice_comes_in_pages_of_25(full_harness: Harness) -> None:
    home = opened(full_harness)
    seen: list[str] = []
    while True:
        codes = [value for _, value in buttons(home, LOG_FOR)]
        assert 1 <= len(codes) <= 25
        seen += codes
        if not buttons(home, f"{NEAR_PAGE}_next"):
            break
        home = press(full_harness, home, f"{NEAR_PAGE}_next")

    assert len(seen) == len(set(seen)) == 500
    assert "Page 20 of 20" in home.words
    home = press(full_harness, home, f"{NEAR_PAGE}_previous")
    assert [value for _, value in buttons(home, LOG_FOR)] == seen[450:475]


def test_many_entries_of_a_day_come_in_pages_of_5(harness: Harness) -> None:
    for number in range(8):
        harness.say(f"/ccm log P-1042 {number + 1}m labs Reviewed result {number}. Nothing has to change.")

    home = opened(harness)
    first = [value for _, value in buttons(home, UNDO)]
    second = [value for _, value in buttons(press(harness, home, f"{TODAY_PAGE}_next"), UNDO)]

    assert (len(first), len(second)) == (5, 3)
    assert len({*first, *second}) == 8


@pytest.mark.parametrize(
    ("user", "words"),
    [(STRANGER, f"add you with your Slack id, {STRANGER}"), (GONE, "Your time in this practice's roster is over")],
)
def test_those_who_may_not_see_it_are_told_whom_to_ask(harness: Harness, user: str, words: str) -> None:
    assert words in opened(harness, user).words


def test_the_home_tab_shows_no_note_and_no_staff_name(harness: Harness) -> None:
    harness.say("/ccm log P-1042 17m labs ZEBRANOTE was reviewed. Nothing has to change.")
    harness.say("/ccm log P-1043 10m labs ZEBRANOTE")

    home = opened(harness)

    assert "ZEBRANOTE" not in str(home.blocks)
    assert "Nurse" not in str(home.blocks)
