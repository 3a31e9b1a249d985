"""The connection of Socket Mode: it is watched, made again and handed over, and no answer is lost with it."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.patience import PATIENCE_SECONDS
from support.practice import NOTE
from support.proxy import Proxy, proxied
from support.slack import GENERAL, LINE, Harness, ManualClock, open_harness
from support.sockets import connected

from bot.runtime.health import Health
from bot.runtime.socket_mode import SocketMode
from bot.slack.availability import slack_reach
from bot.slack.client import web_client
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.storage.database import Database


@pytest.fixture
def harness(harness_database: Database, harness_practice: Practice, clock: ManualClock) -> Iterator[Harness]:
    """The bot that is reached by Socket Mode alone."""
    with open_harness(harness_database, harness_practice, clock, attached=False) as harness:
        yield harness


@pytest.fixture
def slack(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Iterator[SocketMode]:
    """The bot's connection, which is watched by the tenth of a second."""
    monkeypatch.setattr("bot.runtime.socket_mode.PING_SECONDS", 0.05)
    monkeypatch.setattr("bot.runtime.connection.PONG_SECONDS", 0.5)
    monkeypatch.setattr("bot.runtime.socket_mode.LINGER_SECONDS", 0.05)
    with connected(harness) as slack:
        yield slack


class Held:
    """The bot's next request, which waits until it is let go; and somebody who waits for the answer."""

    def __init__(self, harness: Harness, patch: pytest.MonkeyPatch) -> None:
        self._here, self._go_on = threading.Event(), threading.Event()
        dispatch = harness.app.dispatch

        def held(request: Any) -> Any:
            patch.setattr(harness.app, "dispatch", dispatch)
            self._here.set()
            assert self._go_on.wait(PATIENCE_SECONDS)
            return dispatch(request)

        patch.setattr(harness.app, "dispatch", held)

    def wait(self) -> None:
        """Returns when the bot has the request."""
        assert self._here.wait(PATIENCE_SECONDS)

    def let_go(self) -> None:
        """Lets the bot answer."""
        self._go_on.set()


@pytest.fixture
def typing() -> Iterator[ThreadPoolExecutor]:
    """People who wait for the bot."""
    with ThreadPoolExecutor() as pool:
        yield pool


def connections(harness: Harness) -> int:
    return harness.playground.delivery.sockets.connection_count


def wait_for(harness: Harness, number: int) -> None:
    assert harness.playground.wait_until(lambda: connections(harness) == number, PATIENCE_SECONDS)


def opened(harness: Harness) -> int:
    return len(harness.playground.calls("apps.connections.open"))


def ephemeral_words(harness: Harness) -> str:
    return "\n".join(seen.words for seen in harness.person().messages(GENERAL) if seen.ephemeral)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_when_slack_asks_for_a_new_connection_what_came_by_the_old_is_acknowledged_by_it(
    harness: Harness,
    slack: SocketMode,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    typing: ThreadPoolExecutor,
) -> None:
    held = Held(harness, monkeypatch)
    answer = typing.submit(harness.say, LINE)
    held.wait()
    harness.playground.delivery.sockets.ask_to_reconnect(reason)
    wait_for(harness, 2)
    assert slack.is_connected()
    assert "*Saved*" in harness.say(LINE.replace("P-1042", "P-1043"), "U0NURSE2").words
    held.let_go()

    assert "*Saved*" in answer.result().words
    wait_for(harness, 1)
    assert opened(harness) == 2


@pytest.mark.usefixtures("slack")
@pytest.mark.parametrize(("silently", "reason"), [(False, "ended"), (True, "no pong")])
def test_a_connection_that_dies_without_a_close_frame_is_made_again(
    harness: Harness, silently: bool, reason: str
) -> None:
    with capture_logs() as logs:
        harness.playground.lose_connections(silently=silently)
        assert harness.playground.wait_until(lambda: opened(harness) == 2, PATIENCE_SECONDS)
        assert harness.playground.wait_until(lambda: any(not one.frozen for one in links(harness)), PATIENCE_SECONDS)

    assert "*Saved*" in harness.say(LINE).words
    (lost,) = [one for one in logs if one["event"] == "connection_lost"]
    assert (lost["log_level"], lost["reason"]) == ("warning", reason)


def links(harness: Harness) -> list[Any]:
    return harness.playground.delivery.sockets.links


def test_without_a_pong_the_process_says_that_it_is_not_ready(harness: Harness, slack: SocketMode) -> None:
    health = Health(harness.database, is_connected=slack.is_connected)
    health.check()
    held = harness.playground.hold_next("apps.connections.open")
    harness.playground.lose_connections(silently=True)
    assert held.reached(PATIENCE_SECONDS)

    with pytest.raises(LedgerError, match="NOT_CONNECTED"):
        health.check()

    held.let_go()
    assert harness.playground.wait_until(lambda: any(not one.frozen for one in links(harness)), PATIENCE_SECONDS)
    assert "*Saved*" in harness.say(LINE).words
    health.check()


@pytest.mark.usefixtures("slack")
def test_an_answer_whose_connection_died_comes_by_the_response_url(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, typing: ThreadPoolExecutor
) -> None:
    harness.allows_refusals = True  # Slack says that nobody answered
    held = Held(harness, monkeypatch)
    answer = typing.submit(harness.say, LINE)
    held.wait()
    harness.playground.lose_connections()
    assert answer.result().outcome.error == "dispatch_failed"
    held.let_go()

    assert harness.playground.wait_until(lambda: "*Saved*" in ephemeral_words(harness), PATIENCE_SECONDS)
    assert harness.live_count() == 1


@pytest.mark.usefixtures("slack")
def test_a_form_whose_connection_died_shows_what_came_of_it(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, typing: ThreadPoolExecutor
) -> None:
    harness.allows_refusals = True
    form = harness.say("/ccm log P-1042 meds").modal
    assert form is not None
    held = Held(harness, monkeypatch)
    answer = typing.submit(harness.person().submit, form, {"length": "20m", "note": NOTE})
    held.wait()
    harness.playground.lose_connections()
    assert answer.result().outcome.error == "dispatch_failed"
    held.let_go()

    def title() -> str | None:
        shown = harness.person().modal
        return shown and shown.title

    assert harness.playground.wait_until(lambda: title() == "Saved", PATIENCE_SECONDS)


@pytest.mark.usefixtures("slack")
def test_where_slack_does_not_let_it_connect_it_goes_on_trying(harness: Harness) -> None:
    harness.allows_refusals = True
    with capture_logs() as logs:
        harness.playground.fail_next("apps.connections.open", status=200, error="internal_error")
        harness.playground.lose_connections()
        assert harness.playground.wait_until(lambda: opened(harness) >= 3, PATIENCE_SECONDS)
        wait_for(harness, 1)

    assert "connection_refused" in [one["event"] for one in logs]
    assert "*Saved*" in harness.say(LINE).words


@pytest.fixture
def proxy(harness: Harness) -> Iterator[Proxy]:
    """The way to Slack, Socket Mode's too, that can be cut."""
    with proxied(harness.playground.url) as proxy:
        harness.playground.url = proxy.address
        yield proxy


def test_when_all_of_slack_was_away_the_connection_is_made_again(harness: Harness, proxy: Proxy) -> None:
    reach = slack_reach()
    client = web_client(str(harness.client.token), f"{proxy.address}/api/", slack=reach)
    with connected(harness, client) as slack:
        tried_in_vain = threading.Event()
        proxy.unplug()
        proxy.on_knock = tried_in_vain.set
        assert tried_in_vain.wait(PATIENCE_SECONDS)
        wait_for(harness, 0)
        assert not slack.is_connected()
        proxy.plug_in()

        wait_for(harness, 1)
        assert "*Saved*" in harness.say(LINE).words
        assert not reach.is_away


def test_who_types_while_the_bot_stops_gets_the_line_back(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, typing: ThreadPoolExecutor
) -> None:
    with connected(harness) as slack:
        held = Held(harness, monkeypatch)
        first = typing.submit(harness.say, LINE)
        held.wait()
        stopping = typing.submit(slack.close)
        answers = (harness.say("/ccm me", "U0NURSE2") for _ in count())
        seen = next(answer for answer in answers if "restarted" in answer.words)
        held.let_go()
        stopping.result()

    assert "The bot is just being restarted. Nothing was saved." in json.dumps(seen.message.blocks).replace("*", "")
    assert "```/ccm me```" in seen.words
    assert "*Saved*" in first.result().words
