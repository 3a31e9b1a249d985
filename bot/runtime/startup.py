"""A start that waits for what is away, and gives up at once where waiting cures nothing."""

import random
from collections.abc import Callable
from threading import Event
from typing import TypeVar

import structlog

from ledger.errors import LedgerError
from ledger.storage.failures import PASSING

Found = TypeVar("Found")

log = structlog.get_logger("bot.runtime.startup")

CURED_BY_WAITING = PASSING | {"SLACK_AWAY"}
LONGEST_PAUSE_SECONDS = 30.0


class StoppedError(Exception):
    """It was told to stop before what it waited for was there."""


def wait_for(check: Callable[[], Found], asked_to_stop: Event) -> Found:
    """Return what ``check`` returns, asked again after longer and longer pauses while the database or Slack is away.

    Raises ``LedgerError`` at once for anything that waiting does not cure, and ``StoppedError`` where it is told to
    stop.

    Raises:
        StoppedError: The process was told to stop.
    """
    longest_seconds = 1.0
    while True:
        try:
            return check()
        except LedgerError as error:
            if error.code not in CURED_BY_WAITING:
                raise
            seconds = longest_seconds * random.uniform(0.5, 1)  # noqa: S311 - no secret
            log.warning("waiting", code=error.code, remedy=error.remedy, seconds=round(seconds, 1))
        if asked_to_stop.wait(seconds):
            raise StoppedError
        longest_seconds = min(2 * longest_seconds, LONGEST_PAUSE_SECONDS)
