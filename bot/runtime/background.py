"""Threads for what is done behind the acknowledgements: under the request's id, and with the age of what waits."""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from bot.telemetry.request_log import handling


class InFlight:
    """How much is begun and not done. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._is_closed = False

    def begin(self) -> bool:
        """Return whether something more may be begun: not once it is closed."""
        with self._changed:
            self._count += not self._is_closed
            return not self._is_closed

    def end(self) -> None:
        """Note that one of what was begun is done."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let nothing more begin, and return when all is done."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: self._count == 0)

    def wait(self) -> None:
        """Return when all is done that was begun, and all that this began."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0)


class BackgroundThreads(ThreadPoolExecutor):
    """Work begins in the order in which it came, with the log's context of whoever asked for it."""

    def __init__(self, threads: int) -> None:
        """``threads`` is how much is done at once; the rest waits."""
        super().__init__(threads, thread_name_prefix="behind")
        self._in_flight = InFlight()
        self._numbers = itertools.count()
        self._waiting_since: dict[int, float] = {}
        self._lock = threading.Lock()

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Begin ``work`` as soon as a thread is free."""
        context = copy_context()
        number = next(self._numbers)
        with self._lock:
            self._waiting_since[number] = time.monotonic()

        def begin() -> Any:
            with self._lock:
                del self._waiting_since[number]
            return context.run(_logged, work, *args, **more)

        self._in_flight.begin()
        future = super().submit(begin)
        future.add_done_callback(lambda _done: self._in_flight.end())
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads, with ``wait`` once nothing is left to do, and nothing that this would still begin."""
        if wait:
            self._in_flight.wait()
        super().shutdown(wait, cancel_futures=cancel_futures)

    @property
    def waiting(self) -> int:
        """How much waits for a free thread."""
        with self._lock:
            return len(self._waiting_since)

    @property
    def oldest_seconds(self) -> float:
        """How long the oldest that waits for a free thread has waited; 0 where nothing waits."""
        with self._lock:
            oldest = min(self._waiting_since.values(), default=None)
        return 0.0 if oldest is None else time.monotonic() - oldest


def _logged(work: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with handling("follow_up_done", "follow-up"):
        return work(*args, **more)
