"""The ledger: roster, facts, entries, figures, claims; append-only where design 2 says so.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practices",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_practices")),
    )
    op.create_table(
        "care_teams",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_care_teams_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "team_id", name=op.f("pk_care_teams")),
        sa.UniqueConstraint("practice_id", "name", name=op.f("uq_care_teams_practice_id_name")),
    )
    op.create_table(
        "requests",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_requests_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "idempotency_key", name=op.f("pk_requests")),
    )
    op.create_table(
        "policy_changes",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_policy_changes_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "change_id", name=op.f("pk_policy_changes")),
    )
    op.create_table(
        "roster_changes",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_roster_changes_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "change_id", name=op.f("pk_roster_changes")),
    )
    op.create_table(
        "staff",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("slack_user_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_staff_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("practice_id", "slack_user_id", name=op.f("uq_staff_practice_id_slack_user_id")),
    )
    op.create_table(
        "occurrences",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=True),
        sa.Column("message_ts", sa.String(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id", "team_id"],
            ["care_teams.practice_id", "care_teams.team_id"],
            name=op.f("fk_occurrences_practice_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "kind", "team_id", "scheduled_at", name=op.f("pk_occurrences")),
    )
    op.create_table(
        "patients",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("code_key", sa.String(), nullable=False),
        sa.Column("code_number", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("billing_practitioner", sa.String(), nullable=True),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("risk_documented", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "billing_practitioner"],
            ["staff.practice_id", "staff.staff_id"],
            name=op.f("fk_patients_practice_id_billing_practitioner"),
        ),
        sa.ForeignKeyConstraint(
            ["practice_id", "team_id"],
            ["care_teams.practice_id", "care_teams.team_id"],
            name=op.f("fk_patients_practice_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "patient_code", name=op.f("pk_patients")),
    )
    op.create_index(op.f("ix_patients_practice_id_code_key"), "patients", ["practice_id", "code_key"], unique=True)
    op.create_index(
        op.f("ix_patients_practice_id_code_number"), "patients", ["practice_id", "code_number"], unique=False
    )
    op.create_index(op.f("ix_patients_practice_id_team_id"), "patients", ["practice_id", "team_id"], unique=False)

    op.create_table(
        "chain_heads",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f("fk_chain_heads_practice_id_patient_code"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "patient_code", name=op.f("pk_chain_heads")),
    )
    op.create_table(
        "patient_facts",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f("fk_patient_facts_practice_id_patient_code"),
        ),
        sa.PrimaryKeyConstraint(
            "practice_id", "patient_code", "kind", "subject", "on_date", "revision", name=op.f("pk_patient_facts")
        ),
    )
    op.create_index(op.f("ix_patient_facts_practice_id_kind"), "patient_facts", ["practice_id", "kind"], unique=False)
    op.create_table(
        "patient_months",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counted_minutes", sa.Integer(), nullable=False),
        sa.Column("excluded_minutes", sa.Integer(), nullable=False),
        sa.Column("staff_minutes", sa.Integer(), nullable=False),
        sa.Column("practitioner_minutes", sa.Integer(), nullable=False),
        sa.Column("expected_cents", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("next_thresholds", sa.JSON(), nullable=False),
        sa.Column("blockers", sa.JSON(), nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("last_contact_by", sa.String(), nullable=True),
        sa.Column("rulebook", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f("fk_patient_months_practice_id_patient_code"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "month", "patient_code", "program", name=op.f("pk_patient_months")),
    )
    op.create_index(
        op.f("ix_patient_months_practice_id_patient_code"),
        "patient_months",
        ["practice_id", "patient_code"],
        unique=False,
    )

    op.create_table(
        "time_entries",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("first_part_position", sa.Integer(), nullable=True),
        sa.Column("replaces_position", sa.Integer(), nullable=True),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f("fk_time_entries_practice_id_patient_code"),
        ),
        sa.ForeignKeyConstraint(
            ["practice_id", "staff_id"],
            ["staff.practice_id", "staff.staff_id"],
            name=op.f("fk_time_entries_practice_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "patient_code", "position", name=op.f("pk_time_entries")),
    )
    op.create_index(
        op.f("ix_time_entries_practice_id_patient_code_date_of_service"),
        "time_entries",
        ["practice_id", "patient_code", "date_of_service"],
        unique=False,
    )
    op.create_index(
        op.f("ix_time_entries_practice_id_staff_id_recorded_at"),
        "time_entries",
        ["practice_id", "staff_id", "recorded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_time_entries_practice_id_staff_id_started_at"),
        "time_entries",
        ["practice_id", "staff_id", "started_at"],
        unique=False,
    )

    op.create_table(
        "entry_voids",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code", "entry_position"],
            ["time_entries.practice_id", "time_entries.patient_code", "time_entries.position"],
            name=op.f("fk_entry_voids_practice_id_patient_code_entry_position"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "patient_code", "position", name=op.f("pk_entry_voids")),
        sa.UniqueConstraint(
            "practice_id",
            "patient_code",
            "entry_position",
            name=op.f("uq_entry_voids_practice_id_patient_code_entry_position"),
        ),
    )
    op.create_table(
        "entry_addenda",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code", "entry_position"],
            ["time_entries.practice_id", "time_entries.patient_code", "time_entries.position"],
            name=op.f("fk_entry_addenda_practice_id_patient_code_entry_position"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "patient_code", "position", name=op.f("pk_entry_addenda")),
    )
    op.create_index(
        op.f("ix_entry_addenda_practice_id_patient_code_entry_position"),
        "entry_addenda",
        ["practice_id", "patient_code", "entry_position"],
        unique=False,
    )
    for table in (
        "time_entries",
        "entry_voids",
        "entry_addenda",
        "patient_facts",
        "roster_changes",
        "policy_changes",
        "requests",
    ):
        protect(table)
