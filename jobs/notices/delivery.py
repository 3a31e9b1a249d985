"""Notices: what one person or one channel is told once, whatever dies and however many processes run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from jobs.channel import ChannelError
from jobs.notices.contents import MonthNotice
from jobs.scheduling.claims import Occurrence, claim, finish, finish_silently, leave_alone
from jobs.scheduling.schedules import is_late
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, Team
from ledger.storage.database import ScopedDatabase

log = structlog.get_logger("jobs.notices.delivery")


@dataclass(frozen=True, slots=True)
class MissedRun:
    """A run that will not be made up for: its day is over. ``team`` is None where it concerned the whole practice.

    ``person`` is who is told.
    """

    practice: Practice
    kind: str
    team: Team | None
    scheduled_at: datetime
    person: Person


Notice = MissedRun | MonthNotice
"""What can be told."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message is."""

    channel_id: str
    ts: str


class NoticeChannel(Protocol):
    """The way to people and channels. The bot provides one; jobs know nothing of Slack."""

    def send(self, to: str, notice: Notice, key: str, *, since: datetime, may_be_there: bool) -> Sent:
        """Sees to it that the notice with that key is there once, and returns where.

        ``to`` is a Slack user's id or a channel's. ``may_be_there`` says that it may have been sent after ``since`` by
        a process that died before it could say so.

        Raises:
            ChannelError: Where it cannot be delivered.
        """

    def find(self, to: str, key: str, *, since: datetime) -> Sent | None:
        """Return where the message with that key is, if it was sent after ``since``; raises ``ChannelError``."""


def notify(
    database: ScopedDatabase,
    occurrence: Occurrence,
    to: str,
    notice: Callable[[], Notice | None],
    channel: NoticeChannel,
    *,
    by: str,
    at: datetime,
) -> bool:
    """Claim the occurrence, send its notice and record the message; False where it is done or another's.

    ``notice`` is made only for the claim's holder; where it is None there is nothing to say, and the occurrence is done
    without a message. Raises ``ChannelError``; the claim then lapses with its lease.
    """
    held = claim(database, occurrence, by=by, at=at)
    if held is None:
        return False
    said = notice()
    if said is None:
        finish_silently(database, held, at=at)
        return False
    try:
        with bound_contextvars(occurrence=occurrence.key):
            sent = channel.send(to, said, occurrence.key, since=occurrence.scheduled_at, may_be_there=held.is_retry)
    except ChannelError as error:
        leave_alone(database, held, error.wait, at=at)
        raise
    late = is_late(occurrence.scheduled_at, at)
    if not finish(database, held, channel_id=sent.channel_id, message_ts=sent.ts, at=at, is_late=late):
        log.warning("notice_claim_lost", key=occurrence.key)
        return False
    log.info("notice_sent", key=occurrence.key, late=late, recovered=held.is_retry)
    return True
