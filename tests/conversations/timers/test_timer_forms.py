"""The form that ends a timer: when it opens, with what, and what comes of saving or closing it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from support.forms import opened, prefilled
from support.practice import NOTE, a_practice, local
from support.slack import Harness, ManualClock, open_harness, picked
from support.timers import running, start

from bot.views.timer import CANCEL, STOP
from ledger.setting_changes import change_policy
from ledger.storage.database import Database


def stopped(harness: Harness, line: str = "", **ran: float) -> Any:
    """The form that a stop opens after a timer ran so long."""
    start(harness, "P-1042 meds", **ran)
    return opened(harness.say(f"/ccm stop {line}".strip()))


def test_what_a_saved_entry_needs_is_asked_for_with_all_that_is_known(harness: Harness) -> None:
    start(harness, "P-1042 call", minutes=12)

    form = opened(harness.say("/ccm stop"))

    assert form.title == "Stop and log"
    assert "Your timer for *P-1042* ran 10:00–10:12 am: *12 minutes*." in form.words
    assert "Still needed: the note." in form.words
    assert prefilled(form) == {
        "patient": "P-1042",
        "length": "10:00-10:12",
        "activity": "patient_contact",
        "contact": "live",
        "date": "2026-11-24",
    }


def test_saving_the_form_logs_what_it_says_and_ends_the_timer(harness: Harness) -> None:
    form = stopped(harness, minutes=12)
    harness.clock.move(minutes=20)

    seen = harness.person().submit(form, {"note": NOTE, "activity": "results_review"})

    assert "*Saved* · *P-1042* · 12 min · results review · Tue Nov 24, 10:00–10:12 am" in opened(seen).words
    assert running(harness) is None
    (entry,) = harness.entries()
    assert entry.activity == "results_review"


def test_closing_the_form_leaves_the_timer_running(harness: Harness) -> None:
    form = stopped(harness, minutes=12)

    harness.person().close(form)

    assert running(harness) is not None
    assert harness.live_count() == 0


def test_times_left_as_they_are_mean_the_seconds_that_were_measured(harness: Harness) -> None:
    harness.clock.move(seconds=50)
    form = stopped(harness, minutes=11, seconds=20)
    assert prefilled(form)["length"] == "10:00-10:12"
    assert "*11 minutes*" in form.words

    harness.person().submit(form, {"note": NOTE})

    (entry,) = harness.entries()
    assert (entry.duration_minutes, entry.started_at.second, entry.ended_at.second) == (11, 50, 10)


def test_times_that_are_corrected_mean_what_is_written(harness: Harness) -> None:
    harness.clock.move(seconds=50)
    form = stopped(harness, minutes=11, seconds=20)

    harness.person().submit(form, {"note": NOTE, "length": "10:01-10:09"})

    (entry,) = harness.entries()
    assert (entry.duration_minutes, entry.started_at.second, running(harness)) == (8, 0, None)


def test_a_form_delivered_twice_is_stored_once(harness: Harness) -> None:
    harness.person().submit(stopped(harness, minutes=12), {"note": NOTE})
    start(harness, "P-1043 labs")

    harness.deliver_again("interactive")

    assert harness.live_count() == 1
    timer = running(harness)
    assert timer is not None
    assert timer.patient_code == "P-1043"


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"length": "12x"}, "length", '"12x" cannot be read as a length'),
        ({"length": "10:00-10:30"}, "length", "has not ended yet"),
        ({"patient": picked("P-9999")}, "patient", '"P-9999" names no patient'),
        ({"note": " "}, "note", "Say what was done (rule E1)."),
    ],
)
def test_what_is_wrong_is_said_beside_its_input_and_the_timer_goes_on(
    harness: Harness, wrong: dict[str, Any], field: str, words: str
) -> None:
    seen = harness.person().submit(stopped(harness, minutes=12), {"note": NOTE, **wrong})

    assert list(seen.errors) == [field]
    assert words in seen.errors[field]
    assert running(harness) is not None
    assert harness.live_count() == 0


def test_a_patient_of_two_programs_needs_one(harness: Harness) -> None:
    start(harness, "P-1044 meds", minutes=12)

    form = opened(harness.say(f"/ccm stop {NOTE}"))

    assert "P-1044 is enrolled in CCM and RPM: which program is this time for?" in form.words
    harness.person().submit(form, {"program": "RPM"})
    assert [entry.program for entry in harness.entries()] == ["RPM"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"12m meds {NOTE}", '"12m" is not needed: the timer measures when and how long.'),
        (f"P-1043 {NOTE}", '"P-1043" is another patient: your timer runs for P-1042.'),
    ],
)
def test_an_unclear_stop_opens_the_form_with_all_that_was_understood(harness: Harness, line: str, words: str) -> None:
    form = stopped(harness, line, minutes=12)

    assert words in form.words
    assert prefilled(form)["note"] == NOTE
    assert prefilled(form)["activity"] == "medication"
    assert harness.live_count() == 0


def test_an_overlap_is_mended_in_the_form(harness: Harness) -> None:
    start(harness, "P-1042 meds", minutes=12)
    harness.say(f"/ccm log P-1043 10:00am-10:05am labs {NOTE}")

    form = opened(harness.say(f"/ccm stop {NOTE}"))

    assert "P-1043#1 (rule E6)" in form.words
    assert "P-1043#1 (rule E6)" in harness.person().submit(form).errors["length"]
    harness.person().submit(form, {"length": "10:05-10:12"})
    assert [entry.duration_minutes for entry in harness.entries()] == [5, 7]
    assert running(harness) is None


def test_a_stop_after_the_practices_limit_shows_its_length_before_it_saves(harness: Harness) -> None:
    start(harness, "P-1042 meds", minutes=45)
    assert "*Saved*" in harness.say(f"/ccm stop {NOTE}").words, "45 minutes are within the limit"

    form = stopped(harness, NOTE, minutes=45, seconds=1)

    assert "*45 minutes*. Is that right? If you stopped earlier, correct it" in form.words
    assert harness.live_count() == 1
    harness.person().submit(form, {"length": "10:45-11:00"})
    assert [entry.duration_minutes for entry in harness.entries()] == [45, 15]


def test_the_limit_is_the_practices_own(harness: Harness) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        change_policy(
            connection, harness.practice, "timer_reminder_minutes", 10, at=harness.clock(), recorded_by="admin1"
        )

    assert "Is that right?" in stopped(harness, NOTE, minutes=11).words


def test_over_180_minutes_is_asked_about_once_more(harness: Harness) -> None:
    form = stopped(harness, NOTE, minutes=200)

    asked = opened(harness.person().submit(form))

    assert (asked.title, running(harness) is None) == ("Stop and log", False)
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in asked.words
    harness.person().submit(asked, {"confirm": ["yes"]})
    assert [entry.duration_minutes for entry in harness.entries()] == [200]
    assert running(harness) is None


def test_a_timer_of_the_evening_before_stands_in_the_form_with_its_date(harness: Harness) -> None:
    harness.clock.now = local("2026-11-23 23:50").astimezone(harness.clock.now.tzinfo)
    form = stopped(harness, minutes=20)
    assert "ran 11:50 pm–12:10 am: *20 minutes*" in form.words
    assert (prefilled(form)["length"], prefilled(form)["date"]) == ("23:50-00:10", "2026-11-23")

    harness.person().submit(form, {"note": NOTE})

    assert [entry.duration_minutes for entry in harness.entries()] == [10, 10]


@pytest.mark.parametrize("hours", [13, 30])
def test_a_timer_forgotten_overnight_has_its_end_left_open(harness: Harness, hours: int) -> None:
    form = stopped(harness, NOTE, minutes=hours * 60)
    assert (prefilled(form)["length"], prefilled(form)["date"]) == ("10:00-", "2026-11-24")

    assert "cannot be read as a length" in harness.person().submit(form).errors["length"]
    harness.person().submit(form, {"length": "10:00-10:20"})

    (entry,) = harness.entries()
    assert (entry.duration_minutes, str(entry.date_of_service)) == (20, "2026-11-24")


@pytest.mark.parametrize(
    ("began", "length"),
    [("2026-11-01T05:50:00+00:00", "20m at 01:50"), ("2026-11-01T05:20:00+00:00", "01:20-01:40")],
)
def test_the_night_the_clocks_go_back_is_measured_right(harness: Harness, began: str, length: str) -> None:
    harness.clock.now = datetime.fromisoformat(began)
    form = stopped(harness, minutes=20)
    assert prefilled(form)["length"] == length

    harness.person().submit(form, {"note": NOTE})

    (entry,) = harness.entries()
    assert (entry.duration_minutes, entry.ended_at - entry.started_at) == (20, timedelta(minutes=20))


def test_a_form_whose_timer_is_over_says_so_and_logs_nothing(harness: Harness) -> None:
    form = stopped(harness, minutes=12)
    harness.say("/ccm cancel")

    seen = harness.person().submit(form, {"note": NOTE})

    assert "That timer is over: it was stopped or cancelled meanwhile." in seen.errors["length"]
    assert harness.live_count() == 0


@pytest.mark.parametrize("action", [STOP, CANCEL])
def test_buttons_of_an_earlier_timer_leave_a_later_one_alone(harness: Harness, action: str) -> None:
    first = start(harness, f"P-1042 meds {NOTE}", minutes=12)
    harness.say("/ccm stop")
    start(harness, "P-1043 labs", minutes=5)

    assert "That timer is over" in harness.press(first, action).words
    timer = running(harness)
    assert timer is not None
    assert timer.patient_code == "P-1043"


def test_a_form_opened_from_a_message_tells_the_message_when_it_is_saved(harness: Harness) -> None:
    asked = start(harness, "P-1042 meds", minutes=12)
    form = opened(harness.press(asked, STOP))

    harness.person().submit(form, {"note": NOTE})
    harness.settle()

    (shown,) = [seen for seen in harness.person().messages("C0GENERAL") if seen.ts == asked.message.ts]
    assert shown.words.startswith("The timer for P-1042 was stopped and its time logged.")


@pytest.mark.usefixtures("impatient")
def test_what_was_typed_into_the_form_is_not_lost_when_the_database_is_away(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    form = stopped(harness, minutes=12)
    with monkeypatch.context() as patch:
        patch.setattr("bot.commands.timers.stop.stop_timer", away)
        seen = harness.person().submit(form, {"note": NOTE})

    assert "The ledger cannot be reached just now. Nothing was saved." in opened(seen).words
    assert prefilled(opened(seen))["note"] == NOTE
    harness.person().submit(opened(seen))
    assert (harness.live_count(), running(harness)) == (1, None)


def test_a_small_journey_is_the_same_on_postgresql(postgresql_database: Database, clock: ManualClock) -> None:
    with open_harness(postgresql_database, a_practice(postgresql_database), clock) as harness:
        form = stopped(harness, minutes=12, seconds=20)
        harness.person().submit(form, {"note": NOTE})
        harness.deliver_again("interactive")
        start(harness, f"P-1042 labs {NOTE}", minutes=5)
        assert "*12 → 17 minutes* in November" in harness.say("/ccm stop").words
        assert harness.live_count() == 2
