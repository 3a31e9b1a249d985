"""The pre-close digest: each team's worklist in its channel on the business days before the month closes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection
from structlog.contextvars import bound_contextvars

from jobs.channel import CLAIM_LOST, ChannelError, Content, Posted
from jobs.digests.listing import (
    UNKNOWN,
    Listed,
    Listing,
    Message,
    Picture,
    find_listing,
    keep_message,
    keep_picture,
    listed_of,
    store_listing,
)
from jobs.digests.standing import Standing, standings
from jobs.scheduling.claims import LEASE, Claim, Occurrence, claim, finish, give_back, hold, leave_alone
from jobs.scheduling.schedules import DIGEST, Plan, digest_schedule, due, is_late
from ledger.clock import month_of
from ledger.practice.practice import Practice, get_practice
from ledger.reports.month_lists import MonthList, Scope, month_list
from ledger.reports.worklists import Worklist, worklist
from ledger.roster.directory import Team, teams
from ledger.storage.database import ScopedDatabase

SCHEDULED = DIGEST
ASKED_FOR = "digest_now"

log = structlog.get_logger("jobs.digests.posting")


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest says at an instant: whom it listed as they stand now, and the team's worklist and month.

    ``late_since`` is when it was due, where it was posted late.
    """

    practice: Practice
    team: Team
    worklist: Worklist
    month: MonthList
    standings: tuple[Standing, ...]
    picture: Picture | None
    at: datetime
    late_since: datetime | None = None

    @property
    def near_since(self) -> int:
        """How many patients are near now whom it did not list."""
        listed = {(one.listed.patient_code, one.listed.program) for one in self.standings}
        return sum((one.figures.patient_code, one.figures.program) not in listed for one in self.worklist.near)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a channel says how far it is with a digest, so that whoever takes over goes on from there."""

    database: ScopedDatabase
    held: Claim
    now: Callable[[], datetime]

    @property
    def practice_id(self) -> str:
        """Whose digest it is."""
        return self.held.occurrence.practice_id

    @property
    def key(self) -> str:
        """The digest's key."""
        return self.held.occurrence.key

    def may_post(self) -> None:
        """Asked before each post: renews the lease.

        Raises:
            ChannelError: Where another process has taken over.
        """
        if not hold(self.database, self.held, until=self.now() + LEASE):
            raise ChannelError(CLAIM_LOST, posted=Posted.UNKNOWN)

    def has_picture(self, picture: Picture | None) -> None:
        """Keep the picture that was uploaded, and whether the first message has it."""
        with self.database.writing() as connection:
            keep_picture(connection, self.practice_id, self.key, picture)

    def has_posted(self, number: int, ts: str, content: Content | None) -> None:
        """Keep that a message is posted; ``content`` is None for one that was, and may show what is older."""
        fingerprint = content.fingerprint if content else UNKNOWN
        with self.database.writing() as connection:
            keep_message(connection, self.practice_id, self.key, Message(number, ts, fingerprint))


class DigestChannel(Protocol):
    """Where digests go. The bot provides one; jobs know nothing of Slack."""

    def deliver(self, digest: Digest, key: str, *, since: datetime, may_be_there: bool, progress: Progress) -> str:
        """Sees to it that the digest with that key is in the team's channel once, and returns its timestamp.

        ``may_be_there`` says that it may have been posted after ``since`` by a process that died before it could say
        so.

        Raises:
            ChannelError: Where it cannot be delivered.
        """

    def contents(self, digest: Digest) -> Sequence[Content]:
        """Return the messages of the digest as they would be now, the first and those that continue it."""

    def update(self, channel_id: str, key: str, message: Message, content: Content) -> None:
        """Show ``content`` in place of what a posted message shows; raise ``ChannelError`` where it cannot."""


def digest_for(
    connection: Connection, practice: Practice, team: Team, *, at: datetime, listing: Listing | None = None
) -> Digest:
    """Return the digest of that team at that instant: of the patients of ``listing``, or of those who are near now."""
    month = listing.month if listing else month_of(practice.local_date(at))
    only = frozenset({team.team_id})
    found = worklist(connection, practice, month, only, on=practice.local_date(at))
    listed: Sequence[Listed] = listing.listed if listing else listed_of(found)
    return Digest(
        practice=practice,
        team=team,
        worklist=found,
        month=month_list(connection, practice, Scope(month, only)),
        standings=standings(connection, practice, month, listed, on=practice.local_date(at)),
        picture=listing.picture if listing else None,
        late_since=_late_since(listing) if listing else None,
        at=at,
    )


def _late_since(listing: Listing) -> datetime | None:
    return listing.due_at if listing.due_at and is_late(listing.due_at, listing.listed_at) else None


def run_due(
    database: ScopedDatabase, practice_id: str, channel: DigestChannel, *, by: str, now: Callable[[], datetime]
) -> int:
    """Post every digest of the practice that is due and not done; return how many it posted.

    Due is what was scheduled earlier on the same local day. What cannot be delivered is logged and tried again
    after its lease; the other teams get theirs. ``now`` is asked before each: a slow post must not use up the
    lease of the next.
    """
    posted = 0
    for practice, team, occurrence in list(_due(database, practice_id, at=now())):
        try:
            with bound_contextvars(occurrence=occurrence.key):
                posted += run(database, practice, team, occurrence, channel, by=by, now=now)
        except ChannelError as error:
            log.warning("digest_not_delivered", key=occurrence.key, channel=team.channel_id, reason=error.reason)
    return posted


def _due(database: ScopedDatabase, practice_id: str, *, at: datetime) -> Iterator[tuple[Practice, Team, Occurrence]]:
    with database.reading() as connection:
        practice = get_practice(connection, practice_id)
        known = teams(connection, practice_id)
    for team in known:
        plan = Plan(SCHEDULED, team, digest_schedule(practice, team))
        for run_due_now in due([plan], at):
            yield practice, team, Occurrence(practice_id, SCHEDULED, team.team_id, run_due_now.scheduled_at)


def run(
    database: ScopedDatabase,
    practice: Practice,
    team: Team,
    occurrence: Occurrence,
    channel: DigestChannel,
    *,
    by: str,
    now: Callable[[], datetime],
) -> bool:
    """Claim the occurrence, post its digest and record the message; False where it is done or another's.

    Raises:
        ChannelError: Where the channel refuses; the claim then lapses with its lease.
    """
    at = now()
    held = claim(database, occurrence, by=by, at=at)
    if held is None:
        return False
    due_at = occurrence.scheduled_at if occurrence.kind == SCHEDULED else None
    listing = _listing(database, practice, team, occurrence, due_at=due_at, at=at)
    with database.reading() as connection:
        digest = digest_for(connection, practice, team, at=at, listing=listing)
    try:
        message_ts = channel.deliver(
            digest,
            occurrence.key,
            since=occurrence.scheduled_at,
            may_be_there=held.is_retry,
            progress=Progress(database, held, now),
        )
    except ChannelError as error:
        if occurrence.kind == ASKED_FOR and error.posted is not Posted.UNKNOWN and not error.wait:
            give_back(database, held, at=now())  # somebody waits for it, and asks again as soon as it is mended
        else:
            leave_alone(database, held, error.wait, at=now())
        raise
    late = digest.late_since is not None
    if not finish(database, held, channel_id=team.channel_id, message_ts=message_ts, at=at, is_late=late):
        log.warning("digest_claim_lost", key=occurrence.key)
        return False
    log.info("digest_posted", key=occurrence.key, channel=team.channel_id, late=late, recovered=held.is_retry)
    return True


def _listing(
    database: ScopedDatabase,
    practice: Practice,
    team: Team,
    occurrence: Occurrence,
    *,
    due_at: datetime | None,
    at: datetime,
) -> Listing | None:
    """Return whom the occurrence lists: those near at its first claim, kept before anything is posted."""
    month = month_of(practice.local_date(at))
    with database.writing() as connection:
        listing = find_listing(connection, practice.practice_id, occurrence.key)
        if listing is None:
            found = worklist(connection, practice, month, frozenset({team.team_id}), on=practice.local_date(at))
            listed = listed_of(found)
            store_listing(connection, practice, team, occurrence.key, listed, month=month, due_at=due_at, at=at)
            listing = find_listing(connection, practice.practice_id, occurrence.key)
    return listing
