"""A queue that threads wait in: whoever came first goes first."""

import threading
from collections import deque


class Queue:
    """A lock that is handed on in the order in which it was asked for.

    Python's own goes to whichever thread is quickest: among many that come again and again, one may wait for seconds.
    """

    def __init__(self) -> None:
        """Nobody has it."""
        self._guard = threading.Lock()
        self._is_held = False
        self._waiting: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def acquire(self, timeout_seconds: float) -> bool:
        """Return whether it was one's turn within that time."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout_seconds):
            return True
        with self._guard:
            if turn.is_set():  # handed over at the last moment
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Hand it to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_held = False
