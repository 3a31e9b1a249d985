"""What went over the wire between the app and this Slack, and faults put there on purpose."""

import collections
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.errors import SlackError

Direction = Literal["to_bot", "from_bot"]

KEPT_ENTRIES = 2_000


@dataclass(frozen=True)
class Exchange:
    """One request or answer. `refused` is Slack's error where it was not accepted."""

    time: float
    direction: Direction
    kind: str
    summary: str
    payload: Any
    refused: str | None = None
    injected: bool = False


@dataclass
class Fault:
    """A failure to be shown to the app in place of the answer to its next call of a method."""

    method: str
    status: int = 500
    error: str | None = None
    retry_after: int | None = None
    after_accepting: bool = False

    def as_error(self) -> SlackError:
        """Returns the answer that the app shall see."""
        usual = "ratelimited" if self.status == 429 else "fatal_error"  # noqa: PLR2004 - HTTP's own number
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return SlackError(self.error or usual, status=self.status, headers=headers)


class Traffic:
    """The newest exchanges in the order they happened. `on_note` is called after each, without any lock held."""

    def __init__(self, clock: Callable[[], float], on_note: Callable[[], None]) -> None:
        self._clock = clock
        self._on_note = on_note
        self._lock = threading.Lock()
        self._entries: collections.deque[Exchange] = collections.deque(maxlen=KEPT_ENTRIES)
        self._faults: list[Fault] = []

    def note(
        self,
        direction: Direction,
        kind: str,
        summary: str,
        payload: Any,
        *,
        refused: str | None = None,
        injected: bool = False,
    ) -> None:
        """Keeps one exchange."""
        entry = Exchange(self._clock(), direction, kind, summary, payload, refused, injected)
        with self._lock:
            self._entries.append(entry)
        self._on_note()

    def newest(self, limit: int) -> list[Exchange]:
        """Returns up to `limit` exchanges, newest first."""
        with self._lock:
            return list(self._entries)[::-1][:limit]

    @property
    def refusals(self) -> list[Exchange]:
        """Returns all that was refused, oldest first, without the faults put there on purpose."""
        with self._lock:
            return [entry for entry in self._entries if entry.refused is not None and not entry.injected]

    def calls(self, method: str) -> list[Exchange]:
        """Returns the app's calls of one Web API method, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.direction == "from_bot" and entry.kind == method]

    def clear(self) -> None:
        """Forgets every exchange."""
        with self._lock:
            self._entries.clear()

    def fail_next(self, fault: Fault) -> None:
        """Puts a fault in the way of the next call of its method; several wait in line."""
        with self._lock:
            self._faults.append(fault)

    def take_fault(self, method: str) -> Fault | None:
        """Returns and forgets the first fault waiting for this method, if any."""
        with self._lock:
            for fault in self._faults:
                if fault.method == method:
                    self._faults.remove(fault)
                    return fault
        return None
