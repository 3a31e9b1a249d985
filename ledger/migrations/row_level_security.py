"""Policies by which PostgreSQL holds a table's practices apart (decision 022), for the migrations that make tables."""

from alembic import op

# A setting that was never set reads as NULL, one of an earlier transaction as '': neither is a practice, and nothing
# is seen. Each stands in a query of its own, so that it is read once a statement and not once a row.
_MAY_SEE = """
practice_id = (SELECT current_setting('ccm.practice', true))
OR (SELECT current_setting('ccm.across_practices', true)) = 'on'
"""


def keep_apart(table: str) -> None:
    """Let transactions see, add and change rows of ``table`` of their own practice alone; SQLite has no such thing.

    The table's owner, who the bot connects as, is held as well. Superusers and roles with BYPASSRLS never are.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_apart ON {table} USING ({_MAY_SEE})")
