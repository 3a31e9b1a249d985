"""The claims: one row per scheduled run, kept as the audit trail of what was posted when; and what digests listed."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.storage.tables import Base


class OccurrenceRow(Base):
    """A run that was due: who claimed it until when, and the message it led to, or that it was missed.

    Unique on practice, kind, team, *scheduled* time and recipient, so that any number of processes lead to one run.
    ``team_id`` is empty where it concerns the whole practice, ``recipient`` where it is for a channel; otherwise it is
    the staff id of the only person who is told.
    """

    __tablename__ = "occurrences"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(primary_key=True)
    scheduled_at: Mapped[datetime] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(primary_key=True)
    claimed_by: Mapped[str]
    claimed_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    channel_id: Mapped[str | None]
    message_ts: Mapped[str | None]
    posted_at: Mapped[datetime | None]
    is_late: Mapped[bool]
    missed_at: Mapped[datetime | None]


class WatchRow(Base):
    """Until when somebody watched the clock for a practice: what was due while nobody did may have been missed."""

    __tablename__ = "watches"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    watched_until: Mapped[datetime]


class DigestRow(Base):
    """A digest that lists patients of one month, under the key of its occurrence.

    ``living`` says that it follows what happens by itself: the newest of its team does, unless it is gone.
    ``due_at`` is when a scheduled one was due; ``picture_shown`` says that its first message has the picture.
    """

    __tablename__ = "digests"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "team_id"], ["care_teams.practice_id", "care_teams.team_id"]),
        Index(None, "practice_id", "team_id"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    digest_key: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str]
    month: Mapped[date]
    channel_id: Mapped[str]
    due_at: Mapped[datetime | None]
    listed_at: Mapped[datetime]
    living: Mapped[bool]
    picture_file_id: Mapped[str | None]
    picture_alt: Mapped[str | None] = mapped_column(Text)
    picture_shown: Mapped[bool]


class DigestMessageRow(Base):
    """One message of a digest, the first or one that continues it, once it is posted; what it shows by fingerprint."""

    __tablename__ = "digest_messages"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "digest_key"], ["digests.practice_id", "digests.digest_key"]),
        Index(None, "practice_id", "message_ts"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    digest_key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    message_ts: Mapped[str]
    fingerprint: Mapped[str]


class ListedPatientRow(Base):
    """A patient whom a digest listed: in which of its messages, and how near the next code the patient was then."""

    __tablename__ = "listed_patients"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "digest_key"], ["digests.practice_id", "digests.digest_key"]),
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        Index(None, "practice_id", "patient_code"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    digest_key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    message_number: Mapped[int]
    patient_code: Mapped[str]
    program: Mapped[str]
    band_low: Mapped[int]
    band_high: Mapped[int]
    counted_minutes: Mapped[int]
    next_code: Mapped[str]
    minutes_missing: Mapped[int]
    amount_cents: Mapped[int]
    units: Mapped[int]
    blocked: Mapped[bool]
