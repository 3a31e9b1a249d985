"""Processes that die on the way, and when another may go on with what they left."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from support.slack import Harness

from jobs.scheduling.claims import LEASE


class Death(BaseException):
    """What ends a process without a word: nothing in the program may catch it."""


def dying(method: Callable[..., Any], *, after: int) -> Callable[..., Any]:
    """``method``, which is done so many times more and then kills its process in place of returning."""
    calls = iter(range(after))

    def wrapped(*args: Any, **more: Any) -> Any:
        if next(calls, None) is None:
            raise Death
        return method(*args, **more)

    return wrapped


def let_the_lease_end(harness: Harness) -> None:
    """Moves on to when another process may take over."""
    harness.clock.now += LEASE + timedelta(seconds=1)
