"""What is due and not posted yet: what a monitor watches, whichever process should have posted it."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from jobs.calendar import due
from jobs.claims import Occurrence
from jobs.digests import SCHEDULED
from jobs.tables import OccurrenceRow
from ledger.database import Database
from ledger.practice import Practice, all_practices
from ledger.roster import teams


def waiting(database: Database, *, at: datetime) -> list[Occurrence]:
    """The digests of every practice that are due at that instant and not posted, claimed or not."""
    with database.reading() as connection:
        return [one for practice in all_practices(connection) for one in waiting_of(connection, practice, at=at)]


def waiting_of(connection: Connection, practice: Practice, *, at: datetime) -> list[Occurrence]:
    """The digests of one practice that are due at that instant and not posted."""
    instants = due(at, practice.zone, practice.conduct.digest_hour, practice.conduct.digest_days)
    if not instants:
        return []
    scheduled = [instant.astimezone(UTC) for instant in instants]
    posted = select(OccurrenceRow.team_id, OccurrenceRow.scheduled_at).where(
        OccurrenceRow.practice_id == practice.practice_id,
        OccurrenceRow.kind == SCHEDULED,
        OccurrenceRow.scheduled_at.in_(scheduled),
        OccurrenceRow.posted_at.is_not(None),
    )
    done = {(row.team_id, row.scheduled_at) for row in connection.execute(posted)}
    return [
        Occurrence(practice.practice_id, SCHEDULED, team.team_id, instant)
        for instant in scheduled
        for team in teams(connection, practice.practice_id)
        if (team.team_id, instant) not in done
    ]
