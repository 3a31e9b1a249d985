"""What a process counts and measures for Prometheus: one table from what is logged to what is counted (decision 023).

Labels have values from the code alone (commands, codes of errors, methods of Slack, tables) and ids of practices.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Insert, event
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.typing import EventDict, WrappedLogger

from bot.runtime.background import BackgroundThreads
from jobs.scheduling.runs import waiting
from ledger.errors import DatabaseAwayError
from ledger.storage.database import Database
from ledger.storage.tables import APPEND_ONLY

ACKNOWLEDGED_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Bounds of the histogram of acknowledgements: Slack waits for three seconds."""
MESSAGES: Mapping[str, tuple[str, str]] = {
    "digest_posted": ("digest", "posted"),
    "digest_not_delivered": ("digest", "failed"),
    "notice_sent": ("notice", "posted"),
    "message_not_delivered": ("notice", "failed"),
    "run_missed": ("run", "missed"),
    "missed_not_told": ("missed", "failed"),
    "timer_reminded": ("timer_reminder", "posted"),
    "reminder_not_delivered": ("timer_reminder", "failed"),
}
"""By what is logged of a scheduled message: what became of it, and its kind where the line has neither key nor kind."""
LIVING_UPDATES: Mapping[str, str] = {"digest_updated": "updated", "digest_not_updated": "failed"}


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._acknowledged = Histogram(
            "ccm_acknowledged_seconds",
            "How long Slack waited for the answer to a request.",
            ["command"],
            buckets=ACKNOWLEDGED_SECONDS,
            registry=self.registry,
        )
        self._requests = self._counter("ccm_requests", "Requests from Slack.", "command", "outcome")
        self._behind = self._counter("ccm_follow_ups", "Work done behind acknowledgements.", "what", "outcome")
        self._refusals = self._counter("ccm_refusals", "Requests whose author was told what to mend.", "code")
        self._failures = self._counter("ccm_failures", "Failures that were given a reference number.", "what")
        self._stored = self._counter("ccm_stored_rows", "Rows added to append-only tables.", "table")
        self._messages = self._counter("ccm_messages", "Scheduled messages.", "kind", "outcome")
        self._living = self._counter("ccm_living_updates", "Digests brought up to date in place.", "outcome")
        self._retries = self._counter("ccm_database_retries", "Transactions that were begun again.")
        self._away = self._counter("ccm_database_away", "Requests that found the database away.")
        self._calls = self._counter("ccm_slack_calls", "Calls of Slack's Web API.", "method", "outcome")
        self._job_failures = self._counter("ccm_job_failures", "Jobs that failed and are tried again.", "job")
        self._job_done = Gauge(
            "ccm_job_last_success_timestamp_seconds",
            "When a job last did all that was due.",
            ["job", "practice"],
            registry=self.registry,
        )
        self._heard: Mapping[str, Callable[[EventDict], None]] = {
            "request_handled": self._request_handled,
            "follow_up_done": lambda event: self._behind.labels(event["what"], event["outcome"]).inc(),
            "unexpected_failure": lambda event: self._failures.labels(event["request"]).inc(),
            "database_away": lambda _event: self._away.inc(),
            "database_retry": lambda _event: self._retries.inc(),
            "slack_called": lambda event: self._calls.labels(event["method"], event["outcome"]).inc(),
            "jobs_failed": lambda event: self._job_failures.labels(event["job"]).inc(),
            "job_done": lambda event: self._job_done.labels(event["job"], event["practice"]).set_to_current_time(),
            **dict.fromkeys(MESSAGES, self._message),
            **dict.fromkeys(LIVING_UPDATES, lambda event: self._living.labels(LIVING_UPDATES[event["event"]]).inc()),
        }

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(name, documentation, labels, registry=self.registry)

    def hear(self, _logger: WrappedLogger, _level: str, event: EventDict) -> EventDict:
        """Count what is logged; a processor of structlog."""
        counts = self._heard.get(event["event"])
        if counts is not None:
            counts(event)
        return event

    def _request_handled(self, event: EventDict) -> None:
        self._acknowledged.labels(event["what"]).observe(event["duration_ms"] / 1000)
        self._requests.labels(event["what"], event["outcome"]).inc()
        if event["outcome"] == "refused":
            self._refusals.labels(event["code"]).inc()

    def _message(self, event: EventDict) -> None:
        usual, outcome = MESSAGES[event["event"]]
        kind = event["key"].partition(":")[0] if "key" in event else event.get("kind", usual)
        self._messages.labels(kind, "late" if event.get("late") else outcome).inc()

    def watch_writes(self, database: Database) -> None:
        """Count the rows that are added to append-only tables, once they are committed."""
        # Not in ``Connection.info``, which raises where the connection was lost: nobody would begin the work again.
        pending: WeakKeyDictionary[Connection, dict[str, int]] = WeakKeyDictionary()

        @event.listens_for(database.engine, "after_execute")
        def _noted(connection: Connection, statement: Any, many: Any, _one: Any, _options: Any, _result: Any) -> None:
            table = statement.table.name if isinstance(statement, Insert) else None
            if table in APPEND_ONLY:
                rows = pending.setdefault(connection, {})
                rows[table] = rows.get(table, 0) + max(len(many or ()), 1)

        @event.listens_for(database.engine, "commit")
        def _counted(connection: Connection) -> None:
            for table, rows in pending.pop(connection, {}).items():
                self._stored.labels(table).inc(rows)

        @event.listens_for(database.engine, "rollback")
        def _forgotten(connection: Connection) -> None:
            pending.pop(connection, None)

    def watch_background(self, behind: BackgroundThreads) -> None:
        """Show what waits behind the acknowledgements."""
        count = Gauge("ccm_behind_waiting", "Work that waits for a free thread.", registry=self.registry)
        count.set_function(lambda: behind.waiting)
        oldest = Gauge("ccm_behind_oldest_seconds", "How long the oldest of it has waited.", registry=self.registry)
        oldest.set_function(lambda: behind.oldest_seconds)

    def watch_due(self, database: Database, now: Callable[[], datetime]) -> None:
        """Show, whenever it is asked, whether the database answers and which messages are due and not posted."""
        self.registry.register(_Due(database, now))

    def route(self) -> Route:
        """Return ``/metrics``, in Prometheus' text format."""

        async def metrics(_request: Request) -> Response:
            return Response(await run_in_threadpool(generate_latest, self.registry), media_type=CONTENT_TYPE_LATEST)

        return Route("/metrics", metrics)


class _Due(Collector):
    """What the database knows at the moment of the question, by any process's work."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; without the database only that it is away."""
        at = self._now()
        taken = self._database.writes.refusal is None
        yield GaugeMetricFamily("ccm_database_takes_writes", "Whether the last write was taken.", value=int(taken))
        try:
            found = waiting(self._database, at=at)
        except (SQLAlchemyError, DatabaseAwayError):
            yield GaugeMetricFamily("ccm_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("ccm_database_up", "Whether the database answers.", value=1)
        due = GaugeMetricFamily("ccm_messages_due", "Messages due and not posted.", labels=["kind"])
        oldest = GaugeMetricFamily("ccm_message_due_seconds", "How long the oldest has been due.", labels=["kind"])
        for kind in sorted({one.kind for one in found}):
            ages = [(at - one.scheduled_at).total_seconds() for one in found if one.kind == kind]
            due.add_metric([kind], len(ages))
            oldest.add_metric([kind], max(ages))
        yield due
        yield oldest
