"""Who is told when something a person can see has changed: browser pages, and tests that wait."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

Listener = Callable[[str | None, Mapping[str, Any]], None]


class Changes:
    """Tells every subscriber of each change. A `None` user means the change is for all.

    Whoever publishes holds no other lock: those who wait look at the workspace while they hold this one.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._listeners: list[Listener] = []

    def publish(self, user_id: str | None, event: Mapping[str, Any]) -> None:
        """Tell each subscriber, and wake those who wait."""
        with self._condition:
            listeners = list(self._listeners)
            self._condition.notify_all()
        for listener in listeners:
            listener(user_id, event)

    def wake(self) -> None:
        """Let those who wait look again, where what happened is nothing that a person can see."""
        with self._condition:
            self._condition.notify_all()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(user_id, event)` for each later change; return the function that ends this."""
        with self._condition:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._condition:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def wait_until(self, happened: Callable[[], bool], timeout_seconds: float) -> bool:
        """Return whether `happened()` became true within the time; ask again after each change and exchange."""
        with self._condition:
            return self._condition.wait_for(happened, timeout_seconds)
