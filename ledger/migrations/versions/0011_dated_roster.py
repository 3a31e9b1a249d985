"""The roster by days: what is known of people and patients holds since the beginning; people are employed or not.

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import protect
from ledger.migrations.row_level_security import keep_apart

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_DATED = {
    ("staff", "staff_id"): {"credential": sa.String, "supervised": sa.Boolean, "teams": sa.JSON},
    ("patients", "patient_code"): {
        "billing_practitioner": sa.String,
        "conditions": sa.JSON,
        "risk_documented": sa.Boolean,
        "team_id": sa.String,
    },
}
"""The dated columns of each table of the roster, as they were called when this was written."""


def upgrade() -> None:
    op.add_column("staff", sa.Column("employed", sa.Boolean(), nullable=False, server_default=sa.true()))
    facts = op.create_table(
        "roster_facts",
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], name=op.f("fk_roster_facts_practice_id")),
        sa.PrimaryKeyConstraint(
            "practice_id", "subject_kind", "subject_id", "from_date", "revision", name=op.f("pk_roster_facts")
        ),
    )
    op.create_index(
        op.f("ix_roster_facts_practice_id_subject_kind_from_date"),
        "roster_facts",
        ["practice_id", "subject_kind", "from_date"],
        unique=False,
    )
    practices = sa.table("practices", sa.column("practice_id"), sa.column("created_at", sa.DateTime(timezone=True)))
    for (kind, key), columns in _DATED.items():
        dated: list[sa.ColumnClause[object]] = [sa.column(name, of()) for name, of in columns.items()]
        table = sa.table(kind, sa.column("practice_id"), sa.column(key), *dated)
        known = sa.select(table, practices.c.created_at).join_from(
            table, practices, table.c.practice_id == practices.c.practice_id
        )
        for rows in op.get_bind().execute(known).mappings().partitions(_AT_ONCE):
            op.get_bind().execute(sa.insert(facts), _since_the_beginning(kind, key, list(columns), rows))
    protect("roster_facts")
    keep_apart("roster_facts")


def _since_the_beginning(
    kind: str, key: str, columns: Sequence[str], rows: Sequence[sa.RowMapping]
) -> list[dict[str, object]]:
    """Return the facts that these rows of the roster become; nobody was known to be employed by somebody else."""
    also = {"employed": True} if kind == "staff" else {}
    return [
        {
            "practice_id": row["practice_id"],
            "subject_kind": kind,
            "subject_id": row[key],
            "from_date": date.min,
            "revision": 0,
            "content": {name: row[name] for name in columns} | also,
            "recorded_at": row["created_at"],
            "recorded_by": "migration",
        }
        for row in rows
    ]
