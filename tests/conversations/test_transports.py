"""The bot over the real ways from Slack: Socket Mode and HTTP; and what it says of its health."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from support.asking import ask
from support.databases import fill
from support.http import served
from support.logs import printed_logs
from support.patience import PATIENCE_SECONDS
from support.practice import NOTE, a_practice
from support.slack import BLUE, LINE, Harness, ManualClock, open_harness, picked
from support.sockets import connected

from bot.app import build_app
from bot.playground.delivery.http import signed_request
from bot.runtime.demo import free_port
from bot.runtime.server import check_practice, workspace_of
from bot.slack.client import web_client
from bot.telemetry.metrics import Metrics
from bot.views.digest import POST_NOW
from bot.views.receipt import UNDO
from ledger.errors import DatabaseAwayError, LedgerError
from ledger.practice.practice import Practice
from ledger.storage.database import Database


@pytest.fixture
def socket_harness(harness_database: Database, harness_practice: Practice, clock: ManualClock) -> Iterator[Harness]:
    """The bot connected by Socket Mode."""
    with open_harness(harness_database, harness_practice, clock, attached=False) as harness, connected(harness):
        yield harness


@pytest.fixture(params=["http_harness", "socket_harness"])
def far_harness(request: pytest.FixtureRequest) -> Harness:
    """The bot by both ways, one after the other."""
    return request.getfixturevalue(request.param)


def test_a_small_journey_is_the_same_by_either_way(far_harness: Harness) -> None:
    saved = far_harness.say(LINE)
    assert "*Saved* · *P-1042* · 12 min" in saved.words
    assert "*Undone*" in far_harness.press(saved, UNDO).words
    form = far_harness.say("/ccm log P-1042 meds").modal
    assert form is not None
    done = far_harness.person().submit(form, {"length": "20m", "note": NOTE})
    assert done.modal is not None
    assert done.modal.title == "Saved"
    wrong = far_harness.person().submit(opened(far_harness), {"length": "20x", "patient": picked("P-1042")})
    assert list(wrong.errors) == ["length"]
    far_harness.press(far_harness.say("/ccm digest Blue Team", "U0LEAD1"), POST_NOW, "U0LEAD1")
    assert far_harness.playground.wait_until(lambda: bool(far_harness.posts(BLUE)))
    assert [entry.duration_minutes for entry in far_harness.entries()] == [12, 20]


def opened(harness: Harness) -> Any:
    """A fresh form with all but a readable length."""
    return harness.say(f"/ccm log P-1042 meds {NOTE}").modal


def test_the_bot_says_that_it_runs_and_is_ready(http_harness: Harness) -> None:
    address = str(http_harness.playground.workspace.installation.request_url).removesuffix("/slack/events")

    assert ask(f"{address}/healthz") == (200, {"status": "ok"})
    assert ask(f"{address}/readyz") == (200, {"status": "ready"})


def test_without_the_newest_migration_the_bot_is_not_ready(
    harness: Harness, tmp_path: Path, door: socket.socket
) -> None:
    harness.database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with served(harness, door) as address:
        status, body = ask(f"{address}/readyz")

        assert (status, body["code"], body["remedy"]) == (503, "DATABASE_NOT_UPGRADED", "Run: ccm db upgrade")
        assert ask(f"{address}/healthz")[0] == 200
    harness.database.close()


def test_with_the_database_away_the_bot_is_not_ready(harness: Harness, door: socket.socket) -> None:
    harness.database = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/ccm")
    with served(harness, door) as address:
        status, body = ask(f"{address}/readyz")

        assert (status, body["code"]) == (503, "DATABASE_AWAY")
        assert ask(f"{address}/healthz")[0] == 200
    harness.database.close()


def test_with_the_disk_full_the_bot_is_not_ready_until_something_is_stored(
    harness: Harness, door: socket.socket
) -> None:
    with served(harness, door) as address:
        with pytest.raises(DBAPIError, match="full"):
            fill(harness.database)

        status, body = ask(f"{address}/readyz")
        assert (status, body["code"]) == (503, "DISK_FULL")
        assert "df -h" in body["remedy"]

        harness.say(LINE)
        assert ask(f"{address}/readyz") == (200, {"status": "ready"})


def test_the_metrics_are_served_beside_the_bot(harness: Harness, door: socket.socket) -> None:
    metrics = Metrics()
    metrics.watch_due(harness.database, harness.clock)
    with served(harness, door, [metrics.route()]) as address, urllib.request.urlopen(f"{address}/metrics") as response:  # noqa: S310 - our own server
        assert response.headers["content-type"].startswith("text/plain")
        assert "ccm_database_up 1.0" in response.read().decode()


def test_a_request_has_its_id_by_either_way(far_harness: Harness) -> None:
    with printed_logs() as printed:
        far_harness.say(LINE)
        far_harness.settle()

    said, *followed = sorted(printed.lines, key=lambda line: line["event"] != "request_handled")
    assert (said["what"], said["outcome"], said["staff"]) == ("log", "ok", "nurse1")
    assert followed
    assert {line["request_id"] for line in followed} == {said["request_id"]}


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_request_that_slack_did_not_sign_is_refused(http_harness: Harness, is_signed: bool) -> None:
    http_harness.say("/ccm near")
    headers, body = signed_request("slash_commands", http_harness.last_payload("slash_commands"), "a wrong one", None)
    if not is_signed:
        del headers["X-Slack-Signature"]
    body = body.replace("near", "log+P-1042+12m+meds+Reconciled.")

    status, _ = ask(str(http_harness.playground.workspace.installation.request_url), body, headers)

    assert status == 401
    assert http_harness.live_count() == 0


def test_an_old_request_sent_again_later_is_refused(http_harness: Harness) -> None:
    http_harness.say("/ccm near")
    secret = http_harness.playground.workspace.installation.signing_secret
    headers, body = signed_request("slash_commands", http_harness.last_payload("slash_commands"), secret, None)
    headers["X-Slack-Request-Timestamp"] = str(int(headers["X-Slack-Request-Timestamp"]) - 600)

    assert ask(str(http_harness.playground.workspace.installation.request_url), body, headers)[0] == 401


def test_requests_are_never_worked_on_by_the_event_loop(http_harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    dispatch = http_harness.app.dispatch

    def watched(request: Any) -> Any:
        threads.append(threading.current_thread())
        return dispatch(request)

    monkeypatch.setattr(http_harness.app, "dispatch", watched)
    http_harness.say("/ccm near")

    assert [thread.name for thread in threads] == ["AnyIO worker thread"]


def test_while_one_request_waits_others_are_answered(http_harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, go_on = threading.Event(), threading.Event()
    dispatch = http_harness.app.dispatch

    def held_up(request: Any) -> Any:
        waiting.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return dispatch(request)

    monkeypatch.setattr(http_harness.app, "dispatch", held_up)
    typing = threading.Thread(target=lambda: http_harness.say("/ccm near"))
    typing.start()
    assert waiting.wait(PATIENCE_SECONDS)
    address = str(http_harness.playground.workspace.installation.request_url).removesuffix("/slack/events")

    assert ask(f"{address}/healthz")[0] == 200
    go_on.set()
    typing.join()


def test_the_workspace_is_known_from_the_token(harness: Harness) -> None:
    assert workspace_of(harness.client) == "T0TEST"


def test_a_token_that_slack_refuses_is_explained(harness: Harness) -> None:
    harness.allows_refusals = True

    with pytest.raises(LedgerError, match=r"SLACK_TOKEN: Slack refuses the bot token \(invalid_auth\)"):
        workspace_of(web_client("xoxb-wrong", harness.playground.api_url))


def test_a_slack_that_cannot_be_reached_is_explained() -> None:
    with pytest.raises(LedgerError, match="SLACK_AWAY"):
        workspace_of(web_client("xoxb-playground", f"http://127.0.0.1:{free_port()}/api/"))


def test_a_workspace_without_a_practice_is_found_out_before_anything_runs(harness: Harness) -> None:
    check_practice(harness.database, "T0TEST")
    with pytest.raises(LedgerError, match="PRACTICE_UNKNOWN"):
        check_practice(harness.database, "T0OTHER")


def test_a_ledger_without_migrations_is_found_out_before_anything_runs(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(DatabaseAwayError, match="DATABASE_NOT_UPGRADED"):
        check_practice(database, "T0TEST")
    database.close()


def test_building_the_app_calls_nobody(harness: Harness) -> None:
    before = len(harness.playground.calls("auth.test"))
    build_app(harness.database, harness.client, "secret", harness.clock, executor=harness.afterwards)

    assert len(harness.playground.calls("auth.test")) == before


def test_a_small_journey_is_the_same_on_postgresql(postgresql_database: Database, clock: ManualClock) -> None:
    with open_harness(postgresql_database, a_practice(postgresql_database), clock) as harness:
        saved = harness.say(LINE)
        assert "*0 → 12 minutes* in November" in saved.words
        assert "nothing was saved twice" in json.dumps(harness.deliver_again("slash_commands"))
        assert "P-1042" in harness.say("/ccm month", "U0BILLER1").words
        assert "*Undone*" in harness.press(saved, UNDO).words
        harness.press(harness.say("/ccm digest Blue Team", "U0LEAD1"), POST_NOW, "U0LEAD1")
        assert harness.playground.wait_until(lambda: bool(harness.posts(BLUE)))
        assert harness.live_count() == 0
