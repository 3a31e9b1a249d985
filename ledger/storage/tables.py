"""The ledger's tables. Every primary key begins with ``practice_id`` (design 4).

``APPEND_ONLY`` names the tables whose rows are inserted and never changed; triggers refuse anything else
(design 2). Figures in ``patient_months`` are derived: ``ccm verify`` recomputes each of them.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKeyConstraint, Index, MetaData, String, Text, UniqueConstraint, and_, true
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware when it goes in, stored in UTC, aware in UTC when it comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC.

        Raises:
            ValueError: For a local time without a zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the stored instant, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: String, datetime: UtcDateTime, list[Any]: JSON, dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's declaration


_LIST_OR_NULL = JSON(none_as_null=True)


class PracticeRow(Base):
    """One Slack workspace."""

    __tablename__ = "practices"

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    policy: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class CareTeamRow(Base):
    """A care team, the channel its digests go to, and when they come where that is not as the practice's policy has."""

    __tablename__ = "care_teams"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),
        UniqueConstraint("practice_id", "name"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    channel_id: Mapped[str]
    digest_days: Mapped[list[Any] | None] = mapped_column(_LIST_OR_NULL)
    digest_business_days: Mapped[list[Any] | None] = mapped_column(_LIST_OR_NULL)
    digest_hour: Mapped[int | None]
    digest_zone: Mapped[str | None]


class StaffRow(Base):
    """A staff member as of now; what held on another day stands in ``roster_facts``."""

    __tablename__ = "staff"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),
        UniqueConstraint("practice_id", "slack_user_id"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(primary_key=True)
    slack_user_id: Mapped[str | None]
    name: Mapped[str]
    credential: Mapped[str]
    roles: Mapped[list[Any]]
    teams: Mapped[list[Any]]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]
    supervised: Mapped[bool]
    employed: Mapped[bool] = mapped_column(server_default=true())
    npi: Mapped[str | None]


class PatientRow(Base):
    """A patient as of now, as ``StaffRow`` is. ``code_key`` and ``code_number`` find it however its code is typed."""

    __tablename__ = "patients"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "team_id"], ["care_teams.practice_id", "care_teams.team_id"]),
        ForeignKeyConstraint(["practice_id", "billing_practitioner"], ["staff.practice_id", "staff.staff_id"]),
        Index(None, "practice_id", "code_key", unique=True),
        Index(None, "practice_id", "code_number"),
        Index(None, "practice_id", "team_id"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    code_key: Mapped[str]
    code_number: Mapped[str]
    team_id: Mapped[str]
    billing_practitioner: Mapped[str | None]
    conditions: Mapped[list[Any]]
    risk_documented: Mapped[bool]
    place_of_service: Mapped[str | None]


class ChainHeadRow(Base):
    """The last link of a patient's chain. Its row is the lock that writers to one patient queue for."""

    __tablename__ = "chain_heads"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    hash: Mapped[str]


class TimeEntryRow(Base):
    """One entry, or the part of one that fell on this date (billing-rules E1, E3, E5).

    ``stored_number`` counts what was stored for the staff member, whatever the clocks of the processes that stored it
    said; parts of one entry share it. Imported rows have none, nor have those from before it was counted.
    """

    __tablename__ = "time_entries"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        ForeignKeyConstraint(["practice_id", "staff_id"], ["staff.practice_id", "staff.staff_id"]),
        Index(None, "practice_id", "patient_code", "date_of_service"),
        Index(None, "practice_id", "staff_id", "started_at"),
        Index(None, "practice_id", "staff_id", "recorded_at"),
        Index(None, "practice_id", "staff_id", "stored_number"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[str]
    program: Mapped[str]
    activity: Mapped[str]
    contact: Mapped[str | None]
    date_of_service: Mapped[date]
    duration_minutes: Mapped[int]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    external_id: Mapped[str | None]
    first_part_position: Mapped[int | None]
    replaces_position: Mapped[int | None]
    stored_number: Mapped[int | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class EntryVoidRow(Base):
    """A correction by adding: the entry at ``entry_position`` no longer counts (billing-rules E5, C1)."""

    __tablename__ = "entry_voids"
    __table_args__ = (
        ForeignKeyConstraint(
            ["practice_id", "patient_code", "entry_position"],
            ["time_entries.practice_id", "time_entries.patient_code", "time_entries.position"],
        ),
        UniqueConstraint("practice_id", "patient_code", "entry_position"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    entry_position: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


VOIDS_ENTRY = and_(
    EntryVoidRow.practice_id == TimeEntryRow.practice_id,
    EntryVoidRow.patient_code == TimeEntryRow.patient_code,
    EntryVoidRow.entry_position == TimeEntryRow.position,
)
"""Joins an entry to its void: an entry without one is live (billing-rules E5, C1)."""


class EntryAddendumRow(Base):
    """Text added to the note of the entry whose first part is at ``entry_position`` (billing-rules E5)."""

    __tablename__ = "entry_addenda"
    __table_args__ = (
        ForeignKeyConstraint(
            ["practice_id", "patient_code", "entry_position"],
            ["time_entries.practice_id", "time_entries.patient_code", "time_entries.position"],
        ),
        Index(None, "practice_id", "patient_code", "entry_position"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    entry_position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class PatientFactRow(Base):
    """A dated fact about a patient (``patients.facts``): the latest revision of a kind, subject and date holds."""

    __tablename__ = "patient_facts"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        Index(None, "practice_id", "kind"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    until_date: Mapped[date | None]
    details: Mapped[dict[str, Any]]
    withdrawn: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class RosterChangeRow(Base):
    """Who changed which team, staff member or patient, when, and to what."""

    __tablename__ = "roster_changes"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    content: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class StrangerRow(Base):
    """Somebody who is not on the staff and came to use the bot: when the administrators were last told of it."""

    __tablename__ = "strangers"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    slack_user_id: Mapped[str] = mapped_column(primary_key=True)
    told_on: Mapped[date]
    ignored_by: Mapped[str | None]


class PolicyChangeRow(Base):
    """Who changed which practice policy, when, from what and to what."""

    __tablename__ = "policy_changes"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class AttestationRow(Base):
    """Who attested what of the practice on which day, counted from 1; without ``attested_by`` nobody did after all."""

    __tablename__ = "attestations"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    attested_on: Mapped[date]
    attested_by: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class RequestRow(Base):
    """A write that was asked for under a key, and what came of it (design 3)."""

    __tablename__ = "requests"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    result: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]


class TimerRow(Base):
    """A running timer, one a person (the primary key holds that); what becomes of it is an entry, or nothing.

    ``reminder_lease_until`` is how long a process that claimed its reminder has time to send it.
    """

    __tablename__ = "timers"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        ForeignKeyConstraint(["practice_id", "staff_id"], ["staff.practice_id", "staff.staff_id"]),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str]
    program: Mapped[str | None]
    activity: Mapped[str | None]
    contact: Mapped[str | None]
    note: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime]
    reminder_lease_until: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class PatientMonthRow(Base):
    """The stored figures of one program of one patient-month (design 1)."""

    __tablename__ = "patient_months"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        Index(None, "practice_id", "patient_code"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    program: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    counted_minutes: Mapped[int]
    excluded_minutes: Mapped[int]
    staff_minutes: Mapped[int]
    practitioner_minutes: Mapped[int]
    expected_cents: Mapped[int]
    codes: Mapped[list[Any]]
    next_thresholds: Mapped[list[Any]]
    blockers: Mapped[list[Any]]
    last_contact_on: Mapped[date | None]
    last_contact_by: Mapped[str | None]
    rulebook: Mapped[str]


class TakeRow(Base):
    """Who took a patient of a month's worklist, or with ``staff_id`` empty gave the patient back; the latest holds."""

    __tablename__ = "takes"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class HomeTabRow(Base):
    """A person's Home tab as it was published last: what of it they were looking at, and Slack's hash of it."""

    __tablename__ = "home_tabs"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    slack_user_id: Mapped[str] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    looking_at: Mapped[dict[str, Any]]
    view_hash: Mapped[str]


APPEND_ONLY = (
    "time_entries",
    "entry_voids",
    "entry_addenda",
    "patient_facts",
    "roster_changes",
    "roster_facts",
    "policy_changes",
    "attestations",
    "requests",
    "takes",
    "month_closings",
    "closed_statements",
    "closed_programs",
    "claim_exports",
    "claim_export_lines",
    "claim_marks",
)
