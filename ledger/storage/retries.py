"""Work that a passing failure of the database has stopped, done again within the time that its user waits."""

import random
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.errors import LedgerError, OutcomeUnknownError
from ledger.storage.connections import is_passing

Result = TypeVar("Result")

log = structlog.get_logger("ledger.storage.retries")

BUDGET_SECONDS = 2.0
"""Until when work is begun again: of Slack's 3 seconds, what leaves time for the answer."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.4


def with_retries(
    work: Callable[[], Result],
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Result:
    """Run ``work``, again after each passing failure (``storage.connections``) while there is time; return its result.

    ``work`` is a whole unit: its own transaction, under one idempotency key, so that doing it twice stores one thing
    (``ledger.storage.idempotency``). It is not begun again where it would end too late if it took as long as last
    time. Raises what it raised last; ``OutcomeUnknownError`` where a commit was cut off and nothing later could say
    what it did.
    """
    ends_at = clock() + BUDGET_SECONDS
    longest, is_unknown = FIRST_PAUSE_SECONDS, False
    while True:
        begun_at = clock()
        try:
            return work()
        except (DBAPIError, PoolTimeoutError, OutcomeUnknownError) as error:
            if not is_passing(error):
                _raise_honestly(error, is_unknown=is_unknown)
            is_unknown = is_unknown or isinstance(error, OutcomeUnknownError)
            # Those who failed together do not come again together.
            seconds = longest * random.uniform(0.5, 1)  # noqa: S311 - no secret
            failed_at = clock()
            if failed_at + seconds + (failed_at - begun_at) > ends_at:
                _raise_honestly(error, is_unknown=is_unknown)
            count_retry(error)
        except LedgerError as error:
            _raise_honestly(error, is_unknown=is_unknown)
        pause(seconds)
        longest = min(2 * longest, LONGEST_PAUSE_SECONDS)


def _raise_honestly(error: Exception, *, is_unknown: bool) -> NoReturn:
    """Raise the error, or that nobody knows: after a cut-off commit no refusal means that nothing is stored."""
    if is_unknown:
        raise OutcomeUnknownError from error
    raise error


def count_retry(error: Exception) -> None:
    """Told of every failure after which work is done again: the one place where retries are counted."""
    log.warning("database_retry", kind=type(getattr(error, "orig", None) or error).__name__)
