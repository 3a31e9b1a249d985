"""Exactly once: who may run an occurrence, and what is known of those that ran (design, habits: the claim row)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobs.scheduling.tables import OccurrenceRow
from ledger.storage.database import ScopedDatabase

NOBODY = ""
"""Who has claimed an occurrence that is only expected."""
LEASE = timedelta(minutes=2)
"""How long a claim holds: longer than a post takes, so that nobody posts while another still may."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One scheduled run of one kind, for a team or with an empty ``team_id`` for the practice.

    ``recipient`` is the staff id of the only person who is told; it is empty where a channel is.
    """

    practice_id: str
    kind: str
    team_id: str
    scheduled_at: datetime
    recipient: str = ""

    @property
    def key(self) -> str:
        """What names this run in the message it leads to."""
        told = f":{self.recipient}" if self.recipient else ""
        return f"{self.kind}:{self.practice_id}:{self.team_id}:{self.scheduled_at:%Y-%m-%dT%H:%MZ}{told}"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run an occurrence until the lease ends; ``is_retry`` where an earlier claim was not finished."""

    occurrence: Occurrence
    by: str
    at: datetime
    is_retry: bool


def claim(database: ScopedDatabase, occurrence: Occurrence, *, by: str, at: datetime) -> Claim | None:
    """Return the claim of that occurrence for ``by``, or None where it is done, missed or another's.

    An unfinished claim whose lease is over is taken over: its holder died, perhaps after posting.
    """
    try:
        with database.writing() as connection:
            row = connection.execute(
                select(
                    OccurrenceRow.claimed_by,
                    OccurrenceRow.lease_until,
                    OccurrenceRow.posted_at,
                    OccurrenceRow.missed_at,
                )
                .where(*_is(occurrence))
                .with_for_update()
            ).one_or_none()
            if row is None:
                _insert(connection, occurrence, by=by, at=at, lease_until=at + LEASE)
                return Claim(occurrence, by, at, is_retry=False)
            if row.posted_at is not None or row.missed_at is not None or row.lease_until > at:
                return None
            connection.execute(
                update(OccurrenceRow)
                .where(*_is(occurrence))
                .values(claimed_by=by, claimed_at=at, lease_until=at + LEASE)
            )
            return Claim(occurrence, by, at, is_retry=row.claimed_by != NOBODY)
    except IntegrityError:
        return None


def expect(database: ScopedDatabase, occurrences: Sequence[Occurrence], *, at: datetime) -> None:
    """Record at once for whom a run is, before anybody is told: so that whoever goes on with it leaves nobody out.

    Where another process has recorded one of them, nothing is recorded: its list holds.
    """
    with suppress(IntegrityError), database.writing() as connection:
        for occurrence in occurrences:
            _insert(connection, occurrence, by=NOBODY, at=at, lease_until=at)


def recipients(connection: Connection, run: Occurrence) -> dict[str, bool]:
    """For whom the run of ``run`` is, whichever recipient that names: each with whether it is done or missed."""
    rows = connection.execute(
        select(OccurrenceRow.recipient, OccurrenceRow.posted_at, OccurrenceRow.missed_at)
        .where(*_is_run(run))
        .order_by(OccurrenceRow.recipient)
    )
    return {row.recipient: row.posted_at is not None or row.missed_at is not None for row in rows}


def hold(database: ScopedDatabase, held: Claim, *, until: datetime) -> bool:
    """Extend the lease; False where the claim is another's by now, and nothing may be posted under it."""
    return _change(database, held, lease_until=until)


def give_back(database: ScopedDatabase, held: Claim, *, at: datetime) -> None:
    """End the claim at once: whoever claims the occurrence next goes on with it."""
    hold(database, held, until=at)


def leave_alone(database: ScopedDatabase, held: Claim, wait: timedelta, *, at: datetime) -> None:
    """Let nobody run the occurrence before the channel may be asked again (Slack: Retry-After)."""
    if wait > LEASE:
        hold(database, held, until=at + wait)


def finish(
    database: ScopedDatabase, held: Claim, *, channel_id: str, message_ts: str, at: datetime, is_late: bool = False
) -> bool:
    """Record the message that the occurrence led to; False where the claim is another's by now."""
    return _change(database, held, channel_id=channel_id, message_ts=message_ts, posted_at=at, is_late=is_late)


def finish_silently(database: ScopedDatabase, held: Claim, *, at: datetime) -> bool:
    """Record that there was nothing to say; False where the claim is another's by now."""
    return _change(database, held, posted_at=at)


def miss(database: ScopedDatabase, held: Claim, *, at: datetime) -> bool:
    """Record that the occurrence was missed: it will not be run; False where the claim is another's by now."""
    return _change(database, held, missed_at=at)


def _change(database: ScopedDatabase, held: Claim, **values: object) -> bool:
    with database.writing() as connection:
        changed = connection.execute(
            update(OccurrenceRow)
            .where(
                *_is(held.occurrence),
                OccurrenceRow.claimed_by == held.by,
                OccurrenceRow.claimed_at == held.at,
                OccurrenceRow.posted_at.is_(None),
                OccurrenceRow.missed_at.is_(None),
            )
            .values(**values)
        )
        return changed.rowcount == 1


def unfinished(connection: Connection, practice_id: str, kind: str, team_id: str, *, until: datetime) -> list[datetime]:
    """Return when the runs of that kind for that team were scheduled that were claimed and not finished, in order.

    Only those that were scheduled before ``until``.
    """
    rows = connection.execute(
        select(OccurrenceRow.scheduled_at)
        .where(
            OccurrenceRow.practice_id == practice_id,
            OccurrenceRow.kind == kind,
            OccurrenceRow.team_id == team_id,
            OccurrenceRow.scheduled_at < until,
            OccurrenceRow.posted_at.is_(None),
            OccurrenceRow.missed_at.is_(None),
        )
        .distinct()
        .order_by(OccurrenceRow.scheduled_at)
    )
    return list(rows.scalars())


def known(connection: Connection, practice_id: str, kind: str, team_id: str, *, since: datetime) -> set[datetime]:
    """Return when the runs of that kind for that team were scheduled that somebody claimed, later than ``since``."""
    rows = connection.execute(
        select(OccurrenceRow.scheduled_at).where(
            OccurrenceRow.practice_id == practice_id,
            OccurrenceRow.kind == kind,
            OccurrenceRow.team_id == team_id,
            OccurrenceRow.scheduled_at > since,
        )
    )
    return set(rows.scalars())


def _insert(connection: Connection, occurrence: Occurrence, *, by: str, at: datetime, lease_until: datetime) -> None:
    connection.execute(
        insert(OccurrenceRow).values(
            practice_id=occurrence.practice_id,
            kind=occurrence.kind,
            team_id=occurrence.team_id,
            scheduled_at=occurrence.scheduled_at,
            recipient=occurrence.recipient,
            claimed_by=by,
            claimed_at=at,
            lease_until=lease_until,
            is_late=False,
        )
    )


def _is(occurrence: Occurrence) -> tuple[ColumnElement[bool], ...]:
    return (*_is_run(occurrence), OccurrenceRow.recipient == occurrence.recipient)


def _is_run(occurrence: Occurrence) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for this run, whoever is told."""
    return (
        OccurrenceRow.practice_id == occurrence.practice_id,
        OccurrenceRow.kind == occurrence.kind,
        OccurrenceRow.team_id == occurrence.team_id,
        OccurrenceRow.scheduled_at == occurrence.scheduled_at,
    )
