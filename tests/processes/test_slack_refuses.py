"""Slack refuses, fails, hangs up or does not answer: nothing is lost, nothing comes twice, and people are told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.jobs import born
from support.practice import a_practice, an_entry, verified
from support.slack import BLUE, GREEN, LINE, Harness, ManualClock, open_harness, picked

from jobs.scheduling.claims import LEASE
from ledger.storage.database import Database

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
KEY = "digest:T0TEST:{}-team:2026-11-25T14:00Z"
Fault = Callable[[Harness, str], None]


def fails(**how: Any) -> Fault:
    """A call that fails in that way (``Playground.fail_next``)."""
    return lambda harness, method: harness.playground.fail_next(method, **how)


def is_kept_waiting(*, after_accepting: bool) -> Fault:
    """A call that is not answered before the bot loses patience."""

    def strike(harness: Harness, method: str) -> None:
        harness.client.timeout = 0.2  # type: ignore[assignment] # the client says int; the socket takes any number
        harness.playground.hold_next(method, after_accepting=after_accepting)

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
def harness(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    """The harness with one patient near in the blue team; whoever waits for Slack moves the clock instead."""
    clock = ManualClock()
    with open_harness(sqlite_database, a_practice(sqlite_database), clock) as harness:
        harness.work(an_entry(minutes=17))
        harness.forget_message_rate()

        def nap(seconds: float) -> None:
            clock.move(seconds=seconds)

        monkeypatch.setattr("slack_sdk.http_retry.builtin_handlers.time", SimpleNamespace(sleep=nap))
        yield harness
        harness.playground.workspace.traffic.let_all_go()


def tick(harness: Harness) -> None:
    """Every job is asked once, by a process that is new each time."""
    born(harness, harness.client)()


def keys(harness: Harness, channel: str) -> list[str]:
    """The keys of the messages in a channel and its threads."""
    messages = harness.playground.workspace.messages.all_seen_by(channel, "nobody")
    return [str(each.body["metadata"]["event_payload"]["key"]) for each in messages if "metadata" in each.body]


def assert_each_once(harness: Harness) -> None:
    """Fails unless each channel has its digest once."""
    assert keys(harness, BLUE) == [KEY.format("blue")]
    assert keys(harness, GREEN) == [KEY.format("green")]
    assert verified(harness.database, harness.practice).difference is None


@pytest.mark.parametrize("method", ["chat.postMessage", "files.getUploadURLExternal", "upload"])
def test_whatever_becomes_of_a_call_each_digest_is_posted_once(harness: Harness, fault: Fault, method: str) -> None:
    harness.clock.now = NINE
    fault(harness, method)

    with capture_logs() as logs:
        tick(harness)
    harness.playground.workspace.traffic.let_all_go()

    assert "jobs_failed" not in [each["event"] for each in logs]
    assert keys(harness, GREEN) == [KEY.format("green")], "the other team does not wait"
    harness.client.timeout = 30
    harness.clock.now += LEASE + timedelta(minutes=1)
    tick(harness)
    assert_each_once(harness)


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
def test_whatever_becomes_of_the_look_for_an_earlier_message_there_is_no_second_one(
    harness: Harness, fault: Fault, method: str
) -> None:
    harness.clock.now = NINE
    harness.playground.fail_next("chat.postMessage", hangs_up=True, after_accepting=True)
    tick(harness)
    harness.clock.now += LEASE + timedelta(minutes=1)
    fault(harness, method)

    tick(harness)

    harness.client.timeout = 30
    harness.clock.now += LEASE + timedelta(minutes=1)
    tick(harness)
    assert_each_once(harness)


def test_whatever_becomes_of_an_update_the_digest_shows_what_is_so(harness: Harness, fault: Fault) -> None:
    harness.clock.now = NINE
    tick(harness)
    fault(harness, "chat.update")

    assert "*Saved*" in harness.say(LINE).words
    harness.playground.workspace.traffic.let_all_go()
    harness.settle()

    harness.client.timeout = 30
    harness.clock.now += timedelta(minutes=1)
    tick(harness)
    (shown,) = harness.posts(BLUE)
    assert "done by <@U0NURSE1>" in shown.words or "done by nurse1" in shown.words
    assert_each_once(harness)


def test_whatever_becomes_of_a_form_that_shall_open_its_author_is_told_and_may_ask_again(
    harness: Harness, fault: Fault
) -> None:
    fault(harness, "views.open")

    seen = harness.say("/ccm log P-1042 meds")

    harness.client.timeout = 30
    harness.playground.workspace.traffic.let_all_go()
    assert seen.outcome.ok, "the command was answered in time"
    assert seen.modal is not None or "Nothing was saved" in seen.words
    again = harness.say("/ccm log P-1043 meds").modal
    assert again is not None
    done = harness.person().submit(
        again, {"length": "20m", "patient": picked("P-1043"), "note": "Reconciled the list."}
    )
    assert done.modal is not None
    assert harness.live_count() == 2


def test_whatever_becomes_of_the_home_tab_it_is_there_when_it_is_opened_again(harness: Harness, fault: Fault) -> None:
    fault(harness, "views.publish")

    harness.person().home(timeout_seconds=0)
    harness.playground.workspace.traffic.let_all_go()
    harness.settle()

    harness.client.timeout = 30
    assert harness.person().home() is not None
    harness.settle()


def test_what_slack_delivers_while_it_takes_nothing_is_saved_and_told(harness: Harness) -> None:
    """The answer to a command is in its acknowledgement: it needs no call."""
    for method in ("chat.update", "chat.postMessage", "views.publish"):
        harness.playground.fail_next(method, status=500)

    assert "*Saved*" in harness.say(LINE).words
    harness.settle()
    assert harness.live_count() == 2
