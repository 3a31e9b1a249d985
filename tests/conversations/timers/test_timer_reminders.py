"""A forgotten timer: its owner alone is asked, once, and nothing is logged before it is confirmed."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from support.channel import Death
from support.logs import troubles
from support.practice import NOTE, import_rows, staff_row
from support.slack import Office, has_button
from support.timers import opened, prefilled, running, start

from bot.messages.direct_messages import SlackDirect
from bot.playground import Glance, SeenMessage
from bot.runtime.scheduler import jobs_running
from bot.slack.workspaces import OneWorkspace
from bot.views.timer import CANCEL, KEEP, STOP, STOP_AT, STOP_NOW
from jobs.notices.timer_reminders import run_reminders
from ledger.setting_changes import change_policy

ASKED = "Your timer for P-1042 has run since 10:00 am (45 min). Still working?"


def tick(office: Office) -> int:
    """How many reminders a process sends now."""
    return run_reminders(office.database.of("T0TEST"), "T0TEST", SlackDirect(office.client), now=office.clock)


@pytest.fixture
def reminded(office: Office) -> SeenMessage:
    """The direct message to the owner of a timer that has run for 45 minutes."""
    start(office, f"P-1042 meds call {NOTE}", minutes=45)
    assert tick(office) == 1
    (message,) = office.person().direct_messages()
    return message


def press(office: Office, message: SeenMessage, action: str) -> Glance:
    return office.person().press(message, action)


def test_the_owner_is_asked_once_in_a_direct_message(office: Office, reminded: SeenMessage) -> None:
    assert reminded.text == ASKED
    assert NOTE not in reminded.words
    assert not reminded.ephemeral
    office.clock.move(minutes=30)
    assert tick(office) == 0
    assert office.person("U0NURSE2").direct_messages() == []
    assert office.posts("C0GENERAL") == office.posts("C0BLUE") == []
    assert office.live_count() == 0


def test_stop_now_opens_the_form_with_the_time_until_now(office: Office, reminded: SeenMessage) -> None:
    office.clock.move(minutes=5)

    form = opened(press(office, reminded, STOP_NOW))

    assert "ran 10:00–10:50 am: *50 minutes*. Is that right?" in form.words
    assert prefilled(form)["length"] == "10:00-10:50"
    assert prefilled(form)["note"] == NOTE
    assert office.live_count() == 0
    office.person().submit(form, {"length": "10:00-10:20"})
    assert ([entry.duration_minutes for entry in office.entries()], running(office)) == ([20], None)


def test_stop_now_always_asks_even_right_at_the_limit(office: Office, reminded: SeenMessage) -> None:
    assert prefilled(opened(press(office, reminded, STOP_NOW)))["length"] == "10:00-10:45"
    assert office.live_count() == 0


def test_stop_at_leaves_the_end_to_be_filled_in(office: Office, reminded: SeenMessage) -> None:
    form = opened(press(office, reminded, STOP_AT))
    assert prefilled(form)["length"] == "10:00-"

    assert "cannot be read as a length" in office.person().submit(form).errors["length"]
    office.person().submit(form, {"length": "10:00-10:20"})

    assert [entry.duration_minutes for entry in office.entries()] == [20]


def test_the_message_says_when_its_form_was_saved(office: Office, reminded: SeenMessage) -> None:
    office.person().submit(opened(press(office, reminded, STOP_NOW)))
    office.settle()

    (shown,) = office.person().direct_messages()
    assert shown.text == "The timer for P-1042 was stopped and its time logged."


def test_cancel_throws_the_timer_away(office: Office, reminded: SeenMessage) -> None:
    press(office, reminded, CANCEL)

    (shown,) = office.person().direct_messages()
    assert "*Cancelled* · *P-1042* · 45 min since 10:00 am were not logged." in shown.words
    assert (running(office), office.live_count()) == (None, 0)


def test_keep_running_changes_nothing_and_asks_no_more(office: Office, reminded: SeenMessage) -> None:
    press(office, reminded, KEEP)

    (shown,) = office.person().direct_messages()
    assert "Your timer for P-1042 goes on." in shown.text
    assert "running since 10:00 am · 45 min so far" in shown.words
    office.clock.move(minutes=90)
    assert tick(office) == 0
    assert "*135 minutes*. Is that right?" in opened(press(office, shown, STOP)).words


@pytest.mark.parametrize("action", [STOP_NOW, STOP_AT, CANCEL, KEEP])
def test_a_question_about_a_timer_that_is_over_is_replaced_by_the_news(
    office: Office, reminded: SeenMessage, action: str
) -> None:
    office.say("/ccm cancel")

    press(office, reminded, action)

    (shown,) = office.person().direct_messages()
    assert "That timer is over: it was stopped or cancelled meanwhile." in shown.words
    assert not has_button(shown, action)


def test_a_timer_stopped_in_time_is_not_asked_about(office: Office) -> None:
    start(office, f"P-1042 meds {NOTE}", minutes=44)
    office.say("/ccm stop")
    office.clock.move(minutes=10)

    assert tick(office) == 0


def test_nobody_who_has_left_is_written_to(office: Office) -> None:
    start(office, minutes=45)
    gone = {"id": "nurse1", "slack_user_id": "U0NURSE1", "name": "Nurse One", "roles": "coordinator"}
    import_rows(office.database, office.practice, "staff", [staff_row(**gone, credential="RN", active_to="2026-11-23")])

    assert tick(office) == 0
    assert office.person().direct_messages() == []


@pytest.mark.parametrize(
    ("method", "error"), [("conversations.open", "user_disabled"), ("chat.postMessage", "messages_tab_disabled")]
)
def test_what_slack_refuses_is_logged_and_tried_again(office: Office, method: str, error: str) -> None:
    office.allows_refusals = True
    start(office, minutes=45)
    office.playground.fail_next(method, status=200, error=error)

    with capture_logs() as logs:
        assert tick(office) == 0

    assert [(each["event"], each["staff"], each["reason"]) for each in troubles(logs)] == [
        ("reminder_not_delivered", "nurse1", error)
    ]
    office.clock.move(minutes=2)
    assert tick(office) == 1


@pytest.mark.parametrize("pressed", ["", KEEP])
def test_a_process_killed_before_it_could_say_that_it_asked_leads_to_no_second_question(
    office: Office, monkeypatch: pytest.MonkeyPatch, pressed: str
) -> None:
    start(office, minutes=45)
    with monkeypatch.context() as patch:
        patch.setattr("jobs.notices.timer_reminders.finish_reminder", killed)
        with pytest.raises(Death):
            tick(office)
    (asked,) = office.person().direct_messages()
    if pressed:
        press(office, asked, pressed)

    office.clock.move(minutes=2)
    tick(office)

    assert len(office.person().direct_messages()) == 1
    office.clock.move(minutes=20)
    assert tick(office) == 0


def killed(*_args: Any, **_more: Any) -> None:
    """What dies in place of doing its work."""
    raise Death


@pytest.mark.parametrize("asks", [True, False])
def test_a_practice_that_asks_nobody_does_not_say_that_it_will(office: Office, asks: bool) -> None:
    with office.database.of("T0TEST").writing() as connection:
        change_policy(connection, office.practice, "timer_reminder", asks, at=office.clock(), recorded_by="admin1")

    seen = start(office, minutes=45)

    assert ("you are asked whether you still work" in seen.words) is asks
    assert tick(office) == (1 if asks else 0)


def test_the_jobs_beside_the_bot_remind(office: Office) -> None:
    start(office, minutes=45)

    with jobs_running(office.database, OneWorkspace("T0TEST", office.client), office.clock):
        assert office.playground.wait_until(lambda: bool(office.person().direct_messages()))

    assert len(office.person().direct_messages()) == 1


def test_a_digest_that_fails_keeps_no_reminder_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ArithmeticError

    start(office, minutes=45)
    monkeypatch.setattr("bot.runtime.scheduler.run_due", fail)

    with jobs_running(office.database, OneWorkspace("T0TEST", office.client), office.clock):
        assert office.playground.wait_until(lambda: bool(office.person().direct_messages()))
