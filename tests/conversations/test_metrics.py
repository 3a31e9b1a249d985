"""``/metrics``: what happened is counted once under names from the code, and what waits shows its age."""

import ast
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from slack_sdk.errors import SlackApiError
from support.logs import printed_logs
from support.patience import PATIENCE_SECONDS
from support.practice import NOTE
from support.slack import BLUE, LINE, Harness

from bot.messages.digest_channel import SlackChannel
from bot.messages.direct_messages import SlackDirect
from bot.runtime.background import BackgroundThreads
from bot.runtime.demo import free_port
from bot.runtime.scheduler import practice_jobs, run_jobs
from bot.telemetry.metrics import Metrics
from bot.views.digest import POST_NOW
from bot.views.receipt import UNDO
from jobs.digests.posting import run_due
from jobs.notices.timer_reminders import run_reminders
from ledger.recording.entries import record_entry
from ledger.storage.database import Database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def metrics(harness: Harness) -> Iterator[Metrics]:
    """The metrics of a process in which the harness works."""
    metrics = Metrics()
    metrics.watch_writes(harness.database)
    metrics.watch_due(harness.database, harness.clock)
    with printed_logs(heard_by=[metrics.hear]):
        yield metrics


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_a_command_is_measured_up_to_its_acknowledgement(harness: Harness, metrics: Metrics) -> None:
    harness.say(LINE)
    harness.say("/ccm near")
    harness.say("/ccm near")

    assert value(metrics, "ccm_acknowledged_seconds_count", command="log") == 1
    assert value(metrics, "ccm_acknowledged_seconds_count", command="near") == 2
    assert 0 < (value(metrics, "ccm_acknowledged_seconds_sum", command="log") or 0) < 3
    assert value(metrics, "ccm_acknowledged_seconds_bucket", command="log", le="3.0") == 1
    assert value(metrics, "ccm_requests_total", command="log", outcome="ok") == 1


def test_what_somebody_typed_is_never_a_label(harness: Harness, metrics: Metrics) -> None:
    for line in ("ZEBRANOTE", "log ZEBRANOTE", "me ZEBRANOTE", "patient ZEBRANOTE", "help ZEBRANOTE"):
        harness.say(f"/ccm {line}")

    assert value(metrics, "ccm_requests_total", command="unknown command", outcome="refused") == 1
    assert "ZEBRANOTE" not in generate_latest(metrics.registry).decode()


def test_a_refusal_is_counted_by_its_code_and_a_failure_by_what_failed(
    harness: Harness, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.say("/ccm month")
    monkeypatch.setattr("bot.commands.log.record_entry", lambda *_, **__: {}[NOTE])
    harness.say(LINE)

    assert value(metrics, "ccm_refusals_total", code="ROLE_NEEDED") == 1
    assert value(metrics, "ccm_failures_total", what="log") == 1
    assert value(metrics, "ccm_requests_total", command="log", outcome="failed") == 1


def test_rows_are_counted_when_they_are_stored_and_not_before(
    harness: Harness, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record_and_fail(*args: Any, **more: Any) -> None:
        record_entry(*args, **more)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("bot.commands.log.record_entry", record_and_fail)
        harness.say(LINE)
    assert value(metrics, "ccm_stored_rows_total", table="time_entries") is None

    harness.press(harness.say(LINE), UNDO)

    assert value(metrics, "ccm_stored_rows_total", table="time_entries") == len(harness.entries()) == 1
    assert value(metrics, "ccm_stored_rows_total", table="entry_voids") == 1


def test_calls_of_slack_are_counted_by_method_and_outcome(harness: Harness, metrics: Metrics) -> None:
    harness.allows_refusals = True
    harness.playground.fail_next("auth.test", status=429, retry_after=0)
    harness.client.auth_test()
    with pytest.raises(SlackApiError):
        harness.client.conversations_history(channel="C0NOWHERE")
    harness.playground.fail_next("auth.test", status=500)
    with pytest.raises(SlackApiError):
        harness.client.auth_test()

    assert value(metrics, "ccm_slack_calls_total", method="auth.test", outcome="ratelimited") == 1
    assert value(metrics, "ccm_slack_calls_total", method="auth.test", outcome="ok") == 1
    assert value(metrics, "ccm_slack_calls_total", method="auth.test", outcome="fatal_error") == 1
    name = {"method": "conversations.history", "outcome": "channel_not_found"}
    assert value(metrics, "ccm_slack_calls_total", **name) == 1


def test_a_digest_is_counted_when_it_is_posted_and_while_it_is_not(harness: Harness, metrics: Metrics) -> None:
    channel = SlackChannel(harness.client, pause=lambda _: None)
    harness.clock.now = harness.clock.now.replace(day=25, hour=14, minute=10)
    assert value(metrics, "ccm_messages_due", kind="digest") == 2
    assert value(metrics, "ccm_message_due_seconds", kind="digest") == 600

    run_due(harness.database.of("T0TEST"), "T0TEST", channel, by="one", now=harness.clock)

    assert value(metrics, "ccm_messages_total", kind="digest", outcome="posted") == 2
    assert value(metrics, "ccm_messages_due", kind="digest") is None


def test_a_digest_that_slack_refuses_is_counted_as_failed(harness: Harness, metrics: Metrics) -> None:
    harness.allows_refusals = True
    harness.playground.workspace.channels[BLUE].bot_is_member = False
    harness.clock.now = harness.clock.now.replace(day=25, hour=14, minute=10)

    run_due(
        harness.database.of("T0TEST"),
        "T0TEST",
        SlackChannel(harness.client, pause=lambda _: None),
        by="one",
        now=harness.clock,
    )

    assert value(metrics, "ccm_messages_total", kind="digest", outcome="failed") == 1
    assert value(metrics, "ccm_messages_due", kind="digest") == 1


def test_a_living_digest_and_a_reminder_are_counted(harness: Harness, metrics: Metrics) -> None:
    harness.say("/ccm log P-1042 17m meds call Reconciled the list. Dose confirmed.")
    harness.press(harness.say("/ccm digest Blue Team", "U0LEAD1"), POST_NOW, "U0LEAD1")
    harness.settle()
    harness.say("/ccm log P-1042 5m labs Reviewed the potassium. Result sent to the practitioner.")
    harness.settle()
    harness.say("/ccm start P-1043 meds")
    harness.clock.move(minutes=50)
    run_reminders(harness.database.of("T0TEST"), "T0TEST", SlackDirect(harness.client), now=harness.clock)

    assert value(metrics, "ccm_messages_total", kind="digest_now", outcome="posted") == 1
    assert value(metrics, "ccm_living_updates_total", outcome="updated") == 1
    assert value(metrics, "ccm_messages_total", kind="timer_reminder", outcome="posted") == 1
    assert (value(metrics, "ccm_follow_ups_total", what="follow-up", outcome="ok") or 0) >= 1


def test_each_job_says_when_it_last_did_all_that_was_due(harness: Harness, metrics: Metrics) -> None:
    jobs = practice_jobs(harness.database, "T0TEST", harness.client, harness.clock)
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("DROP TABLE timers")

    run_jobs("T0TEST", jobs)

    assert value(metrics, "ccm_job_last_success_timestamp_seconds", job="run_due", practice="T0TEST")
    assert value(metrics, "ccm_job_last_success_timestamp_seconds", job="run_reminders", practice="T0TEST") is None
    assert value(metrics, "ccm_job_failures_total", job="run_reminders") == 1


def test_what_waits_for_a_thread_shows_its_number_and_its_age() -> None:
    metrics, behind = Metrics(), BackgroundThreads(1)
    metrics.watch_background(behind)
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert go_on.wait(PATIENCE_SECONDS)

    with behind:
        assert (value(metrics, "ccm_behind_waiting"), value(metrics, "ccm_behind_oldest_seconds")) == (0, 0)
        behind.submit(hold)
        assert begun.wait(PATIENCE_SECONDS)
        behind.submit(lambda: None)
        assert value(metrics, "ccm_behind_waiting") == 1
        assert (value(metrics, "ccm_behind_oldest_seconds") or 0) > 0
        go_on.set()
    assert value(metrics, "ccm_behind_waiting") == 0


def test_with_the_database_away_the_metrics_say_so(harness: Harness) -> None:
    metrics = Metrics()
    away = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/ccm")
    metrics.watch_due(away, harness.clock)

    assert value(metrics, "ccm_database_up") == 0
    assert "ccm_messages_due" not in generate_latest(metrics.registry).decode()
    away.close()


def test_two_processes_count_for_themselves() -> None:
    one, other = Metrics(), Metrics()

    one.hear(None, "info", {"event": "unexpected_failure", "request": "log"})

    assert value(one, "ccm_failures_total", what="log") == 1
    assert value(other, "ccm_failures_total", what="log") is None


def test_the_age_of_a_digest_is_told_for_every_practice(harness: Harness, metrics: Metrics) -> None:
    harness.clock.now = harness.clock.now.replace(day=25, hour=14) + timedelta(hours=2)

    assert value(metrics, "ccm_database_up") == 1
    assert value(metrics, "ccm_message_due_seconds", kind="digest") == 7200


def logged_events() -> set[str]:
    """Every event that the code logs."""
    found = set()
    for room in ("bot", "jobs", "ledger"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    found.add(str(node.args[0].value))
    return found


def test_every_event_that_is_counted_is_logged_somewhere() -> None:
    assert set(Metrics()._heard) <= logged_events()


def test_no_metric_is_known_to_the_process_as_a_whole() -> None:
    from prometheus_client import REGISTRY  # noqa: PLC0415 - looked at here alone

    Metrics()

    assert not any(name.startswith("ccm_") for name in REGISTRY._names_to_collectors)
    assert json.dumps([metric.name for metric in Metrics().registry.collect()])
