"""Entries: in which order they were stored for a staff member, which no clock decides.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("time_entries", sa.Column("stored_number", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_time_entries_practice_id_staff_id_stored_number"),
        "time_entries",
        ["practice_id", "staff_id", "stored_number"],
        unique=False,
    )
