"""Strangers: of whom the administrators were told, and whom they ignore."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "strangers",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("slack_user_id", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("ignored_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_strangers_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "slack_user_id", name=op.f("pk_strangers")),
    )
