"""PostgreSQL holds practices apart in every table that belongs to one.

A migration that makes such a table after this one calls ``keep_apart`` for it.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.row_level_security import keep_apart

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        if "practice_id" in {column["name"] for column in inspector.get_columns(table)}:
            keep_apart(table)
