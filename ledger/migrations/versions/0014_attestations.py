"""Attestations of the practice: who attested what on which day.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import protect
from ledger.migrations.row_level_security import keep_apart

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attestations",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attested_on", sa.Date(), nullable=False),
        sa.Column("attested_by", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_attestations_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "number", name=op.f("pk_attestations")),
    )
    protect("attestations")
    keep_apart("attestations")
