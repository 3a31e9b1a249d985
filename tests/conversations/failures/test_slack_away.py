"""Slack goes away and comes back: what can be answered is, the jobs hold back, and everything resumes by itself."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from support.logs import troubles
from support.practice import NOTE, an_entry
from support.slack import BLUE, LINE, NOW, Harness

from bot.app import build_app
from bot.runtime.demo import free_port
from bot.runtime.health import SLACK_PATIENCE_SECONDS, Health
from bot.runtime.scheduler import practice_jobs, run_jobs
from bot.slack.availability import SlackGate, slack_reach
from bot.slack.client import web_client
from ledger.errors import LedgerError
from ledger.storage.reach import Reach

NINE = NOW + timedelta(hours=23)
"""When the first digest of the month is due."""


def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}/api/"


def test_the_first_request_of_a_process_is_answered_while_slack_cannot_be_called(harness: Harness) -> None:
    client = web_client("xoxb-playground", nowhere())
    secret = harness.playground.workspace.installation.signing_secret
    harness.app = build_app(harness.database, client, secret, harness.clock, executor=harness.afterwards)

    assert "*Saved* · *P-1042* · 12 min" in harness.say(LINE).words
    assert harness.live_count() == 1


def test_a_form_that_cannot_be_opened_is_answered_with_what_was_typed(harness: Harness) -> None:
    client = web_client("xoxb-playground", nowhere())
    secret = harness.playground.workspace.installation.signing_secret
    harness.app = build_app(harness.database, client, secret, harness.clock, executor=harness.afterwards)

    with capture_logs() as logs:
        seen = harness.say(f"/ccm log P-1042 meds {NOTE}")

    assert "Code: SLACK_AWAY" in seen.words
    assert f"/ccm log P-1042 meds {NOTE}" in seen.words
    assert [one["event"] for one in troubles(logs)] == ["slack_away"]


@pytest.fixture
def reach() -> Reach:
    """What this process knows of Slack."""
    return slack_reach()


@pytest.fixture
def watched(harness: Harness, reach: Reach) -> Harness:
    """The harness when digests are due, with a client that keeps ``reach`` true."""
    harness.work(an_entry(minutes=17))
    harness.clock.now = NINE
    harness.client = web_client(str(harness.client.token), harness.playground.api_url, slack=reach)
    return harness


def test_while_slack_is_away_the_jobs_try_it_less_and_less_and_go_on_when_it_is_back(
    watched: Harness, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = SlackGate(watched.client, reach, watched.clock)
    jobs = practice_jobs(watched.database, "T0TEST", watched.client, watched.clock)
    client, there = watched.client, watched.client.base_url
    client.base_url = nowhere()
    tried: list[int] = []
    asks = client.api_test
    monkeypatch.setattr(client, "api_test", lambda: (tried.append(minute), asks())[1])
    with capture_logs() as logs:
        for minute in range(26):
            client.base_url = nowhere() if minute <= 20 else there
            run_jobs("T0TEST", jobs, gate.is_open)
            watched.clock.move(minutes=1)

    assert tried == [0, 1, 3, 7, 12, 17, 22]
    assert len(watched.posts(BLUE)) == 1
    names = [one["event"] for one in logs]
    assert (names.count("slack_lost"), names.count("slack_back")) == (1, 1)


def test_who_is_asked_to_stop_begins_no_other_job(watched: Harness) -> None:
    health = Health(watched.database)
    done: list[int] = []

    def first() -> None:
        done.append(1)
        health.asked_to_stop.set()

    run_jobs("T0TEST", (first, lambda: done.append(2)), lambda: not health.asked_to_stop.is_set())

    assert done == [1]


def test_a_process_is_not_ready_when_slack_was_away_for_long(harness: Harness) -> None:
    seconds = [0.0]
    health = Health(harness.database, Reach("slack_lost", "slack_back", clock=lambda: seconds[0]))
    health.slack.failed("URLError")
    seconds[0] = SLACK_PATIENCE_SECONDS
    health.check()
    seconds[0] += 1

    with pytest.raises(LedgerError, match="SLACK_AWAY"):
        health.check()
    health.slack.worked()
    health.check()


def test_a_process_without_a_connection_in_socket_mode_is_not_ready(harness: Harness) -> None:
    with pytest.raises(LedgerError, match="NOT_CONNECTED"):
        Health(harness.database, is_connected=lambda: False).check()


def test_what_slack_refuses_does_not_count_as_away(watched: Harness, reach: Reach) -> None:
    watched.playground.fail_next("auth.test", status=200, error="not_allowed_token_type")
    with pytest.raises(Exception, match="not_allowed_token_type"):
        watched.client.auth_test()

    assert not reach.is_away
    watched.playground.fail_next("auth.test", status=503)
    with pytest.raises(Exception, match="fatal_error"):
        watched.client.auth_test()
    assert reach.is_away
