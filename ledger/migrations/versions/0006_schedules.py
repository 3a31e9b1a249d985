"""Schedules: when each team's digests come, runs for one person or the whole practice, and runs that were missed.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("digest_days", sa.JSON(), nullable=True),
        sa.Column("digest_business_days", sa.JSON(), nullable=True),
        sa.Column("digest_hour", sa.Integer(), nullable=True),
        sa.Column("digest_zone", sa.String(), nullable=True),
    ):
        op.add_column("care_teams", column)
    op.add_column("digests", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.rename_table("occurrences", "former_occurrences")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE former_occurrences RENAME CONSTRAINT pk_occurrences TO pk_former_occurrences")
    op.create_table(
        "occurrences",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=True),
        sa.Column("message_ts", sa.String(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_occurrences_practice_id")),
        sa.PrimaryKeyConstraint(
            "practice_id", "kind", "team_id", "scheduled_at", "recipient", name=op.f("pk_occurrences")
        ),
    )
    op.execute(
        "INSERT INTO occurrences (practice_id, kind, team_id, scheduled_at, recipient, claimed_by, claimed_at, "
        "lease_until, channel_id, message_ts, posted_at, is_late) "
        "SELECT practice_id, kind, team_id, scheduled_at, '', claimed_by, claimed_at, lease_until, channel_id, "
        "message_ts, posted_at, false FROM former_occurrences"
    )
    op.drop_table("former_occurrences")
    op.create_table(
        "watches",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("watched_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_watches_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_watches")),
    )
