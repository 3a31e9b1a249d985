"""What became of what was due: the claims, read as the record that they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from jobs.tables import OccurrenceRow


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
    """The runs that were due last, at most so many, the latest first."""
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
