"""Who has the Home tab open, and at which page.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_tabs",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("slack_user_id", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looking_at", sa.JSON(), nullable=False),
        sa.Column("view_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_home_tabs_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "slack_user_id", name=op.f("pk_home_tabs")),
    )
