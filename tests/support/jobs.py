"""The jobs as a process asks them once, without the clock that does so every minute."""

from collections.abc import Callable

from slack_sdk import WebClient
from support.slack import Harness

from bot.runtime.scheduler import practice_jobs, run_jobs


def born(harness: Harness, client: WebClient) -> Callable[[], None]:
    """A new process, which knows nothing but what is in the ledger and in Slack; called, it asks each of its jobs."""
    practice_id = harness.practice.practice_id
    jobs = practice_jobs(harness.database, practice_id, client, harness.clock)
    return lambda: run_jobs(practice_id, jobs)
