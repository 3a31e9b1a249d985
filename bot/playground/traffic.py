"""What went over the wire between the app and this Slack, and faults put there on purpose."""

import collections
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.errors import HungUp, SlackError

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


class Hold:
    """A call that is kept waiting until it is let go: time to look, to kill the app, or to let it lose patience."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._let_go = threading.Event()

    def reached(self, timeout_seconds: float = 10.0) -> bool:
        """Return whether a call came in time to wait here."""
        return self._reached.wait(timeout_seconds)

    def let_go(self) -> None:
        """Let the call go on, if it waits already or comes later."""
        self._let_go.set()

    def keep_waiting(self) -> None:
        """Return once the call may go on."""
        self._reached.set()
        self._let_go.wait()


@dataclass
class Fault:
    """What happens to the app's next call of a method, before the call is done or `after_accepting` it.

    It waits for its `hold`; then it fails, with the `status` or because the connection is lost (`hangs_up`, perhaps
    `halfway` through the answer), or goes on where the status is None.
    """

    method: str
    status: int | None = 500
    error: str | None = None
    retry_after: int | None = None
    after_accepting: bool = False
    hangs_up: bool = False
    halfway: bool = False
    hold: Hold | None = None

    def strike(self) -> None:
        """Let it happen; raise the SlackError that the app shall see, or HungUp where it shall see nothing."""
        if self.hold is not None:
            self.hold.keep_waiting()
        if self.hangs_up:
            raise HungUp(halfway=self.halfway)
        if self.status is not None:
            raise self._as_error(self.status)

    def _as_error(self, status: int) -> SlackError:
        usual = "ratelimited" if status == 429 else "fatal_error"  # noqa: PLR2004 - HTTP's own number
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return SlackError(self.error or usual, status=status, headers=headers)


class Traffic:
    """The newest exchanges in the order they happened. `on_note` is called after each, without any lock held."""

    def __init__(self, clock: Callable[[], float], on_note: Callable[[], None]) -> None:
        self._clock = clock
        self._on_note = on_note
        self._lock = threading.Lock()
        self._entries: collections.deque[Exchange] = collections.deque(maxlen=KEPT_ENTRIES)
        self._faults: list[Fault] = []
        self._holds: list[Hold] = []

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
        """Keep one exchange."""
        entry = Exchange(self._clock(), direction, kind, summary, payload, refused, injected)
        with self._lock:
            self._entries.append(entry)
        self._on_note()

    def newest(self, limit: int) -> list[Exchange]:
        """Return up to `limit` exchanges, newest first."""
        with self._lock:
            return list(self._entries)[::-1][:limit]

    @property
    def refusals(self) -> list[Exchange]:
        """Returns all that was refused, oldest first, without the faults put there on purpose."""
        with self._lock:
            return [entry for entry in self._entries if entry.refused is not None and not entry.injected]

    def calls(self, method: str) -> list[Exchange]:
        """Return the app's calls of one Web API method, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.direction == "from_bot" and entry.kind == method]

    def clear(self) -> None:
        """Forget every exchange."""
        with self._lock:
            self._entries.clear()

    def fail_next(self, fault: Fault) -> None:
        """Put a fault in the way of the next call of its method; several wait in line."""
        with self._lock:
            self._faults.append(fault)
            if fault.hold is not None:
                self._holds.append(fault.hold)

    def take_fault(self, method: str) -> Fault | None:
        """Return and forget the first fault waiting for this method, if any."""
        with self._lock:
            for fault in self._faults:
                if fault.method == method:
                    self._faults.remove(fault)
                    return fault
        return None

    def let_all_go(self) -> None:
        """Let every call go that waits."""
        with self._lock:
            holds = list(self._holds)
        for hold in holds:
            hold.let_go()
