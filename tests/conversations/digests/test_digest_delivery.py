"""Digests reach their channel exactly once, whatever dies on the way and whenever."""

import http.server
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from support.deaths import Death, dying, let_the_lease_end
from support.practice import an_entry
from support.slack import BLUE, GREEN, LONG, NEAR_COUNT, Harness, table_rows

from bot.messages.digest_channel import SlackChannel
from bot.runtime.scheduler import jobs_running
from bot.slack.client import web_client
from bot.slack.workspaces import OneWorkspace
from jobs.digests.posting import SCHEDULED, run_due
from jobs.scheduling.claims import Occurrence, claim

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""When the first digest of the month is due in New York."""


@pytest.fixture
def at_nine(harness: Harness) -> Harness:
    """The harness when its digests are due, with one patient near in the blue team."""
    harness.work(an_entry(minutes=17))
    harness.clock.now = NINE
    return harness


@pytest.fixture
def full_at_nine(full_harness: Harness) -> Harness:
    """The full harness when its digests are due."""
    full_harness.clock.now = NINE
    full_harness.forget_message_rate()
    return full_harness


def tick(harness: Harness, channel: SlackChannel | None = None) -> int:
    """How many digests a process posts now."""
    channel = channel or SlackChannel(harness.client)
    return run_due(
        harness.database.of("T0TEST"), harness.practice.practice_id, channel, by="a process", now=harness.clock
    )


def whole_thread(harness: Harness) -> list[str]:
    """The patients in the tables of the only digest in the blue channel, its thread included."""
    (posted,) = harness.posts(BLUE)
    return [row[0] for each in harness.thread(BLUE, posted.ts) for row in table_rows(each)]


def test_what_is_due_is_posted_once_in_each_channel(at_nine: Harness) -> None:
    assert tick(at_nine) == 2
    at_nine.clock.move(minutes=1)
    assert tick(at_nine) == 0

    assert [len(at_nine.posts(channel)) for channel in (BLUE, GREEN)] == [1, 1]
    assert table_rows(at_nine.posts(BLUE)[0])[0][0] == "P-1042"


def test_before_nine_nothing_is_posted(at_nine: Harness) -> None:
    at_nine.clock.move(seconds=-1)

    assert tick(at_nine) == 0


def test_a_process_killed_between_claim_and_post_is_made_up_for(at_nine: Harness) -> None:
    occurrence = Occurrence("T0TEST", SCHEDULED, "blue-team", NINE)
    assert claim(at_nine.database.of("T0TEST"), occurrence, by="a dead process", at=at_nine.clock())

    tick(at_nine)
    assert at_nine.posts(BLUE) == []
    let_the_lease_end(at_nine)
    tick(at_nine)

    assert len(at_nine.posts(BLUE)) == 1


def test_a_process_killed_after_the_post_leads_to_no_second_one(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("jobs.digests.posting.finish", dying(lambda: None, after=0))
        with pytest.raises(Death):
            tick(at_nine)
    assert len(at_nine.posts(BLUE)) == 1

    for _ in range(2):
        let_the_lease_end(at_nine)
        tick(at_nine)

    assert [len(at_nine.posts(channel)) for channel in (BLUE, GREEN)] == [1, 1]


@pytest.mark.parametrize("posts_done", [1, 2, 5])
def test_a_process_killed_in_the_midst_of_a_thread_leads_to_each_message_once(
    full_at_nine: Harness, monkeypatch: pytest.MonkeyPatch, posts_done: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            full_at_nine.client, "chat_postMessage", dying(full_at_nine.client.chat_postMessage, after=posts_done)
        )
        with pytest.raises(Death):
            tick(full_at_nine)
    let_the_lease_end(full_at_nine)
    tick(full_at_nine)

    assert whole_thread(full_at_nine) == [f"N-{number:04}" for number in range(NEAR_COUNT)]
    keys = [call.payload["metadata"] for call in full_at_nine.playground.calls("chat.postMessage")]
    assert len({str(key) for key in keys}) == len(keys)


@pytest.mark.parametrize("accepted_before", [0, 1, 3])
def test_a_post_that_slack_took_but_did_not_confirm_is_not_repeated(
    full_at_nine: Harness, monkeypatch: pytest.MonkeyPatch, accepted_before: int
) -> None:
    post, number = full_at_nine.client.chat_postMessage, iter(range(1000))

    def faulty(**message: Any) -> Any:
        if next(number) == accepted_before:
            full_at_nine.playground.fail_next("chat.postMessage", status=500, after_accepting=True)
        return post(**message)

    with monkeypatch.context() as patch:
        patch.setattr(full_at_nine.client, "chat_postMessage", faulty)
        with capture_logs() as logs:
            tick(full_at_nine)
    assert "digest_not_delivered" in [each["event"] for each in logs]

    let_the_lease_end(full_at_nine)
    tick(full_at_nine)

    assert whole_thread(full_at_nine) == [f"N-{number:04}" for number in range(NEAR_COUNT)]


def test_a_digest_is_found_again_behind_much_later_talk(at_nine: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("jobs.digests.posting.finish", dying(lambda: None, after=0))
        with pytest.raises(Death):
            tick(at_nine)
    for number in range(450):
        at_nine.playground.workspace.messages.add(BLUE, {"user": "U0NURSE1", "text": f"talk {number}"})

    let_the_lease_end(at_nine)
    tick(at_nine)

    assert sum(bool(each.body.get("bot_id")) for each in at_nine.posts(BLUE)) == 1


def test_one_refusing_channel_keeps_no_other_team_from_its_digest(at_nine: Harness) -> None:
    at_nine.allows_refusals = True
    at_nine.playground.workspace.channels[BLUE].bot_is_member = False

    with capture_logs() as logs:
        assert tick(at_nine) == 1

    assert len(at_nine.posts(GREEN)) == 1
    assert {"reason": "not_in_channel", "channel": BLUE}.items() <= logs[0].items()
    at_nine.playground.workspace.channels[BLUE].bot_is_member = True
    let_the_lease_end(at_nine)
    assert tick(at_nine) == 1


@pytest.fixture
def naps(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long Slack's client waited each time; the clock moves by as much instead."""
    slept: list[float] = []

    def nap(seconds: float) -> None:
        slept.append(seconds)
        harness.clock.move(seconds=seconds)

    monkeypatch.setattr("slack_sdk.http_retry.builtin_handlers.time", SimpleNamespace(sleep=nap))
    return slept


def test_slack_is_given_the_time_it_asks_for(at_nine: Harness, naps: list[float]) -> None:
    at_nine.playground.fail_next("chat.postMessage", status=429, retry_after=17)

    assert tick(at_nine) == 2

    assert [17 <= nap < 19 for nap in naps] == [True]
    assert len(at_nine.posts(BLUE)) == 1


def test_a_channel_that_stays_too_busy_is_tried_again_after_the_lease(at_nine: Harness, naps: list[float]) -> None:
    for _ in range(4):
        at_nine.playground.fail_next("chat.postMessage", status=429, retry_after=1)

    with capture_logs() as logs:
        assert tick(at_nine) == 1
    assert logs[0]["reason"] == "ratelimited"

    let_the_lease_end(at_nine)
    assert tick(at_nine) == 1
    assert len(at_nine.posts(BLUE)) == 1


@pytest.fixture
def hanging_up(harness: Harness) -> Iterator[str]:
    """The address of a way to Slack that hangs up on the first post after Slack has taken it."""
    left = [1]

    class Forwarder(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = urllib.request.Request(  # noqa: S310 - the playground's address
                f"{harness.playground.url}{self.path}", body, dict(self.headers), method="POST"
            )
            with urllib.request.urlopen(request) as response:  # noqa: S310 - the same
                answer = response.read()
            if self.path.endswith("chat.postMessage") and left:
                left.pop()
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Keeps silent."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forwarder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()


def test_a_connection_lost_after_the_post_leads_to_no_second_one(
    at_nine: Harness, hanging_up: str, naps: list[float]
) -> None:
    at_nine.forget_message_rate()
    channel = SlackChannel(web_client(at_nine.client.token or "", hanging_up))

    with capture_logs() as logs:
        tick(at_nine, channel)
    assert "slack_unreachable" in [each.get("reason") for each in logs]
    let_the_lease_end(at_nine)
    tick(at_nine, channel)

    assert [len(at_nine.posts(each)) for each in (BLUE, GREEN)] == [1, 1]


def test_the_jobs_beside_the_bot_post_what_is_due_as_soon_as_they_start(full_at_nine: Harness) -> None:
    harness = full_at_nine

    with jobs_running(harness.database, OneWorkspace("T0TEST", harness.client), harness.clock):
        assert harness.playground.wait_until(lambda: all(harness.posts(each) for each in (BLUE, GREEN, LONG)))

    assert [len(harness.posts(channel)) for channel in (BLUE, GREEN, LONG)] == [1, 1, 1]


def test_the_jobs_ask_every_minute(harness: Harness) -> None:
    with jobs_running(harness.database, OneWorkspace("T0TEST", harness.client), harness.clock) as scheduler:
        (job,) = scheduler.get_jobs()
        first = job.trigger.get_next_fire_time(None, NINE)
        assert first == NINE
        assert job.trigger.get_next_fire_time(first, NINE + timedelta(seconds=1)) == NINE + timedelta(minutes=1)


def test_jobs_that_fail_are_logged_without_the_words_of_the_failure(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT secret", {}, Exception("secret"))

    monkeypatch.setattr("bot.runtime.scheduler.run_due", fail)

    with capture_logs() as logs, jobs_running(harness.database, OneWorkspace("T0TEST", harness.client), harness.clock):
        pass

    failed = [each for each in logs if each["event"] == "jobs_failed"]
    assert failed == [{"event": "jobs_failed", "kind": "OperationalError", "log_level": "error"}]
    assert "secret" not in str(logs)
