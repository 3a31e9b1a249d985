"""Living digests: who took whom, and what each digest listed in which message.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "takes",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f("fk_takes_practice_id_patient_code"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "month", "patient_code", "revision", name=op.f("pk_takes")),
    )
    op.create_table(
        "digests",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("digest_key", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        sa.Column("picture_file_id", sa.String(), nullable=True),
        sa.Column("picture_alt", sa.Text(), nullable=True),
        sa.Column("picture_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "team_id"],
            ["care_teams.practice_id", "care_teams.team_id"],
            name=op.f("fk_digests_practice_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "digest_key", name=op.f("pk_digests")),
    )
    op.create_index(op.f("ix_digests_practice_id_team_id"), "digests", ["practice_id", "team_id"], unique=False)
    op.create_table(
        "digest_messages",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("digest_key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message_ts", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "digest_key"],
            ["digests.practice_id", "digests.digest_key"],
            name=op.f("fk_digest_messages_practice_id_digest_key"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "digest_key", "number", name=op.f("pk_digest_messages")),
    )
    op.create_index(
        op.f("ix_digest_messages_practice_id_message_ts"),
        "digest_messages",
        ["practice_id", "message_ts"],
        unique=False,
    )
    op.create_table(
        "listed_patients",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("digest_key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message_number", sa.Integer(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("band_low", sa.Integer(), nullable=False),
        sa.Column("band_high", sa.Integer(), nullable=False),
        sa.Column("counted_minutes", sa.Integer(), nullable=False),
        sa.Column("next_code", sa.String(), nullable=False),
        sa.Column("minutes_missing", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "digest_key"],
            ["digests.practice_id", "digests.digest_key"],
            name=op.f("fk_listed_patients_practice_id_digest_key"),
        ),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f("fk_listed_patients_practice_id_patient_code"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "digest_key", "position", name=op.f("pk_listed_patients")),
    )
    op.create_index(
        op.f("ix_listed_patients_practice_id_patient_code"),
        "listed_patients",
        ["practice_id", "patient_code"],
        unique=False,
    )
    protect("takes")
