"""Where the ledger is kept: SQLite (WAL) by default, PostgreSQL for more than one process (design 5).

A transaction is told whose rows it may see before it begins (decision 022).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from ledger.errors import DatabaseAwayError
from ledger.storage.connections import CHANGED, watch
from ledger.storage.database_url import parsed_url
from ledger.storage.failures import PASSING, told
from ledger.storage.private_files import make_file, make_folder
from ledger.storage.queue import Queue
from ledger.storage.reach import Reach, Writes

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row whose columns are named where it is read."""

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
"""A query whose columns are named where its rows are read."""

WAIT_SECONDS = 2
"""How long a connection or a lock is waited for: whoever typed must be told within Slack's 3 seconds."""
PRACTICE_SETTING, ACROSS_SETTING = "ccm.practice", "ccm.across_practices"
"""What PostgreSQL's policies look at: whose rows a transaction may see, or that it may see everybody's ("on")."""
_UNPLUGGED_SECONDS = 1
"""How long a server may leave unanswered that it received something: one that was unplugged says nothing at all."""
_ONE_STATE: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""What makes PostgreSQL show a reader one state, as SQLite does: by default each query sees what was just stored."""


class Database:
    """A ledger's database, without transactions of its own: ``of`` gives those of one practice.

    On SQLite the process has one writer at a time: those that wait for one another inside SQLite back off unfairly,
    those that queue here do not.
    """

    def __init__(self, url: str, setting: str = "CCM_DATABASE_URL") -> None:
        """Keep the address; nothing is opened or made yet.

        Args:
            url: Its address, as ``ledger.storage.database_url`` understands it.
            setting: What an error calls the address.

        Raises:
            DatabaseAwayError: ``url`` is not one that can be used.
        """
        self.url = parsed_url(url, setting)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url, is_sqlite=self.is_sqlite)
        self.reach = Reach("database_lost", "database_back")
        self.writes = Writes()
        watch(self.engine, self.reach)
        self._writers = Queue()

    def of(self, practice_id: str) -> "ScopedDatabase":
        """Return the database as that practice sees it.

        PostgreSQL shows its transactions no row of another practice.
        """
        return ScopedDatabase(self, PRACTICE_SETTING, practice_id)

    def across_practices(self) -> "ScopedDatabase":
        """Return the database with the rows of every practice; decision 022 lists who asks for that, and why."""
        return ScopedDatabase(self, ACROSS_SETTING, "on")

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        """Wait for the process's other writers where they would be in one another's way.

        Raises:
            DatabaseAwayError: Where one of them has not finished within two seconds.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._writers.acquire(WAIT_SECONDS):
            raise DatabaseAwayError(
                "LEDGER_BUSY",
                "The ledger is busy: an import is being saved, or many people save at once. Nothing was saved.",
                "Keep what you typed and send it again in a minute.",
            )
        try:
            yield
        finally:
            self._writers.release()

    def note_refusal(self, error: DBAPIError) -> None:
        """Remember why nothing is stored any more, where ``error`` is not one that passes by itself."""
        failure = told(error)
        if failure is not None and failure.code not in PASSING:
            self.writes.refused(failure)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


class _TakenBack(Exception):  # noqa: N818 it is no error
    """Raised to end a transaction of ``ScopedDatabase.trying``."""


class ScopedDatabase:
    """A database as one practice sees it, or as it is across practices: it hands out transactions."""

    def __init__(self, database: Database, setting: str, value: str) -> None:
        """Made by ``Database.of`` and ``Database.across_practices`` alone."""
        self._database = database
        scope: Mapping[str, Any] = {"ledger_scope": (setting, value)}
        self._reads = scope if database.is_sqlite else {**scope, **_ONE_STATE}
        self._writes = {**scope, "ledger_writes": True}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Return a transaction that sees one state of the ledger and changes nothing."""
        with self._database.engine.connect() as connection:
            yield connection.execution_options(**self._reads)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Return one transaction a request: all of it is stored when the block ends, none of it when it raises.

        Raises:
            DatabaseAwayError: Where another writer of this process has not finished within two seconds.
        """
        with self._database.turn_to_write(), self._database.engine.connect() as connection:
            writer = connection.execution_options(**self._writes)
            try:
                with writer.begin():
                    yield writer
            except DBAPIError as error:
                self._database.note_refusal(error)
                raise
            if writer.info.get(CHANGED):
                self._database.writes.taken()

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """Return a transaction that is taken back when the block ends: to see what would be stored, or refused.

        Raises:
            DatabaseAwayError: As ``writing`` does.
        """
        with suppress(_TakenBack), self.writing() as connection:
            yield connection
            raise _TakenBack


def _engine(url: URL, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
        waits = {
            "connect_timeout": WAIT_SECONDS,
            "options": f"-c lock_timeout={WAIT_SECONDS}s",
            "tcp_user_timeout": 1000 * _UNPLUGGED_SECONDS,
            "keepalives_idle": _UNPLUGGED_SECONDS,
            "keepalives_interval": _UNPLUGGED_SECONDS,
        }
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=16, max_overflow=16, pool_timeout=WAIT_SECONDS, connect_args=waits
        )
        event.listen(engine, "begin", _say_whose)
        return engine
    engine = create_engine(url, pool_size=40, pool_timeout=WAIT_SECONDS, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "do_connect")
    def _make(*_how: object) -> None:
        _make_ledger(Path(url.database or ""))

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: Any, _record: object) -> None:
        # The driver's own BEGIN comes too late to take the write lock: this engine begins by itself.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        # Without recursive triggers, INSERT OR REPLACE would delete a row without asking the table's trigger.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ledger_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_ledger(file: Path) -> None:
    """Make the file of a SQLite ledger where there is none; raise ``DatabaseAwayError`` where that cannot be."""
    try:
        make_folder(file.parent)
        make_file(file)
    except OSError as error:
        failure = told(error)
        if failure is None:
            raise
        raise DatabaseAwayError(failure.code, failure.title, failure.remedy) from error


def _say_whose(connection: Connection) -> None:
    """Tell PostgreSQL whose rows the transaction may see; one that does not say so sees none (decision 022).

    The setting ends with the transaction, so that the pool's next one begins without it.
    """
    scope = connection.get_execution_options().get("ledger_scope")
    if scope is not None:
        connection.exec_driver_sql("SELECT set_config(%s, %s, true)", scope)
