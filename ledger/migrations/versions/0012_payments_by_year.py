"""Practices: the payments that they replaced stand under the year for which they hold.

Until now one figure held for every month. It stays what it was for the years that had a rulebook then; of later years
nothing was known, and the practice says anew what they pay. The history of changes is kept as it was written.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

YEARS = ("2025", "2026")


def upgrade() -> None:
    practices = sa.table("practices", sa.column("practice_id", sa.String()), sa.column("policy", sa.JSON()))
    bind = op.get_bind()
    for practice_id, policy in bind.execute(sa.select(practices.c.practice_id, practices.c.policy)).all():
        payments = policy.get("payments")
        if payments:
            by_year = {**policy, "payments": dict.fromkeys(YEARS, payments)}
            bind.execute(practices.update().where(practices.c.practice_id == practice_id).values(policy=by_year))
