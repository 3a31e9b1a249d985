"""Closed months: who closed and reopened which, and every statement as a close froze it.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import protect
from ledger.migrations.row_level_security import keep_apart

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_closings",
        *_key(),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rulebook", sa.String(), nullable=False),
        sa.Column("rulebook_hash", sa.String(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_month_closings_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "month", "number", name=op.f("pk_month_closings")),
    )
    op.create_table(
        "closed_statements",
        *_key(),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("head_position", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        *_references("closed_statements"),
        sa.PrimaryKeyConstraint("practice_id", "month", "number", "patient_code", name=op.f("pk_closed_statements")),
    )
    op.create_index(
        op.f("ix_closed_statements_practice_id_patient_code"),
        "closed_statements",
        ["practice_id", "patient_code"],
        unique=False,
    )
    op.create_table(
        "closed_programs",
        *_key(),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        *_references("closed_programs"),
        sa.PrimaryKeyConstraint(
            "practice_id", "month", "number", "patient_code", "program", name=op.f("pk_closed_programs")
        ),
    )
    for table in ("month_closings", "closed_statements", "closed_programs"):
        protect(table)
        keep_apart(table)


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    ]


def _references(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["practice_id", "month", "number"],
            ["month_closings.practice_id", "month_closings.month", "month_closings.number"],
            name=op.f(f"fk_{table}_practice_id_month_number"),
        ),
        sa.ForeignKeyConstraint(
            ["practice_id", "patient_code"],
            ["patients.practice_id", "patients.patient_code"],
            name=op.f(f"fk_{table}_practice_id_patient_code"),
        ),
    ]
