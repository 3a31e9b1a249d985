"""Alembic's entry: runs the migrations on the connection that ``ledger.storage.schema`` hands over."""

from alembic import context

from ledger.storage.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, transaction_per_migration=False
)
with context.begin_transaction():
    context.run_migrations()
