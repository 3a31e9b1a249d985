"""What connections to the database tell of it: that it is away, that it is back, that a commit was cut off."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.exc import DBAPIError

from ledger.errors import OutcomeUnknownError
from ledger.storage.failures import PASSING, told
from ledger.storage.reach import Reach

_COMMITTING = "ledger_commits"
CHANGED = "ledger_changed"
"""In the notes of a connection: that its transaction, or the last one, changed a row."""


def is_passing(error: Exception) -> bool:
    """Return whether the same work may succeed when it is done again, since only the way to the database failed.

    That is a connection that cannot be had or was lost, a serialization failure, a deadlock, a lock; not a password
    that is refused or a disk that is full.
    """
    if isinstance(error, OutcomeUnknownError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    failure = told(error)
    return failure is not None and failure.code in PASSING


def watch(engine: Engine, reach: Reach) -> None:
    """Keep ``reach`` true of what the engine's connections meet.

    A connection that is lost while it commits leaves it open what was stored: that raises ``OutcomeUnknownError``.
    """

    @event.listens_for(engine, "checkout")
    def _on_checkout(_dbapi_connection: Any, _record: object, _proxy: object) -> None:
        reach.worked()  # a pool that pings first hands out no connection that was lost

    @event.listens_for(engine, "begin", insert=True)
    def _on_begin(connection: Connection) -> None:
        for mark in (_COMMITTING, CHANGED):  # before the others, which may find the connection lost
            connection.info.pop(mark, None)

    @event.listens_for(engine, "after_cursor_execute")
    def _on_executed(
        connection: Connection, cursor: Any, _said: str, _values: Any, context: DefaultExecutionContext, _many: object
    ) -> None:
        if (context.isinsert or context.isupdate or context.isdelete) and cursor.rowcount:
            connection.info[CHANGED] = True

    @event.listens_for(engine, "commit")
    def _on_commit(connection: Connection) -> None:
        connection.info[_COMMITTING] = True

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> None:
        could_not_connect = context.connection is None and not context.is_pre_ping
        if context.is_disconnect or could_not_connect:
            reach.failed(type(context.original_exception).__name__)
        connection = context.connection
        is_cut_off = context.is_disconnect or _may_be_kept(context.original_exception)
        if is_cut_off and connection is not None and connection.info.get(_COMMITTING):
            raise OutcomeUnknownError


def _may_be_kept(error: BaseException) -> bool:
    """Return whether the disk failed SQLite at a moment at which the transaction may stand in the log already, whole.

    Not where a write failed: the mark that makes a transaction count is written last (https://www.sqlite.org/walformat.html).
    """
    name = str(getattr(error, "sqlite_errorname", ""))
    return isinstance(error, sqlite3.Error) and name.startswith("SQLITE_IOERR") and name != "SQLITE_IOERR_WRITE"
