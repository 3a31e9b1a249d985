"""The form that ends a timer: when it opens, with what, and what comes of saving or closing it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from support.practice import NOTE, a_practice, local
from support.slack import HandClock, Office, open_office, picked
from support.timers import opened, prefilled, running, start

from bot.views.timer import CANCEL, STOP
from ledger.setting_changes import change_policy
from ledger.storage.database import Database


def stopped(office: Office, line: str = "", **ran: float) -> Any:
    """The form that a stop opens after a timer ran so long."""
    start(office, "P-1042 meds", **ran)
    return opened(office.say(f"/ccm stop {line}".strip()))


def test_what_a_saved_entry_needs_is_asked_for_with_all_that_is_known(office: Office) -> None:
    start(office, "P-1042 call", minutes=12)

    form = opened(office.say("/ccm stop"))

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


def test_saving_the_form_logs_what_it_says_and_ends_the_timer(office: Office) -> None:
    form = stopped(office, minutes=12)
    office.clock.move(minutes=20)

    seen = office.person().submit(form, {"note": NOTE, "activity": "results_review"})

    assert "*Saved* · *P-1042* · 12 min · results review · Tue Nov 24, 10:00–10:12 am" in opened(seen).words
    assert running(office) is None
    (entry,) = office.entries()
    assert entry.activity == "results_review"


def test_closing_the_form_leaves_the_timer_running(office: Office) -> None:
    form = stopped(office, minutes=12)

    office.person().close(form)

    assert running(office) is not None
    assert office.live_count() == 0


def test_times_left_as_they_are_mean_the_seconds_that_were_measured(office: Office) -> None:
    office.clock.move(seconds=50)
    form = stopped(office, minutes=11, seconds=20)
    assert prefilled(form)["length"] == "10:00-10:12"
    assert "*11 minutes*" in form.words

    office.person().submit(form, {"note": NOTE})

    (entry,) = office.entries()
    assert (entry.duration_minutes, entry.started_at.second, entry.ended_at.second) == (11, 50, 10)


def test_times_that_are_corrected_mean_what_is_written(office: Office) -> None:
    office.clock.move(seconds=50)
    form = stopped(office, minutes=11, seconds=20)

    office.person().submit(form, {"note": NOTE, "length": "10:01-10:09"})

    (entry,) = office.entries()
    assert (entry.duration_minutes, entry.started_at.second, running(office)) == (8, 0, None)


def test_a_form_delivered_twice_is_stored_once(office: Office) -> None:
    office.person().submit(stopped(office, minutes=12), {"note": NOTE})
    start(office, "P-1043 labs")

    office.deliver_again("interactive")

    assert office.live_count() == 1
    timer = running(office)
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
    office: Office, wrong: dict[str, Any], field: str, words: str
) -> None:
    seen = office.person().submit(stopped(office, minutes=12), {"note": NOTE, **wrong})

    assert list(seen.errors) == [field]
    assert words in seen.errors[field]
    assert running(office) is not None
    assert office.live_count() == 0


def test_a_patient_of_two_programs_needs_one(office: Office) -> None:
    start(office, "P-1044 meds", minutes=12)

    form = opened(office.say(f"/ccm stop {NOTE}"))

    assert "P-1044 is enrolled in CCM and RPM: which program is this time for?" in form.words
    office.person().submit(form, {"program": "RPM"})
    assert [entry.program for entry in office.entries()] == ["RPM"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"12m meds {NOTE}", '"12m" is not needed: the timer measures when and how long.'),
        (f"P-1043 {NOTE}", '"P-1043" is another patient: your timer runs for P-1042.'),
    ],
)
def test_an_unclear_stop_opens_the_form_with_all_that_was_understood(office: Office, line: str, words: str) -> None:
    form = stopped(office, line, minutes=12)

    assert words in form.words
    assert prefilled(form)["note"] == NOTE
    assert prefilled(form)["activity"] == "medication"
    assert office.live_count() == 0


def test_an_overlap_is_mended_in_the_form(office: Office) -> None:
    start(office, "P-1042 meds", minutes=12)
    office.say(f"/ccm log P-1043 10:00am-10:05am labs {NOTE}")

    form = opened(office.say(f"/ccm stop {NOTE}"))

    assert "P-1043#1 (rule E6)" in form.words
    assert "P-1043#1 (rule E6)" in office.person().submit(form).errors["length"]
    office.person().submit(form, {"length": "10:05-10:12"})
    assert [entry.duration_minutes for entry in office.entries()] == [5, 7]
    assert running(office) is None


def test_a_stop_after_the_practices_limit_shows_its_length_before_it_saves(office: Office) -> None:
    start(office, "P-1042 meds", minutes=45)
    assert "*Saved*" in office.say(f"/ccm stop {NOTE}").words, "45 minutes are within the limit"

    form = stopped(office, NOTE, minutes=45, seconds=1)

    assert "*45 minutes*. Is that right? If you stopped earlier, correct it" in form.words
    assert office.live_count() == 1
    office.person().submit(form, {"length": "10:45-11:00"})
    assert [entry.duration_minutes for entry in office.entries()] == [45, 15]


def test_the_limit_is_the_practices_own(office: Office) -> None:
    with office.database.of("T0TEST").writing() as connection:
        change_policy(
            connection, office.practice, "timer_reminder_minutes", 10, at=office.clock(), recorded_by="admin1"
        )

    assert "Is that right?" in stopped(office, NOTE, minutes=11).words


def test_over_180_minutes_is_asked_about_once_more(office: Office) -> None:
    form = stopped(office, NOTE, minutes=200)

    asked = opened(office.person().submit(form))

    assert (asked.title, running(office) is None) == ("Stop and log", False)
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in asked.words
    office.person().submit(asked, {"confirm": ["yes"]})
    assert [entry.duration_minutes for entry in office.entries()] == [200]
    assert running(office) is None


def test_a_timer_of_the_evening_before_stands_in_the_form_with_its_date(office: Office) -> None:
    office.clock.now = local("2026-11-23 23:50").astimezone(office.clock.now.tzinfo)
    form = stopped(office, minutes=20)
    assert "ran 11:50 pm–12:10 am: *20 minutes*" in form.words
    assert (prefilled(form)["length"], prefilled(form)["date"]) == ("23:50-00:10", "2026-11-23")

    office.person().submit(form, {"note": NOTE})

    assert [entry.duration_minutes for entry in office.entries()] == [10, 10]


@pytest.mark.parametrize("hours", [13, 30])
def test_a_timer_forgotten_overnight_has_its_end_left_open(office: Office, hours: int) -> None:
    form = stopped(office, NOTE, minutes=hours * 60)
    assert (prefilled(form)["length"], prefilled(form)["date"]) == ("10:00-", "2026-11-24")

    assert "cannot be read as a length" in office.person().submit(form).errors["length"]
    office.person().submit(form, {"length": "10:00-10:20"})

    (entry,) = office.entries()
    assert (entry.duration_minutes, str(entry.date_of_service)) == (20, "2026-11-24")


@pytest.mark.parametrize(
    ("began", "length"),
    [("2026-11-01T05:50:00+00:00", "20m at 01:50"), ("2026-11-01T05:20:00+00:00", "01:20-01:40")],
)
def test_the_night_the_clocks_go_back_is_measured_right(office: Office, began: str, length: str) -> None:
    office.clock.now = datetime.fromisoformat(began)
    form = stopped(office, minutes=20)
    assert prefilled(form)["length"] == length

    office.person().submit(form, {"note": NOTE})

    (entry,) = office.entries()
    assert (entry.duration_minutes, entry.ended_at - entry.started_at) == (20, timedelta(minutes=20))


def test_a_form_whose_timer_is_over_says_so_and_logs_nothing(office: Office) -> None:
    form = stopped(office, minutes=12)
    office.say("/ccm cancel")

    seen = office.person().submit(form, {"note": NOTE})

    assert "That timer is over: it was stopped or cancelled meanwhile." in seen.errors["length"]
    assert office.live_count() == 0


@pytest.mark.parametrize("action", [STOP, CANCEL])
def test_buttons_of_an_earlier_timer_leave_a_later_one_alone(office: Office, action: str) -> None:
    first = start(office, f"P-1042 meds {NOTE}", minutes=12)
    office.say("/ccm stop")
    start(office, "P-1043 labs", minutes=5)

    assert "That timer is over" in office.press(first, action).words
    timer = running(office)
    assert timer is not None
    assert timer.patient_code == "P-1043"


def test_a_form_opened_from_a_message_tells_the_message_when_it_is_saved(office: Office) -> None:
    asked = start(office, "P-1042 meds", minutes=12)
    form = opened(office.press(asked, STOP))

    office.person().submit(form, {"note": NOTE})
    office.settle()

    (shown,) = [seen for seen in office.person().messages("C0GENERAL") if seen.ts == asked.message.ts]
    assert shown.words.startswith("The timer for P-1042 was stopped and its time logged.")


@pytest.mark.usefixtures("impatient")
def test_what_was_typed_into_the_form_is_not_lost_when_the_database_is_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    form = stopped(office, minutes=12)
    with monkeypatch.context() as patch:
        patch.setattr("bot.commands.timers.stop.stop_timer", away)
        seen = office.person().submit(form, {"note": NOTE})

    assert "The ledger cannot be reached just now. Nothing was saved." in opened(seen).words
    assert prefilled(opened(seen))["note"] == NOTE
    office.person().submit(opened(seen))
    assert (office.live_count(), running(office)) == (1, None)


def test_a_small_journey_is_the_same_on_postgresql(postgresql_database: Database, clock: HandClock) -> None:
    with open_office(postgresql_database, a_practice(postgresql_database), clock) as office:
        form = stopped(office, minutes=12, seconds=20)
        office.person().submit(form, {"note": NOTE})
        office.deliver_again("interactive")
        start(office, f"P-1042 labs {NOTE}", minutes=5)
        assert "*12 → 17 minutes* in November" in office.say("/ccm stop").words
        assert office.live_count() == 2
