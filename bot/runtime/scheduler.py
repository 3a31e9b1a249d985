"""The jobs beside the bot: every minute each is asked whether something is due."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from slack_sdk import WebClient

from bot.messages.digest_channel import SlackChannel
from bot.messages.direct_messages import SlackDirect
from bot.runtime.health import Health
from bot.slack.availability import SlackGate
from bot.slack.workspaces import Workspaces
from bot.telemetry.request_log import in_new_context
from jobs.digests.posting import run_due
from jobs.digests.updating import LivingDigests
from jobs.notices.missed import run_missed
from jobs.notices.monthly import run_month_messages
from jobs.notices.timer_reminders import run_reminders
from ledger.errors import LedgerError
from ledger.storage.database import Database

log = structlog.get_logger("bot.runtime.scheduler")

Job = Callable[[], object]

PRACTICES_AT_ONCE = 8
"""How many practices' jobs run at once in a process; each uses a database connection now and then."""


def _always() -> bool:
    return True


def practice_jobs(
    database: Database, practice_id: str, client: WebClient, now: Callable[[], datetime]
) -> tuple[Job, ...]:
    """Return what is asked every minute for one practice, in this order."""
    process = f"{socket.gethostname()}:{os.getpid()}"
    channel, direct = SlackChannel(client), SlackDirect(client)
    own = database.of(practice_id)
    return (
        partial(run_due, own, practice_id, channel, by=process, now=now),
        partial(LivingDigests(database, channel, now).tick, practice_id),
        partial(run_month_messages, own, practice_id, direct, by=process, now=now),
        partial(run_missed, own, practice_id, direct, by=process, now=now),
        partial(run_reminders, own, practice_id, direct, now=now),
    )


def run_jobs(practice_id: str, jobs: tuple[Job, ...], may_go_on: Callable[[], bool] = _always) -> None:
    """Ask each job once; one that fails is logged and asked again next time, and the others are asked all the same.

    ``may_go_on`` is asked before each: what is begun is finished, and what would fail like the last is not begun.
    What a job logs has an id of its own, the job's name and the practice.
    """
    for job in jobs:
        if not may_go_on():
            return
        in_new_context(partial(_attempt, job), job=name_of(job), practice=practice_id)


def name_of(job: Job) -> str:
    """Return the name of the function that a job calls."""
    asked = job.func if isinstance(job, partial) else job
    return str(asked.__qualname__)


def _attempt(job: Job) -> None:
    try:
        job()
    except LedgerError as error:
        log.error("jobs_failed", code=error.code, remedy=error.remedy)  # noqa: TRY400 - its place tells nothing
    except Exception as error:  # noqa: BLE001 - the outermost edge of a job: logged, and tried again next minute
        log.error("jobs_failed", kind=type(error).__name__)  # noqa: TRY400 - an exception's words may carry data
    else:
        log.debug("job_done")


class Rounds:
    """Asks the jobs of every practice, each practice on a thread: one that is slow or fails keeps no other back."""

    def __init__(
        self,
        database: Database,
        workspaces: Workspaces,
        now: Callable[[], datetime],
        executor: Executor,
        may_go_on: Callable[[], bool] = _always,
    ) -> None:
        """``executor`` bounds how many practices are asked at once; ``may_go_on`` is asked before each job."""
        self._database = database
        self._workspaces = workspaces
        self._now = now
        self._executor = executor
        self._may_go_on = may_go_on
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def begin(self) -> None:
        """Ask every practice that has the bot now, but those whose last round is still under way; wait for none."""
        if self._may_go_on():
            in_new_context(partial(_attempt, self._begin), job="rounds", practice="")

    def _begin(self) -> None:
        for practice_id in self._workspaces.practice_ids():
            with self._lock:
                if practice_id in self._under_way:
                    log.warning("jobs_still_under_way", practice=practice_id)
                    continue
                self._under_way.add(practice_id)
            self._executor.submit(self._ask, practice_id)

    def _ask(self, practice_id: str) -> None:
        try:
            in_new_context(partial(_attempt, lambda: self._run(practice_id)), job="round", practice=practice_id)
        finally:
            with self._lock:
                self._under_way.discard(practice_id)

    def _run(self, practice_id: str) -> None:
        client = self._workspaces.client_of(practice_id)
        jobs = practice_jobs(self._database, practice_id, client, self._now)
        run_jobs(practice_id, jobs, self._may_go_on)


def _may_go_on(health: Health, gate: SlackGate) -> bool:
    return not health.asked_to_stop.is_set() and gate.is_open()


@contextmanager
def jobs_running(
    database: Database,
    workspaces: Workspaces,
    now: Callable[[], datetime],
    *,
    health: Health | None = None,
    probe: WebClient | None = None,
) -> Iterator[BackgroundScheduler]:
    """Return the jobs of every practice, asked every minute until the block ends; what they have begun is finished.

    While ``health`` says that Slack is away they are not asked, and Slack is tried by ``probe`` less and less often.
    """
    may_go_on = partial(_may_go_on, health, SlackGate(probe, health.slack, now)) if health and probe else _always
    with ThreadPoolExecutor(PRACTICES_AT_ONCE, thread_name_prefix="jobs") as executor:
        rounds = Rounds(database, workspaces, now, executor, may_go_on)
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(rounds.begin, "cron", second=0, max_instances=1, coalesce=True, misfire_grace_time=None)
        scheduler.start()
        first = threading.Thread(target=rounds.begin, name="first-round", daemon=True)
        first.start()
        try:
            yield scheduler
        finally:
            scheduler.shutdown(wait=True)
            first.join()
