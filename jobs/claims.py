"""Exactly once: who may run an occurrence, and what is known of those that ran (design, habits: the claim row)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobs.tables import OccurrenceRow
from ledger.database import Database

LEASE = timedelta(minutes=2)
"""How long a claim holds: longer than a post takes, so that nobody posts while another still may."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One scheduled run of one kind for one team."""

    practice_id: str
    kind: str
    team_id: str
    scheduled_at: datetime

    @property
    def key(self) -> str:
        """What names this run in the message it leads to."""
        return f"{self.kind}:{self.practice_id}:{self.team_id}:{self.scheduled_at:%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run an occurrence until the lease ends; ``is_retry`` where an earlier claim was not finished."""

    occurrence: Occurrence
    is_retry: bool


def claim(database: Database, occurrence: Occurrence, *, by: str, at: datetime) -> Claim | None:
    """The claim of that occurrence for ``by``, or None where it is done or another's.

    An unfinished claim whose lease is over is taken over: its holder died, perhaps after posting.
    """
    try:
        with database.writing() as connection:
            row = connection.execute(
                select(OccurrenceRow.lease_until, OccurrenceRow.posted_at).where(*_is(occurrence)).with_for_update()
            ).one_or_none()
            if row is None:
                _insert(connection, occurrence, by=by, at=at)
                return Claim(occurrence, is_retry=False)
            if row.posted_at is not None or row.lease_until > at:
                return None
            connection.execute(
                update(OccurrenceRow)
                .where(*_is(occurrence))
                .values(claimed_by=by, claimed_at=at, lease_until=at + LEASE)
            )
            return Claim(occurrence, is_retry=True)
    except IntegrityError:
        return None


def finish(database: Database, occurrence: Occurrence, *, channel_id: str, message_ts: str, at: datetime) -> None:
    """Records the message that the occurrence led to."""
    with database.writing() as connection:
        connection.execute(
            update(OccurrenceRow)
            .where(*_is(occurrence))
            .values(channel_id=channel_id, message_ts=message_ts, posted_at=at)
        )


def _insert(connection: Connection, occurrence: Occurrence, *, by: str, at: datetime) -> None:
    connection.execute(
        insert(OccurrenceRow).values(
            practice_id=occurrence.practice_id,
            kind=occurrence.kind,
            team_id=occurrence.team_id,
            scheduled_at=occurrence.scheduled_at,
            claimed_by=by,
            claimed_at=at,
            lease_until=at + LEASE,
        )
    )


def _is(occurrence: Occurrence) -> tuple[ColumnElement[bool], ...]:
    return (
        OccurrenceRow.practice_id == occurrence.practice_id,
        OccurrenceRow.kind == occurrence.kind,
        OccurrenceRow.team_id == occurrence.team_id,
        OccurrenceRow.scheduled_at == occurrence.scheduled_at,
    )
