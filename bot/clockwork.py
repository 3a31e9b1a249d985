"""The jobs beside the bot: every minute each is asked whether something is due."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from slack_sdk import WebClient

from bot.channel import SlackChannel
from bot.direct import SlackDirect
from bot.health import Health
from bot.slack_reach import SlackGate
from jobs.digests import run_due
from jobs.living import LivingDigests
from jobs.missed import run_missed
from jobs.reminders import run_reminders
from ledger.database import Database

log = structlog.get_logger("bot.clockwork")

Job = Callable[[], object]


def _always() -> bool:
    return True


def practice_jobs(
    database: Database, practice_id: str, client: WebClient, now: Callable[[], datetime]
) -> tuple[Job, ...]:
    """What is asked every minute for one practice, in this order."""
    process = f"{socket.gethostname()}:{os.getpid()}"
    channel, direct = SlackChannel(client), SlackDirect(client)
    own = database.of(practice_id)
    return (
        partial(run_due, own, practice_id, channel, by=process, now=now),
        partial(LivingDigests(database, channel, now).tick, practice_id),
        partial(run_missed, own, practice_id, direct, by=process, now=now),
        partial(run_reminders, own, practice_id, direct, now=now),
    )


def run_jobs(jobs: tuple[Job, ...], may_go_on: Callable[[], bool] = _always) -> None:
    """Asks each job once; one that fails is logged and asked again next time, and the others are asked all the same.

    ``may_go_on`` is asked before each: what is begun is finished, and what would fail like the last is not begun.
    """
    for job in jobs:
        if not may_go_on():
            return
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the outermost edge of a job: logged, and tried again next minute
            log.error("jobs_failed", kind=type(error).__name__)  # noqa: TRY400 - an exception's words may carry data


def _may_go_on(health: Health, gate: SlackGate) -> bool:
    return not health.asked_to_stop.is_set() and gate.is_open()


@contextmanager
def jobs_running(
    database: Database,
    practice_id: str,
    client: WebClient,
    now: Callable[[], datetime],
    *,
    health: Health | None = None,
) -> Iterator[BackgroundScheduler]:
    """The jobs of one practice, asked every minute until the block ends; what they have begun is finished.

    While ``health`` says that Slack is away they are not asked, and Slack is tried less and less often.
    """
    may_go_on = partial(_may_go_on, health, SlackGate(client, health.slack, now)) if health else _always
    tick = partial(run_jobs, practice_jobs(database, practice_id, client, now), may_go_on)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(tick, "cron", second=0, max_instances=1, coalesce=True, misfire_grace_time=None)
    scheduler.start()
    first = threading.Thread(target=tick, name="first-tick", daemon=True)
    first.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=True)
        first.join()
