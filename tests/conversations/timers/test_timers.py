"""Timers by command: start, stop and cancel, and what each says."""

import json
from datetime import date, timedelta

import pytest
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry
from support.slack import Harness, has_button, picked
from support.timers import running, start

from bot.listeners.context import Services
from bot.views.receipt import LOG_ANOTHER, UNDO
from bot.views.timer import CANCEL, START, STOP
from ledger.rules.facts import Activity, Contact, Program

DONE = "Reconciled the insulin list with the patient. Dose confirmed, next call on Friday."


def test_a_start_says_what_runs_and_offers_to_end_it(harness: Harness) -> None:
    seen = harness.say("/ccm start 1042 meds call ccm Reviewing &c. the list")

    assert "*Started* · *P-1042* · 10:00 am · medication · live call · CCM" in seen.words
    assert "After 45 minutes you are asked whether you still work." in seen.words
    assert has_button(seen.message, STOP)
    assert has_button(seen.message, CANCEL)
    timer = running(harness)
    assert timer is not None
    assert (timer.patient_code, timer.note, timer.started_at) == ("P-1042", "Reviewing &c. the list", harness.clock())
    assert (timer.activity, timer.contact, timer.program) == (Activity.MEDICATION, Contact.LIVE, Program("CCM"))


def test_a_running_timer_is_no_record_of_care(harness: Harness) -> None:
    start(harness, minutes=30)

    assert harness.live_count() == 0
    assert "No time was logged." in harness.say("/ccm me").words


def test_a_stop_with_a_note_is_an_entry_with_the_real_times(harness: Harness) -> None:
    start(harness, "P-1042 meds call", minutes=11, seconds=50)

    seen = harness.say(f"/ccm stop {DONE}")

    assert "*Saved* · *P-1042* · 12 min · medication · live call · Tue Nov 24, 10:00–10:11 am · CCM" in seen.words
    assert "*0 → 12 minutes* in November" in seen.words
    assert has_button(seen.message, UNDO)
    assert has_button(seen.message, LOG_ANOTHER)
    (entry,) = harness.entries()
    assert (entry.duration_minutes, entry.note) == (12, DONE)
    assert harness.clock() - entry.started_at.replace(tzinfo=harness.clock().tzinfo) == timedelta(
        minutes=11, seconds=50
    )
    assert running(harness) is None


def test_what_was_done_may_be_said_when_it_ends(harness: Harness) -> None:
    start(harness, "P-1042", minutes=12)

    seen = harness.say(f"/ccm stop meds call {DONE}")

    assert "12 min · medication · live call" in seen.words


def test_a_word_at_the_end_replaces_the_one_at_the_start_and_the_note_goes_on(harness: Harness) -> None:
    start(harness, "P-1042 meds call Reviewed the list.", minutes=12)

    harness.say("/ccm stop labs Potassium is < 5. Told the practitioner.")

    (entry,) = harness.entries()
    assert (entry.activity, entry.contact) == ("results_review", "live")
    assert entry.note == "Reviewed the list. Potassium is < 5. Told the practitioner."


def test_a_note_begun_at_the_start_is_enough(harness: Harness) -> None:
    start(harness, f"P-1042 meds {DONE}", minutes=12)

    assert "*Saved*" in harness.say("/ccm stop").words


def test_a_stop_delivered_twice_makes_one_entry_and_answers_alike(harness: Harness) -> None:
    start(harness, "P-1042 meds", minutes=12)
    first = harness.say("/ccm stop Short note.")
    start(harness, "P-1043 labs")

    again = json.dumps(harness.deliver_again("slash_commands", **stop_payload(harness)), ensure_ascii=False)

    assert "*Saved* · *P-1042* · 12 min" in again
    assert "nothing was saved twice" in again
    (advice,) = [line for line in first.words.splitlines() if "Note" in line or "note" in line]
    assert advice in again
    assert harness.live_count() == 1
    timer = running(harness)
    assert timer is not None
    assert timer.patient_code == "P-1043"


def stop_payload(harness: Harness) -> dict[str, str]:
    """The fields of the last stop that was typed, to deliver it again."""
    sent = [each.payload for each in harness.playground.workspace.traffic.newest(100) if each.kind == "slash_commands"]
    payload = next(dict(each) for each in sent if each["text"].startswith("stop"))
    return {"text": payload["text"], "trigger_id": payload["trigger_id"]}


def test_a_start_delivered_twice_starts_one(harness: Harness) -> None:
    harness.say("/ccm start P-1042 meds")

    assert "nothing was saved twice" in json.dumps(harness.deliver_again("slash_commands"))


def test_a_cancel_delivered_twice_answers_alike(harness: Harness) -> None:
    start(harness, minutes=12)
    harness.say("/ccm cancel")

    again = json.dumps(harness.deliver_again("slash_commands"))

    assert "*Cancelled*" in again
    assert "TIMER_NONE" not in again


def test_an_entry_that_overlaps_a_timers_by_seconds_is_told_of_the_seconds(harness: Harness) -> None:
    harness.clock.move(seconds=20, milliseconds=300)
    start(harness, f"P-1042 meds {DONE}", minutes=5, seconds=30)
    harness.say("/ccm stop")
    harness.clock.move(minutes=10)

    seen = harness.say(f"/ccm log P-1043 10:05-10:10 labs {NOTE}")

    assert "You already have an entry from 10:00:20 to 10:05:50" in seen.words
    assert "*Saved*" in harness.say(f"/ccm log P-1043 10:06-10:10 labs {NOTE}").words


def test_a_second_start_names_the_running_one_and_loses_nothing(harness: Harness) -> None:
    start(harness, "P-1042 meds", minutes=7)

    for line in ("/ccm start P-1043 labs", "/ccm start", "/ccm start P-1043 12m"):
        seen = harness.say(line)
        assert "*Your timer for P-1042 is running already.* Since 10:00 am, 7 min so far." in seen.words
        assert seen.modal is None

    timer = running(harness)
    assert timer is not None
    assert timer.patient_code == "P-1042"
    assert "*Started* · *P-1044*" in harness.say("/ccm start P-1044 meds", "U0NURSE2").words, "one each"


def test_the_running_one_can_be_ended_from_the_refusal(harness: Harness) -> None:
    start(harness, f"P-1042 meds {DONE}", minutes=7)

    saved = harness.press(harness.say("/ccm start P-1043 labs"), STOP)

    assert "*Saved* · *P-1042* · 7 min" in saved.words
    start(harness, "P-1043 labs", minutes=3)
    gone = harness.press(harness.say("/ccm start P-1044"), CANCEL)
    assert "*Cancelled* · *P-1043* · 3 min since 10:07 am were not logged." in gone.words
    assert harness.live_count() == 1


def test_a_cancelled_timer_can_be_logged_after_all(harness: Harness) -> None:
    start(harness, "P-1042 meds call", minutes=12)

    seen = harness.say("/ccm cancel")
    form = harness.press(seen, LOG_ANOTHER).modal

    assert form is not None
    assert prefilled(form) == {
        "patient": "P-1042",
        "length": "10:00-10:12",
        "activity": "medication",
        "contact": "live",
        "date": "2026-11-24",
    }


def test_under_a_minute_is_said_and_the_timer_goes_on(harness: Harness) -> None:
    start(harness, "P-1042 meds", seconds=30)

    for seen in (harness.say(f"/ccm stop {DONE}"), harness.say("/ccm stop")):
        assert "has run under a minute (rule E2). It goes on." in seen.words
        assert seen.modal is None
    assert running(harness) is not None
    harness.clock.move(seconds=1)
    assert "1 min" in harness.say(f"/ccm stop {DONE}").words


@pytest.mark.parametrize("line", ["stop", "stop Note.", "cancel"])
def test_without_a_timer_there_is_nothing_to_end(harness: Harness, line: str) -> None:
    seen = harness.say(f"/ccm {line}")

    assert "You have no running timer." in seen.words
    assert "Nothing was saved." in seen.words
    assert seen.modal is None


def test_undo_right_after_a_stop_works_as_after_a_log(harness: Harness) -> None:
    start(harness, "P-1042 meds", minutes=12)
    saved = harness.say(f"/ccm stop {DONE}")

    assert "*Undone* · *P-1042* · 12 min" in harness.press(saved, UNDO).words
    start(harness, "P-1042 meds", minutes=12)
    harness.say(f"/ccm stop {DONE}")
    assert "*Undone* · *P-1042* · 12 min" in harness.say("/ccm undo").words
    assert harness.live_count() == 0


def test_a_timer_over_midnight_and_the_months_end_is_two_linked_entries(harness: Harness) -> None:
    harness.clock.now = harness.clock.now.replace(day=1, month=12, hour=4, minute=50)
    start(harness, "P-1042 meds", minutes=20)

    seen = harness.say(f"/ccm stop {DONE}")

    assert "11:50 pm–12:10 am (10 min on Mon Nov 30 + 10 min on Tue Dec 1)" in seen.words
    assert [(str(entry.date_of_service), entry.duration_minutes) for entry in harness.entries()] == [
        ("2026-11-30", 10),
        ("2026-12-01", 10),
    ]


def test_a_note_that_fits_in_no_entry_is_given_back_and_the_timer_goes_on(harness: Harness) -> None:
    start(harness, f"P-1042 meds {'Reviewed. ' * 150}", minutes=12)

    seen = harness.say(f"/ccm stop {'Reconciled. ' * 150}")

    assert "3000 fit" in seen.words
    assert "You typed:" in seen.words
    assert running(harness) is not None
    assert harness.live_count() == 0


def test_the_same_work_again_is_asked_about_in_the_form(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 9m meds {NOTE}")
    start(harness, "P-1042 meds", minutes=9)

    form = opened(harness.say(f"/ccm stop {DONE}"))

    assert "This looks like the entry you just logged: P-1042#1 (rule E7). Save it anyway?" in form.words
    harness.person().submit(form, {"confirm": ["yes"]})
    assert running(harness) is None
    assert harness.live_count() == 2


def test_the_work_of_another_person_is_asked_about_when_the_timer_ends(harness: Harness) -> None:
    harness.work(an_entry(staff="nurse2", day=date(2026, 11, 24)))
    start(harness, "P-1042 meds", minutes=9)

    form = opened(harness.say(f"/ccm stop {DONE}"))

    assert "P-1042#1 by nurse2, 12 min on Nov 24, 2026: the same work?" in form.words
    assert running(harness) is not None
    harness.person().submit(form, {"confirm": ["yes"]})
    assert running(harness) is None
    assert harness.live_count() == 2


def test_start_alone_opens_a_form_that_needs_the_patient_alone(harness: Harness) -> None:
    form = harness.say("/ccm start").modal

    assert form is not None
    assert (form.title, prefilled(form)) == ("Start a timer", {})
    done = harness.person().submit(form, {"patient": picked("P-1043"), "activity": "medication", "note": "Reviewing."})

    assert done.modal is not None
    assert "*Started* · *P-1043* · 10:00 am · medication" in done.modal.words
    timer = running(harness)
    assert timer is not None
    assert (timer.patient_code, timer.note) == ("P-1043", "Reviewing.")


@pytest.mark.parametrize(
    ("line", "words", "values"),
    [
        ("meds call", "", {"activity": "medication", "contact": "live"}),
        ("P-1042 12m meds", '"12m" is not needed: the timer measures', {"patient": "P-1042", "activity": "medication"}),
        ("P-1042 at 9:05am rpm", '"at 9:05am" is not needed', {"patient": "P-1042", "program": "RPM"}),
        (
            "P-9999 labs Potassium <5",
            '"P-9999" names no patient',
            {"activity": "results_review", "note": "Potassium <5"},
        ),
    ],
)
def test_an_unclear_start_opens_the_form_with_all_that_was_understood(
    harness: Harness, line: str, words: str, values: dict[str, str]
) -> None:
    form = harness.say(f"/ccm start {line}").modal

    assert form is not None
    assert words in form.words
    assert prefilled(form) == values
    assert running(harness) is None


def test_a_start_form_delivered_twice_starts_one(harness: Harness) -> None:
    form = opened(harness.say("/ccm start"))
    harness.person().submit(form, {"patient": picked("P-1043")})

    answer = json.dumps(harness.deliver_again("interactive"))

    assert "nothing was saved twice" in answer


def test_what_keeps_the_form_from_starting_is_said_beside_the_patient(harness: Harness) -> None:
    form = opened(harness.say("/ccm start"))
    unknown = harness.person().submit(form, {"patient": picked("P-9999")})
    assert unknown.errors == {"patient": "No patient has this code. For example: P-1042"}
    start(harness)

    late = harness.person().submit(form, {"patient": picked("P-1043")})

    assert "Your timer for P-1042 is running already. Stop it first" in late.errors["patient"]


def test_a_press_of_start_opens_the_form(harness: Harness) -> None:
    form = harness.press(harness.say("/ccm"), START).modal

    assert form is not None
    assert form.title == "Start a timer"


def test_who_follows_changes_is_told_of_start_stop_and_cancel(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def follow(_desk: Services, _body: object, said: object) -> None:
        told.extend(getattr(said, "changed", ()))

    monkeypatch.setattr(Services, "follow_up", follow)
    start(harness, f"P-1042 meds {DONE}", minutes=7)
    harness.say("/ccm stop")
    start(harness, "P-1043")
    harness.press(harness.say("/ccm"), CANCEL)
    harness.person().submit(opened(harness.say("/ccm start")), {"patient": picked("P-1044")})

    assert told == ["P-1042", "P-1042", "P-1043", "P-1043", "P-1044"]
