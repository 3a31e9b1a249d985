"""Whether something outside this process can be reached, as those who used it last have found."""

import threading
import time
from collections.abc import Callable
from typing import Self

import structlog

from ledger.errors import LedgerError

log = structlog.get_logger("ledger.storage.reach")


class Reach:
    """Whether the database, or Slack, could be reached when somebody last tried. Safe to use from several threads.

    ``lost`` and ``back`` are what the log says once each time that changes.
    """

    def __init__(self, lost: str, back: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` says what second it is, on a clock that is never set."""
        self._lost, self._back = lost, back
        self._clock = clock
        self._lock = threading.Lock()
        self._away_since: float | None = None

    def __deepcopy__(self, _memo: object) -> Self:
        """Itself: Bolt copies a request with its client for what runs behind the acknowledgement."""
        return self

    @property
    def is_away(self) -> bool:
        """Whether the last who tried did not get through."""
        return self._away_since is not None

    @property
    def away_seconds(self) -> float:
        """For how long nobody has got through; 0 where the last who tried did."""
        since = self._away_since
        return 0 if since is None else self._clock() - since

    def failed(self, kind: str) -> None:
        """Note that somebody did not get through; ``kind`` names the failure and carries no data."""
        with self._lock:
            if self._away_since is not None:
                return
            self._away_since = self._clock()
        log.error(self._lost, kind=kind)

    def worked(self) -> None:
        """Note that somebody got through."""
        if self._away_since is None:  # looked at without the lock: this is asked at every checkout
            return
        with self._lock:
            since, self._away_since = self._away_since, None
        if since is not None:
            log.info(self._back, away_seconds=round(self._clock() - since))


class Writes:
    """Whether the database took what was last to be stored; the log says each time that changes."""

    def __init__(self) -> None:
        """Take it that writes succeed until somebody finds otherwise."""
        self.refusal: LedgerError | None = None
        """Why it does not: a full disk, a database that was made read-only, or rights that are missing."""

    def refused(self, refusal: LedgerError) -> None:
        """Note that nothing could be stored, for a reason that waiting does not cure."""
        before, self.refusal = self.refusal, refusal
        if before is None or before.code != refusal.code:
            log.error("writes_refused", code=refusal.code, remedy=refusal.remedy)

    def taken(self) -> None:
        """Something was stored."""
        before, self.refusal = self.refusal, None
        if before is not None:
            log.info("writes_taken", code=before.code)
