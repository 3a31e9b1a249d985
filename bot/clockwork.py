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
from bot.handling import in_new_context
from jobs.digests import run_due
from jobs.living import LivingDigests
from jobs.missed import run_missed
from jobs.reminders import run_reminders
from ledger.database import Database

log = structlog.get_logger("bot.clockwork")

Job = Callable[[], object]


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


def run_jobs(practice_id: str, jobs: tuple[Job, ...]) -> None:
    """Asks each job once; one that fails is logged and asked again next time, and the others are asked all the same.

    What a job logs has an id of its own, the job's name and the practice.
    """
    for job in jobs:
        in_new_context(partial(_attempt, job), job=name_of(job), practice=practice_id)


def name_of(job: Job) -> str:
    """The name of the function that a job calls."""
    asked = job.func if isinstance(job, partial) else job
    return str(asked.__qualname__)


def _attempt(job: Job) -> None:
    try:
        job()
    except Exception as error:  # noqa: BLE001 - the outermost edge of a job: logged, and tried again next minute
        log.error("jobs_failed", kind=type(error).__name__)  # noqa: TRY400 - an exception's words may carry data
    else:
        log.debug("job_done")


@contextmanager
def jobs_running(
    database: Database, practice_id: str, client: WebClient, now: Callable[[], datetime]
) -> Iterator[BackgroundScheduler]:
    """The jobs of one practice, asked every minute until the block ends; what they have begun is finished."""
    tick = partial(run_jobs, practice_id, practice_jobs(database, practice_id, client, now))
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
