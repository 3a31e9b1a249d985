"""The states of installations under way: each is good once, for ten minutes, in whatever process it comes back to."""

from datetime import UTC, datetime

from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import delete

from bot.oauth.tables import STATES
from ledger.storage.database import Database

STATE_SECONDS = 600


class SharedStates(SQLAlchemyOAuthStateStore):
    """slack_sdk's store, of which one of several who bring the same state is believed."""

    def __init__(self, database: Database) -> None:
        """Keep the states in ``database``."""
        super().__init__(STATE_SECONDS, database.engine.execution_options(ledger_writes=True))

    def issue(self, *args: object, **more: object) -> str:
        """Return a new state; those that nobody came back with are forgotten."""
        with self.engine.begin() as connection:
            connection.execute(delete(STATES).where(STATES.c.expire_at <= _now()))
        return str(super().issue(*args, **more))

    def consume(self, state: str) -> bool:
        """Return whether the state is good; it is not any more after that."""
        spent = delete(STATES).where(STATES.c.state == state, STATES.c.expire_at > _now())
        with self.engine.begin() as connection:
            return connection.execute(spent).rowcount == 1


def _now() -> datetime:
    """Now, as slack_sdk stores it."""
    return datetime.now(UTC).replace(tzinfo=None)
