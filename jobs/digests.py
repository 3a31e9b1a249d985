"""The pre-close digest: each team's worklist in its channel on the business days before the month closes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection

from jobs.calendar import due
from jobs.claims import Occurrence, claim, finish
from ledger.clock import month_of
from ledger.database import Database
from ledger.practice import Practice, get_practice
from ledger.roster import Team, teams
from ledger.worklists import MonthList, Worklist, month_list, worklist

SCHEDULED = "digest"
ASKED_FOR = "digest_now"

log = structlog.get_logger("jobs.digests")


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest says: the team's worklist and its month so far, at an instant."""

    practice: Practice
    team: Team
    worklist: Worklist
    month: MonthList
    at: datetime


class ChannelError(Exception):
    """The message could not be delivered; ``reason`` is the channel's own word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DigestChannel(Protocol):
    """Where digests go. The bot provides one; jobs know nothing of Slack."""

    def deliver(self, digest: Digest, key: str, *, since: datetime, may_be_there: bool) -> str:
        """Sees to it that the digest with that key is in the team's channel once, and returns its timestamp.

        ``may_be_there`` says that it may have been posted after ``since`` by a process that died before it could
        say so. Raises ``ChannelError`` where it cannot be delivered.
        """


def digest_for(connection: Connection, practice: Practice, team: Team, *, at: datetime) -> Digest:
    """The digest of that team at that instant."""
    month = month_of(practice.local_date(at))
    only = frozenset({team.team_id})
    return Digest(
        practice=practice,
        team=team,
        worklist=worklist(connection, practice, month, only),
        month=month_list(connection, practice, month, team_ids=only),
        at=at,
    )


def run_due(
    database: Database, practice_id: str, channel: DigestChannel, *, by: str, now: Callable[[], datetime]
) -> int:
    """Posts every digest of the practice that is due and not done; returns how many it posted.

    Due is what was scheduled earlier on the same local day. What cannot be delivered is logged and tried again
    after its lease; the other teams get theirs. ``now`` is asked before each: a slow post must not use up the
    lease of the next.
    """
    posted = 0
    for practice, team, occurrence in list(_due(database, practice_id, at=now())):
        try:
            posted += run(database, practice, team, occurrence, channel, by=by, at=now())
        except ChannelError as error:
            log.warning("digest_not_delivered", key=occurrence.key, channel=team.channel_id, reason=error.reason)
    return posted


def _due(database: Database, practice_id: str, *, at: datetime) -> Iterator[tuple[Practice, Team, Occurrence]]:
    with database.reading() as connection:
        practice = get_practice(connection, practice_id)
        known = teams(connection, practice_id)
    conduct = practice.conduct
    for scheduled_at in due(at, practice.zone, conduct.digest_hour, conduct.digest_days):
        for team in known:
            yield practice, team, Occurrence(practice_id, SCHEDULED, team.team_id, scheduled_at.astimezone(UTC))


def run(
    database: Database,
    practice: Practice,
    team: Team,
    occurrence: Occurrence,
    channel: DigestChannel,
    *,
    by: str,
    at: datetime,
) -> bool:
    """Claims the occurrence, posts its digest and records the message; False where it is done or another's.

    Raises ``ChannelError`` where the channel refuses; the claim then lapses with its lease.
    """
    held = claim(database, occurrence, by=by, at=at)
    if held is None:
        return False
    with database.reading() as connection:
        digest = digest_for(connection, practice, team, at=at)
    message_ts = channel.deliver(digest, occurrence.key, since=occurrence.scheduled_at, may_be_there=held.is_retry)
    finish(database, occurrence, channel_id=team.channel_id, message_ts=message_ts, at=at)
    log.info("digest_posted", key=occurrence.key, channel=team.channel_id, recovered=held.is_retry)
    return True
