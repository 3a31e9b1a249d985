"""``ccm serve --http`` as a process: what it prints can be collected, and what it counts can be scraped."""

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.patience import PATIENCE_SECONDS
from support.slack import LINE, Harness, ManualClock, open_harness

from bot.runtime.demo import free_port
from ledger.clock import now
from ledger.practice.practice import Practice
from ledger.storage.database import Database


@pytest.fixture
def port() -> int:
    """Where the process listens."""
    return free_port()


JOB_DONE = 'ccm_job_last_success_timestamp_seconds{job="run_due",practice="T0TEST"}'


@pytest.fixture
def harness(harness_database: Database, harness_practice: Practice, port: int) -> Iterator[Harness]:
    """A Slack of the present hour, which reaches the bot over HTTP."""
    url = f"http://127.0.0.1:{port}/slack/events"
    with open_harness(
        harness_database, harness_practice, ManualClock(now()), attached=False, request_url=url
    ) as harness:
        yield harness


def settings(harness: Harness) -> dict[str, str]:
    """The environment of a process that works in the harness."""
    place = harness.playground.workspace.installation
    return os.environ | {
        "CCM_DATABASE_URL": harness.database.url.render_as_string(hide_password=False),
        "SLACK_API_URL": harness.playground.api_url,
        "SLACK_BOT_TOKEN": place.bot_token,
        "SLACK_SIGNING_SECRET": place.signing_secret,
    }


def ccm(harness: Harness, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own."""
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, env=settings(harness), text=True, capture_output=True, check=False)  # noqa: S603 - ourselves


@contextmanager
def serving(harness: Harness, port: int) -> Iterator[subprocess.Popen[str]]:
    """``ccm serve --http`` on the harness's ledger and Slack, once it prints; stopped after the block."""
    words = [sys.executable, "-m", "bot", "serve", "--http", "--port", str(port)]
    with subprocess.Popen(words, env=settings(harness), text=True, stderr=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        try:
            yield process
        finally:
            process.terminate()


def wait_for_door(port: int) -> None:
    """Returns when something listens there."""
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
        else:
            return
    pytest.fail("nothing listens")


def metrics_with(port: int, words: str) -> str:
    """What ``/metrics`` shows once these words are in it."""
    for _ in range(400):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
            shown = str(response.read().decode())
        if words in shown:
            return shown
        threading.Event().wait(0.05)
    pytest.fail(f"{words} was never counted")


def test_a_process_prints_json_alone_and_counts_what_it_did(harness: Harness, port: int) -> None:
    with serving(harness, port) as process:
        assert process.stderr is not None
        wait_for_door(port)
        assert "*Saved*" in harness.say(LINE).words
        shown = metrics_with(port, JOB_DONE)
        process.terminate()
        lines = [json.loads(line) for line in process.stderr]

    assert {"listening", "stopping"} <= {line["event"] for line in lines}
    (handled,) = [line for line in lines if line["event"] == "request_handled"]
    assert (handled["what"], handled["outcome"], handled["staff"]) == ("log", "ok", "nurse1")
    assert 'ccm_requests_total{command="log",outcome="ok"} 1.0' in shown
    assert 'ccm_stored_rows_total{table="time_entries"} 1.0' in shown
    assert 'ccm_slack_calls_total{method="auth.test",outcome="ok"}' in shown
    assert "process_resident_memory_bytes" in shown
    assert "Dose confirmed" not in json.dumps(lines) + shown


def test_while_the_bot_runs_it_can_be_backed_up_and_not_restored_over(
    harness: Harness, port: int, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup.sqlite3")
    with serving(harness, port):
        wait_for_door(port)
        harness.say(LINE)
        backed_up, refused = ccm(harness, "backup", file), ccm(harness, "restore", file)
    harness.database.close()
    restored = ccm(harness, "restore", file)

    assert "1 entries" in backed_up.stdout, backed_up.stderr
    assert (refused.returncode, "LEDGER_IN_USE" in refused.stderr) == (1, True)
    assert restored.returncode == 0, restored.stderr
    assert ccm(harness, "verify").returncode == 0
    assert [entry.duration_minutes for entry in harness.entries()] == [12]


def test_whoever_reads_the_log_may_go_away_and_the_bot_goes_on_and_stops(harness: Harness, port: int) -> None:
    with serving(harness, port) as process:
        wait_for_door(port)
        assert process.stderr is not None
        process.stderr.close()

        assert "*Saved*" in harness.say(LINE).words
        assert "*Saved*" in harness.say(LINE.replace("P-1042", "P-1043")).words
        process.terminate()

        assert process.wait(PATIENCE_SECONDS) >= 0
