"""Slack refuses, fails, hangs up or does not answer: nothing is lost, nothing comes twice, and people are told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.jobs import born
from support.practice import a_practice, an_entry, verified
from support.slack import BLUE, GREEN, LINE, HandClock, Office, open_office, picked

from jobs.scheduling.claims import LEASE
from ledger.storage.database import Database

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
KEY = "digest:T0TEST:{}-team:2026-11-25T14:00Z"
Fault = Callable[[Office, str], None]


def fails(**how: Any) -> Fault:
    """A call that fails in that way (``Playground.fail_next``)."""
    return lambda office, method: office.playground.fail_next(method, **how)


def is_kept_waiting(*, after_accepting: bool) -> Fault:
    """A call that is not answered before the bot loses patience."""

    def strike(office: Office, method: str) -> None:
        office.client.timeout = 0.2  # type: ignore[assignment] # the client says int; the socket takes any number
        office.playground.hold_next(method, after_accepting=after_accepting)

    return strike


FAULTS = {
    "too many requests": fails(status=429, retry_after=30),
    "fails": fails(status=500),
    "fails after it was done": fails(status=500, after_accepting=True),
    "hangs up": fails(hangs_up=True),
    "hangs up after it was done": fails(hangs_up=True, after_accepting=True),
    "hangs up halfway through the answer": fails(hangs_up=True, after_accepting=True, halfway=True),
    "does not answer": is_kept_waiting(after_accepting=False),
    "does not answer after it was done": is_kept_waiting(after_accepting=True),
}


@pytest.fixture(params=FAULTS)
def fault(request: pytest.FixtureRequest) -> Fault:
    """Everything that can become of a call, one after the other."""
    return FAULTS[request.param]


@pytest.fixture
def office(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The office with one patient near in the blue team; whoever waits for Slack moves the clock instead."""
    clock = HandClock()
    with open_office(sqlite_database, a_practice(sqlite_database), clock) as office:
        office.work(an_entry(minutes=17))
        office.forget_message_rate()

        def nap(seconds: float) -> None:
            clock.move(seconds=seconds)

        monkeypatch.setattr("slack_sdk.http_retry.builtin_handlers.time", SimpleNamespace(sleep=nap))
        yield office
        office.playground.workspace.traffic.let_all_go()


def tick(office: Office) -> None:
    """Every job is asked once, by a process that is new each time."""
    born(office, office.client)()


def keys(office: Office, channel: str) -> list[str]:
    """The keys of the messages in a channel and its threads."""
    messages = office.playground.workspace.messages.all_seen_by(channel, "nobody")
    return [str(each.body["metadata"]["event_payload"]["key"]) for each in messages if "metadata" in each.body]


def assert_each_once(office: Office) -> None:
    """Fails unless each channel has its digest once."""
    assert keys(office, BLUE) == [KEY.format("blue")]
    assert keys(office, GREEN) == [KEY.format("green")]
    assert verified(office.database, office.practice).difference is None


@pytest.mark.parametrize("method", ["chat.postMessage", "files.getUploadURLExternal", "upload"])
def test_whatever_becomes_of_a_call_each_digest_is_posted_once(office: Office, fault: Fault, method: str) -> None:
    office.clock.now = NINE
    fault(office, method)

    with capture_logs() as logs:
        tick(office)
    office.playground.workspace.traffic.let_all_go()

    assert "jobs_failed" not in [each["event"] for each in logs]
    assert keys(office, GREEN) == [KEY.format("green")], "the other team does not wait"
    office.client.timeout = 30
    office.clock.now += LEASE + timedelta(minutes=1)
    tick(office)
    assert_each_once(office)


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
def test_whatever_becomes_of_the_look_for_an_earlier_message_there_is_no_second_one(
    office: Office, fault: Fault, method: str
) -> None:
    office.clock.now = NINE
    office.playground.fail_next("chat.postMessage", hangs_up=True, after_accepting=True)
    tick(office)
    office.clock.now += LEASE + timedelta(minutes=1)
    fault(office, method)

    tick(office)

    office.client.timeout = 30
    office.clock.now += LEASE + timedelta(minutes=1)
    tick(office)
    assert_each_once(office)


def test_whatever_becomes_of_an_update_the_digest_shows_what_is_so(office: Office, fault: Fault) -> None:
    office.clock.now = NINE
    tick(office)
    fault(office, "chat.update")

    assert "*Saved*" in office.say(LINE).words
    office.playground.workspace.traffic.let_all_go()
    office.settle()

    office.client.timeout = 30
    office.clock.now += timedelta(minutes=1)
    tick(office)
    (shown,) = office.posts(BLUE)
    assert "done by <@U0NURSE1>" in shown.words or "done by nurse1" in shown.words
    assert_each_once(office)


def test_whatever_becomes_of_a_form_that_shall_open_its_author_is_told_and_may_ask_again(
    office: Office, fault: Fault
) -> None:
    fault(office, "views.open")

    seen = office.say("/ccm log P-1042 meds")

    office.client.timeout = 30
    office.playground.workspace.traffic.let_all_go()
    assert seen.outcome.ok, "the command was answered in time"
    assert seen.modal is not None or "Nothing was saved" in seen.words
    again = office.say("/ccm log P-1043 meds").modal
    assert again is not None
    done = office.person().submit(again, {"length": "20m", "patient": picked("P-1043"), "note": "Reconciled the list."})
    assert done.modal is not None
    assert office.live_count() == 2


def test_whatever_becomes_of_the_home_tab_it_is_there_when_it_is_opened_again(office: Office, fault: Fault) -> None:
    fault(office, "views.publish")

    office.person().home(timeout_seconds=0)
    office.playground.workspace.traffic.let_all_go()
    office.settle()

    office.client.timeout = 30
    assert office.person().home() is not None
    office.settle()


def test_what_slack_delivers_while_it_takes_nothing_is_saved_and_told(office: Office) -> None:
    """The answer to a command is in its acknowledgement: it needs no call."""
    for method in ("chat.update", "chat.postMessage", "views.publish"):
        office.playground.fail_next(method, status=500)

    assert "*Saved*" in office.say(LINE).words
    office.settle()
    assert office.live_count() == 2
