"""A forgotten timer: its owner alone is asked, once, and nothing is logged before it is confirmed."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from support.deaths import Death
from support.forms import opened, prefilled
from support.logs import troubles
from support.practice import NOTE, import_rows, staff_row
from support.slack import Harness, has_button
from support.timers import running, start

from bot.messages.direct_messages import SlackDirect
from bot.playground import Glance, SeenMessage
from bot.runtime.scheduler import jobs_running
from bot.slack.workspaces import OneWorkspace
from bot.views.timer import CANCEL, KEEP, STOP, STOP_AT, STOP_NOW
from jobs.notices.timer_reminders import run_reminders
from ledger.setting_changes import change_policy

ASKED = "Your timer for P-1042 has run since 10:00 am (45 min). Still working?"


def tick(harness: Harness) -> int:
    """How many reminders a process sends now."""
    return run_reminders(harness.database.of("T0TEST"), "T0TEST", SlackDirect(harness.client), now=harness.clock)


@pytest.fixture
def reminded(harness: Harness) -> SeenMessage:
    """The direct message to the owner of a timer that has run for 45 minutes."""
    start(harness, f"P-1042 meds call {NOTE}", minutes=45)
    assert tick(harness) == 1
    (message,) = harness.person().direct_messages()
    return message


def press(harness: Harness, message: SeenMessage, action: str) -> Glance:
    return harness.person().press(message, action)


def test_the_owner_is_asked_once_in_a_direct_message(harness: Harness, reminded: SeenMessage) -> None:
    assert reminded.text == ASKED
    assert NOTE not in reminded.words
    assert not reminded.ephemeral
    harness.clock.move(minutes=30)
    assert tick(harness) == 0
    assert harness.person("U0NURSE2").direct_messages() == []
    assert harness.posts("C0GENERAL") == harness.posts("C0BLUE") == []
    assert harness.live_count() == 0


def test_stop_now_opens_the_form_with_the_time_until_now(harness: Harness, reminded: SeenMessage) -> None:
    harness.clock.move(minutes=5)

    form = opened(press(harness, reminded, STOP_NOW))

    assert "ran 10:00–10:50 am: *50 minutes*. Is that right?" in form.words
    assert prefilled(form)["length"] == "10:00-10:50"
    assert prefilled(form)["note"] == NOTE
    assert harness.live_count() == 0
    harness.person().submit(form, {"length": "10:00-10:20"})
    assert ([entry.duration_minutes for entry in harness.entries()], running(harness)) == ([20], None)


def test_stop_now_always_asks_even_right_at_the_limit(harness: Harness, reminded: SeenMessage) -> None:
    assert prefilled(opened(press(harness, reminded, STOP_NOW)))["length"] == "10:00-10:45"
    assert harness.live_count() == 0


def test_stop_at_leaves_the_end_to_be_filled_in(harness: Harness, reminded: SeenMessage) -> None:
    form = opened(press(harness, reminded, STOP_AT))
    assert prefilled(form)["length"] == "10:00-"

    assert "cannot be read as a length" in harness.person().submit(form).errors["length"]
    harness.person().submit(form, {"length": "10:00-10:20"})

    assert [entry.duration_minutes for entry in harness.entries()] == [20]


def test_the_message_says_when_its_form_was_saved(harness: Harness, reminded: SeenMessage) -> None:
    harness.person().submit(opened(press(harness, reminded, STOP_NOW)))
    harness.settle()

    (shown,) = harness.person().direct_messages()
    assert shown.text == "The timer for P-1042 was stopped and its time logged."


def test_cancel_throws_the_timer_away(harness: Harness, reminded: SeenMessage) -> None:
    press(harness, reminded, CANCEL)

    (shown,) = harness.person().direct_messages()
    assert "*Cancelled* · *P-1042* · 45 min since 10:00 am were not logged." in shown.words
    assert (running(harness), harness.live_count()) == (None, 0)


def test_keep_running_changes_nothing_and_asks_no_more(harness: Harness, reminded: SeenMessage) -> None:
    press(harness, reminded, KEEP)

    (shown,) = harness.person().direct_messages()
    assert "Your timer for P-1042 goes on." in shown.text
    assert "running since 10:00 am · 45 min so far" in shown.words
    harness.clock.move(minutes=90)
    assert tick(harness) == 0
    assert "*135 minutes*. Is that right?" in opened(press(harness, shown, STOP)).words


@pytest.mark.parametrize("action", [STOP_NOW, STOP_AT, CANCEL, KEEP])
def test_a_question_about_a_timer_that_is_over_is_replaced_by_the_news(
    harness: Harness, reminded: SeenMessage, action: str
) -> None:
    harness.say("/ccm cancel")

    press(harness, reminded, action)

    (shown,) = harness.person().direct_messages()
    assert "That timer is over: it was stopped or cancelled meanwhile." in shown.words
    assert not has_button(shown, action)


def test_a_timer_stopped_in_time_is_not_asked_about(harness: Harness) -> None:
    start(harness, f"P-1042 meds {NOTE}", minutes=44)
    harness.say("/ccm stop")
    harness.clock.move(minutes=10)

    assert tick(harness) == 0


def test_nobody_who_has_left_is_written_to(harness: Harness) -> None:
    start(harness, minutes=45)
    gone = {"id": "nurse1", "slack_user_id": "U0NURSE1", "name": "Nurse One", "roles": "coordinator"}
    import_rows(
        harness.database, harness.practice, "staff", [staff_row(**gone, credential="RN", active_to="2026-11-23")]
    )

    assert tick(harness) == 0
    assert harness.person().direct_messages() == []


@pytest.mark.parametrize(
    ("method", "error"), [("conversations.open", "user_disabled"), ("chat.postMessage", "messages_tab_disabled")]
)
def test_what_slack_refuses_is_logged_and_tried_again(harness: Harness, method: str, error: str) -> None:
    harness.allows_refusals = True
    start(harness, minutes=45)
    harness.playground.fail_next(method, status=200, error=error)

    with capture_logs() as logs:
        assert tick(harness) == 0

    assert [(each["event"], each["staff"], each["reason"]) for each in troubles(logs)] == [
        ("reminder_not_delivered", "nurse1", error)
    ]
    harness.clock.move(minutes=2)
    assert tick(harness) == 1


@pytest.mark.parametrize("pressed", ["", KEEP])
def test_a_process_killed_before_it_could_say_that_it_asked_leads_to_no_second_question(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, pressed: str
) -> None:
    start(harness, minutes=45)
    with monkeypatch.context() as patch:
        patch.setattr("jobs.notices.timer_reminders.finish_reminder", killed)
        with pytest.raises(Death):
            tick(harness)
    (asked,) = harness.person().direct_messages()
    if pressed:
        press(harness, asked, pressed)

    harness.clock.move(minutes=2)
    tick(harness)

    assert len(harness.person().direct_messages()) == 1
    harness.clock.move(minutes=20)
    assert tick(harness) == 0


def killed(*_args: Any, **_more: Any) -> None:
    """What dies in place of doing its work."""
    raise Death


@pytest.mark.parametrize("asks", [True, False])
def test_a_practice_that_asks_nobody_does_not_say_that_it_will(harness: Harness, asks: bool) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        change_policy(connection, harness.practice, "timer_reminder", asks, at=harness.clock(), recorded_by="admin1")

    seen = start(harness, minutes=45)

    assert ("you are asked whether you still work" in seen.words) is asks
    assert tick(harness) == (1 if asks else 0)


def test_the_jobs_beside_the_bot_remind(harness: Harness) -> None:
    start(harness, minutes=45)

    with jobs_running(harness.database, OneWorkspace("T0TEST", harness.client), harness.clock):
        assert harness.playground.wait_until(lambda: bool(harness.person().direct_messages()))

    assert len(harness.person().direct_messages()) == 1


def test_a_digest_that_fails_keeps_no_reminder_back(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ArithmeticError

    start(harness, minutes=45)
    monkeypatch.setattr("bot.runtime.scheduler.run_due", fail)

    with jobs_running(harness.database, OneWorkspace("T0TEST", harness.client), harness.clock):
        assert harness.playground.wait_until(lambda: bool(harness.person().direct_messages()))
