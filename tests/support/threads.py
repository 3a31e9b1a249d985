"""Several people at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import text
from support.patience import PATIENCE_SECONDS

from ledger.storage.database import Database

Result = TypeVar("Result")
_GLANCE_SECONDS = 0.005


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result | Exception]:
    """What each call returned or raised, in their order, when all of them began at the same moment."""
    start = threading.Barrier(len(calls), timeout=PATIENCE_SECONDS)

    def run(call: Callable[[], Result]) -> Result:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(run, call) for call in calls]
        return [future.exception() or future.result() for future in futures]


def wait_for_a_waiter(database: Database) -> None:
    """Returns when a session of this PostgreSQL database waits for a lock that another one holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    pause = threading.Event()
    for _ in range(round(PATIENCE_SECONDS / _GLANCE_SECONDS)):
        with database.across_practices().reading() as connection:
            if connection.scalar(waiting):
                return
        pause.wait(_GLANCE_SECONDS)
    raise TimeoutError("nobody waited for a lock")
