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

import pytest
from support.slack import LINE, HandClock, Office, open_office

from bot.demo import free_port
from ledger.clock import now
from ledger.database import Database
from ledger.practice import Practice


@pytest.fixture
def port() -> int:
    """Where the process listens."""
    return free_port()


@pytest.fixture
def office(office_database: Database, office_practice: Practice, port: int) -> Iterator[Office]:
    """A Slack of the present hour, which reaches the bot over HTTP."""
    url = f"http://127.0.0.1:{port}/slack/events"
    with open_office(office_database, office_practice, HandClock(now()), attached=False, request_url=url) as office:
        yield office


@contextmanager
def serving(office: Office, port: int) -> Iterator[subprocess.Popen[str]]:
    """``ccm serve --http`` on the office's ledger and Slack, once it listens; stopped after the block."""
    place = office.playground.workspace.installation
    environment = os.environ | {
        "CCM_DATABASE_URL": office.database.url.render_as_string(hide_password=False),
        "SLACK_API_URL": office.playground.api_url,
        "SLACK_BOT_TOKEN": place.bot_token,
        "SLACK_SIGNING_SECRET": place.signing_secret,
    }
    words = [sys.executable, "-m", "bot", "serve", "--http", "--port", str(port)]
    with subprocess.Popen(words, env=environment, text=True, stderr=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        yield process
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


def test_a_process_prints_json_alone_and_counts_what_it_did(office: Office, port: int) -> None:
    with serving(office, port) as process:
        assert process.stderr is not None
        lines = [json.loads(process.stderr.readline())]
        assert lines[0]["event"] == "listening"
        wait_for_door(port)
        assert "*Saved*" in office.say(LINE).words
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
            shown = response.read().decode()
        process.terminate()
        lines += [json.loads(line) for line in process.stderr]

    (handled,) = [line for line in lines if line["event"] == "request_handled"]
    assert (handled["what"], handled["outcome"], handled["staff"]) == ("log", "ok", "nurse1")
    assert 'ccm_requests_total{command="log",outcome="ok"} 1.0' in shown
    assert 'ccm_stored_rows_total{table="time_entries"} 1.0' in shown
    assert 'ccm_slack_calls_total{method="auth.test",outcome="ok"}' in shown
    assert 'ccm_job_last_success_timestamp_seconds{job="run_due",practice="T0TEST"}' in shown
    assert "process_resident_memory_bytes" in shown
    assert "Dose confirmed" not in json.dumps(lines) + shown
