"""Whether Slack can be reached, seen by the calls that are made anyway; and when the jobs may try it again."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ledger.storage.reach import Reach

SERVER_ERRORS = 500
LONGEST_PAUSE_MINUTES = 5


def slack_reach() -> Reach:
    """Return what is known of Slack when nobody has called it yet."""
    return Reach("slack_lost", "slack_back")


def is_down(error: SlackApiError) -> bool:
    """Return whether Slack refused for a reason of its own, which waiting cures: HTTP 500 and above."""
    response = error.response
    status = getattr(response, "status_code", None) or response.get("status", 0)  # an answer that is no JSON is a dict
    return bool(status >= SERVER_ERRORS)


class SlackGate:
    """Whether the jobs may call Slack; while it is away one small call tries, after 1, 2, 4 and then 5 minutes."""

    def __init__(self, client: WebClient, reach: Reach, now: Callable[[], datetime]) -> None:
        """``client`` keeps ``reach`` true (``ReachRetryHandler``); it needs no token."""
        self._client, self._reach, self._now = client, reach, now
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until: datetime | None = None

    def is_open(self) -> bool:
        """Return whether Slack can be reached; asks Slack itself where the last who called did not get through.

        Of several threads one asks, and the others wait for what it finds.
        """
        with self._lock:
            return self._is_open()

    def _is_open(self) -> bool:
        if self._reach.is_away:
            if self._closed_until is not None and self._now() < self._closed_until:
                return False
            try:
                self._client.api_test()
            except (SlackApiError, OSError):
                self._failures += 1  # the handler saw what kind it was
        if self._reach.is_away:
            pause = min(2 ** max(self._failures - 1, 0), LONGEST_PAUSE_MINUTES)
            self._closed_until = self._now() + timedelta(minutes=pause)
            return False
        self._failures, self._closed_until = 0, None
        return True
