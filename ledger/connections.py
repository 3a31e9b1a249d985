"""What connections to the database tell of it: that it is away, that it is back, that a commit was cut off."""

from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.errors import OutcomeUnknownError
from ledger.reach import Reach

_COMMITTING = "ledger_commits"


def is_passing(error: Exception) -> bool:
    """Whether the same work may succeed when it is done again: what failed is the way to the database, or the turn.

    That is a connection that cannot be had or was lost, a serialization failure, a deadlock, a lock.
    """
    if isinstance(error, DBAPIError):
        return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return isinstance(error, PoolTimeoutError | OutcomeUnknownError)


def watch(engine: Engine, reach: Reach) -> None:
    """Keeps ``reach`` true of what the engine's connections meet.

    A connection that is lost while it commits leaves it open what was stored: that raises ``OutcomeUnknownError``.
    """

    @event.listens_for(engine, "checkout")
    def _on_checkout(_dbapi_connection: Any, _record: object, _proxy: object) -> None:
        reach.worked()  # a pool that pings first hands out no connection that was lost

    @event.listens_for(engine, "begin", insert=True)
    def _on_begin(connection: Connection) -> None:
        connection.info.pop(_COMMITTING, None)  # before the others, which may find the connection lost

    @event.listens_for(engine, "commit")
    def _on_commit(connection: Connection) -> None:
        connection.info[_COMMITTING] = True

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> None:
        could_not_connect = context.connection is None and not context.is_pre_ping
        if context.is_disconnect or could_not_connect:
            reach.failed(type(context.original_exception).__name__)
        connection = context.connection
        if context.is_disconnect and connection is not None and connection.info.get(_COMMITTING):
            raise OutcomeUnknownError
