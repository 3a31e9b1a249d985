"""Claim lines: exports and what became of the lines; an NPI for staff, a place of service for patients.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import protect
from ledger.migrations.row_level_security import keep_apart

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("npi", sa.String(), nullable=True))
    op.add_column("patients", sa.Column("place_of_service", sa.String(), nullable=True))
    op.create_table(
        "claim_exports",
        *_export_key(),
        *_recorded(),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_claim_exports_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "month", "number", name=op.f("pk_claim_exports")),
    )
    op.create_table(
        "claim_export_lines",
        *_export_key(),
        sa.Column("line_key", sa.String(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id", "month", "number"],
            ["claim_exports.practice_id", "claim_exports.month", "claim_exports.number"],
            name=op.f("fk_claim_export_lines_practice_id_month_number"),
        ),
        _patient("claim_export_lines"),
        sa.PrimaryKeyConstraint("practice_id", "month", "number", "line_key", name=op.f("pk_claim_export_lines")),
    )
    op.create_table(
        "claim_marks",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("line_key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("patient_code", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("paid_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        *_recorded(),
        _patient("claim_marks"),
        sa.PrimaryKeyConstraint("practice_id", "line_key", "number", name=op.f("pk_claim_marks")),
    )
    for table, column in (("claim_export_lines", "line_key"), ("claim_marks", "month")):
        name = op.f(f"ix_{table}_practice_id_{column}")
        op.create_index(name, table, ["practice_id", column], unique=False)
    for table in ("claim_exports", "claim_export_lines", "claim_marks"):
        protect(table)
        keep_apart(table)


def _export_key() -> list[sa.Column[object]]:
    return [
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    ]


def _recorded() -> list[sa.Column[object]]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    ]


def _patient(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["practice_id", "patient_code"],
        ["patients.practice_id", "patients.patient_code"],
        name=op.f(f"fk_{table}_practice_id_patient_code"),
    )
