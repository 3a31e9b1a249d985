"""What is due and not posted yet: what a monitor watches, whichever process should have posted it."""

from datetime import datetime

from sqlalchemy import Connection, select

from jobs.claims import Occurrence
from jobs.schedules import DIGEST, due, plans
from jobs.tables import OccurrenceRow
from ledger.practice.practice import Practice, all_practices
from ledger.roster.directory import teams
from ledger.storage.database import Database


def waiting(database: Database, *, at: datetime) -> list[Occurrence]:
    """What of every practice is due at that instant and not posted."""
    with database.across_practices().reading() as connection:
        practices = all_practices(connection)
    found: list[Occurrence] = []
    for practice in practices:
        with database.of(practice.practice_id).reading() as connection:
            found += waiting_of(connection, practice, at=at)
    return found


def waiting_of(connection: Connection, practice: Practice, *, at: datetime) -> list[Occurrence]:
    """What of one practice is due at that instant and not posted: the runs of its local day, in the order of its plans.

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
