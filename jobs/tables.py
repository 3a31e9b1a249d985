"""The claims: one row per scheduled run, kept as the audit trail of what was posted when."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.tables import Base


class OccurrenceRow(Base):
    """A run that was due: who claimed it until when, and the message it led to.

    Unique on practice, kind, team and *scheduled* time, so that any number of processes lead to one run.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "team_id"], ["care_teams.practice_id", "care_teams.team_id"]),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(primary_key=True)
    scheduled_at: Mapped[datetime] = mapped_column(primary_key=True)
    claimed_by: Mapped[str]
    claimed_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    channel_id: Mapped[str | None]
    message_ts: Mapped[str | None]
    posted_at: Mapped[datetime | None]
