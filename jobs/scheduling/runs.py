"""What became of what was due: the claims, read as the record that they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from jobs.scheduling.claims import Occurrence
from jobs.scheduling.schedules import DIGEST, due, plans
from jobs.scheduling.tables import OccurrenceRow
from ledger.practice.practice import Practice, all_practices
from ledger.roster.directory import teams
from ledger.storage.database import Database


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was claimed: posted, missed, or neither yet. ``recipient`` is empty where a channel was told.

    One that was posted without a message had nothing to say.
    """

    kind: str
    team_id: str
    recipient: str
    scheduled_at: datetime
    claimed_by: str
    posted_at: datetime | None
    message_ts: str | None
    is_late: bool
    missed_at: datetime | None


def latest_runs(connection: Connection, practice_id: str, *, most: int) -> list[Run]:
    """Return the runs that were due last, at most so many, the latest first."""
    rows = connection.execute(
        select(
            OccurrenceRow.kind,
            OccurrenceRow.team_id,
            OccurrenceRow.recipient,
            OccurrenceRow.scheduled_at,
            OccurrenceRow.claimed_by,
            OccurrenceRow.posted_at,
            OccurrenceRow.message_ts,
            OccurrenceRow.is_late,
            OccurrenceRow.missed_at,
        )
        .where(OccurrenceRow.practice_id == practice_id)
        .order_by(OccurrenceRow.scheduled_at.desc(), OccurrenceRow.kind, OccurrenceRow.team_id, OccurrenceRow.recipient)
        .limit(most)
    )
    return [Run(*row) for row in rows]


def waiting(database: Database, *, at: datetime) -> list[Occurrence]:
    """Return what of every practice is due at that instant and not posted."""
    with database.across_practices().reading() as connection:
        practices = all_practices(connection)
    found: list[Occurrence] = []
    for practice in practices:
        with database.of(practice.practice_id).reading() as connection:
            found += waiting_of(connection, practice, at=at)
    return found


def waiting_of(connection: Connection, practice: Practice, *, at: datetime) -> list[Occurrence]:
    """Return what of one practice is due and not posted: the runs of its local day, in the order of its plans.

    A digest waits from its time on; of other kinds, which may have nothing to say, a run waits once it was claimed.
    """
    runs = due(plans(practice, teams(connection, practice.practice_id)), at)
    rows = connection.execute(
        select(OccurrenceRow.__table__).where(
            OccurrenceRow.practice_id == practice.practice_id,
            OccurrenceRow.scheduled_at.in_({run.scheduled_at for run in runs}),
        )
    ).all()
    done: dict[tuple[str, str, datetime], bool] = {}
    for row in rows:
        key = (row.kind, row.team_id, row.scheduled_at)
        done[key] = done.get(key, True) and (row.posted_at is not None or row.missed_at is not None)
    return [
        Occurrence(practice.practice_id, run.plan.kind, run.plan.team_id, run.scheduled_at)
        for run in runs
        if not done.get((run.plan.kind, run.plan.team_id, run.scheduled_at), run.plan.kind != DIGEST)
    ]
