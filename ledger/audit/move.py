"""A whole ledger copied from SQLite to PostgreSQL, or back, while nobody writes (decision 026)."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DataError, OperationalError

from ledger.audit.backup import file_of, refuse_missing
from ledger.audit.verify import verify_all
from ledger.errors import DatabaseAwayError, LedgerError
from ledger.storage import schema
from ledger.storage.batches import BATCH
from ledger.storage.database import Database
from ledger.storage.private_files import make_folder
from ledger.storage.sqlite_files import alone, opened, put, room_beside
from ledger.storage.tables import Base
from ledger.validation import Progress

TARGET = "--to"
"""What errors call the address of the database that is moved to."""
_MIGRATION = "alembic_version"
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)
_TIMES_LOOKED = 20
_NEW_DATABASE = (
    "Name a new database. In PostgreSQL: CREATE DATABASE ccm OWNER ccm; for SQLite a file that is not there."
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: how many practices, and how many rows of each table."""

    practices: int
    rows: Mapping[str, int]


def move(source: Database, target: Database, *, progress: Progress = lambda _step, _done, _all: None) -> Moved:
    """Copy every row of ``source`` into ``target``, verify both and compare them.

    Nobody can write to ``source`` meanwhile, and nothing in it changes. ``target`` has all of it when this returns;
    where it raises, no row (PostgreSQL, where the empty tables may be left) or no file (SQLite).

    Raises:
        LedgerError: LEDGER_MISSING, DATABASE_NOT_UPGRADED, DATABASE_NEWER, LEDGER_IN_USE, MOVE_TABLE_UNKNOWN or
            RECORD_DIFFERS of ``source``; MOVE_SAME; MOVE_TARGET_FULL, MOVE_TARGET_MIGRATION, MOVE_NOT_TAKEN of
            ``target``; MOVE_NOT_WHOLE where the copy is not what it is a copy of.
        DatabaseAwayError: one of them cannot be reached.
    """
    if source.is_sqlite:
        refuse_missing(file_of(source))
    schema.check(source)
    if _place(source) == _place(target):
        raise LedgerError("MOVE_SAME", f"{TARGET} names the ledger's own database. Nothing was moved.", _NEW_DATABASE)
    _refuse_full(target)
    with _held_still(source) as read:
        tables = _tables_of(read)
        practices = _verified(read, "ledger", progress)
        with _being_filled(target, tables) as write:
            copied = _copy(read, write, tables, progress)
            _go_on_numbering(write, tables)
            _verified(write, "copy", progress)
            _compare(write, copied, progress)
    return Moved(practices, {table.name: found.rows for table, found in copied.items()})


def _place(database: Database) -> object:
    url = database.url
    return (
        file_of(database) if database.is_sqlite else (url.host, url.port or 5432, url.database, url.query.get("host"))
    )


# The source


@contextmanager
def _held_still(source: Database) -> Iterator[Connection]:
    """Return a transaction during which nobody else writes to ``source``: before it, no other program had it open.

    SQLite: its write lock. PostgreSQL: every table is locked against writers; reading stays possible.
    """
    source.close()  # our own connections would be in the way
    if source.is_sqlite:
        with alone(file_of(source)):
            pass
    with source.across_practices().writing() as connection:
        if not source.is_sqlite:
            _refuse_others(connection)
            _lock(connection, [*Base.metadata.tables, _MIGRATION], "SHARE", "the ledger")
        yield connection


def _refuse_others(connection: Connection) -> None:
    """Raise ``LedgerError`` where another program is connected as the ledger's role, as the bot is even when idle."""
    for _ in range(_TIMES_LOOKED):  # PostgreSQL needs a moment to notice that a connection was closed
        if not connection.scalar(_OTHERS):
            return
        connection.exec_driver_sql("SELECT pg_sleep(0.1), pg_stat_clear_snapshot()")
    raise _in_use("the ledger")


def _in_use(what: str) -> LedgerError:
    return LedgerError(
        "LEDGER_IN_USE",
        f"A program has {what} open, such as the bot. Nothing was moved.",
        "Stop it first on every machine, for example: systemctl stop ccm\nTo see who it is, in psql: "
        "SELECT pid, client_addr, application_name FROM pg_stat_activity WHERE datname = current_database();",
    )


def _lock(connection: Connection, tables: Sequence[str], mode: str, what: str) -> None:
    """Lock tables of PostgreSQL until the transaction ends, and let it last as long as it takes."""
    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    quoted = connection.dialect.identifier_preparer.quote
    try:
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(map(quoted, sorted(tables)))} IN {mode} MODE")
    except OperationalError as error:
        raise _in_use(what) from error


def _tables_of(connection: Connection) -> list[Table]:
    """Return every table of the ledger, each after those that it refers to.

    What this program does not know it cannot copy, and must not leave behind.

    Raises:
        LedgerError: For one that is not known.
    """
    there = inspect(connection)
    unknown = []
    for name in set(there.get_table_names()) - {_MIGRATION}:
        table = Base.metadata.tables.get(name)
        if table is None:
            unknown.append(name)
        else:
            names = {column["name"] for column in there.get_columns(name)}
            unknown += [f"{name}.{column}" for column in names - set(table.columns.keys())]
    if unknown:
        raise LedgerError(
            "MOVE_TABLE_UNKNOWN",
            f"Not of the ledger, and yet in its database: {', '.join(sorted(unknown))}. Nothing was moved.",
            "Look at what it is; if you need it, keep it elsewhere. Then drop it, and move again.",
        )
    return Base.metadata.sorted_tables


# The target


def _refuse_full(target: Database) -> None:
    """Raise ``LedgerError`` unless ``target`` has nothing in it, or a ledger's empty tables."""
    if target.is_sqlite:
        file = file_of(target)
        if any(file.with_name(f"{file.name}{end}").exists() for end in ("", "-wal", "-journal")):
            raise _full(f"There is a file {file} already, or one that belongs to it")
        return
    try:
        migration = schema.current(target)
    except DatabaseAwayError as error:
        remedy = error.remedy.replace("CCM_DATABASE_URL", TARGET)
        raise DatabaseAwayError(error.code, f"{TARGET}: {error.title}", remedy) from error
    with target.across_practices().reading() as connection:
        tables = set(inspect(connection).get_table_names())
        if migration is None and tables - {_MIGRATION}:
            raise _full("The database has tables already")
        if migration not in (None, schema.newest()):
            raise LedgerError(
                "MOVE_TARGET_MIGRATION",
                f"{TARGET} names a ledger at migration {migration}; this program needs {schema.newest()}.",
                _NEW_DATABASE,
            )
        if migration is not None:
            _refuse_rows(connection, Base.metadata.sorted_tables)


def _refuse_rows(connection: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise _full(f"The database has rows already, in {table.name}")


def _full(title: str) -> LedgerError:
    return LedgerError("MOVE_TARGET_FULL", f"{TARGET}: {title}. Nothing was moved.", _NEW_DATABASE)


@contextmanager
def _being_filled(target: Database, tables: Sequence[Table]) -> Iterator[Connection]:
    """Return a transaction into empty tables of ``target``; what it wrote is there after the block, or nothing is."""
    if target.is_sqlite:
        with _new_file(file_of(target)) as database, database.across_practices().writing() as connection:
            yield connection
        return
    schema.upgrade(target)
    with target.across_practices().writing() as connection:
        _lock(connection, [table.name for table in tables], "EXCLUSIVE", f"the database of {TARGET}")
        _refuse_rows(connection, tables)
        yield connection


@contextmanager
def _new_file(file: Path) -> Iterator[Database]:
    """Return a ledger in a file that gets its name when the block has ended."""
    try:
        make_folder(file.parent)
        with room_beside(file) as room:
            unfinished = room / file.name
            with closing(Database(f"sqlite:///{unfinished}", TARGET)) as database:
                schema.upgrade(database)
                yield database
            with closing(opened(unfinished)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")  # nothing is left in a file beside it, or this raises
            put(unfinished, file)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            "MOVE_NOT_TAKEN",
            f"{file.parent} does not take the ledger ({error}). Nothing was moved.",
            "Check that you may write there and that the disk has room: df -h",
        ) from error


# The copy


class _Found:
    """How many rows there are, and a hash over them in which their order has no part.

    Databases sort text each in its own way. The sum of the rows' hashes is the same whatever way they come.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.hash = 0

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            digest = hashlib.sha256(repr(tuple(row.values())).encode()).digest()
            self.hash = (self.hash + int.from_bytes(digest)) % 2**256
        self.rows += len(rows)


def _batches_of(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table, as the ledger's own types have them, a batch at a time."""
    found = connection.execute(select(table), execution_options={"yield_per": BATCH})
    for rows in found.mappings().partitions():
        yield [dict(row) for row in rows]


def _copy(read: Connection, write: Connection, tables: Sequence[Table], progress: Progress) -> dict[Table, _Found]:
    every = sum(read.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    copied = {table: _Found() for table in tables}
    for table, found in copied.items():
        for rows in _batches_of(read, table):
            try:
                write.execute(insert(table), rows)
            except DataError as error:
                raise LedgerError(
                    "MOVE_NOT_TAKEN",
                    f"A row of {table.name} holds what the other database does not take "
                    f"({type(error.orig).__name__}). Nothing was moved.",
                    "The usual cause is a character that is none, such as NUL, or a database whose encoding is not "
                    "UTF8: SHOW server_encoding",
                ) from None  # its words quote the row
            found.add(rows)
            progress("copying", sum(each.rows for each in copied.values()), every)
    return copied


def _go_on_numbering(write: Connection, tables: Sequence[Table]) -> None:
    """Let numbers that the database gives out go on after those that were copied, and let it know its tables.

    SQLite does both by itself. PostgreSQL would do the second only minutes later.
    """
    if write.dialect.name == "sqlite":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            write.execute(select(func.setval(sequence, select(func.max(column)).scalar_subquery())))
        write.exec_driver_sql(f"ANALYZE {write.dialect.identifier_preparer.format_table(table)}")


def _verified(connection: Connection, what: str, progress: Progress) -> int:
    """Return how many practices there are, the whole record of each verified."""
    practices, difference = verify_all(connection, partial(progress, f"verifying the {what}"))
    if difference is not None:
        raise LedgerError(
            "RECORD_DIFFERS",
            f"The {what} differs from what was recorded: {difference} Nothing was moved.",
            "Run: ccm verify. What to do then stands in docs/operations.md under *Verify reports a difference*.",
        )
    return practices


def _compare(write: Connection, copied: Mapping[Table, _Found], progress: Progress) -> None:
    for number, (table, was) in enumerate(copied.items(), 1):
        now = _Found()
        for rows in _batches_of(write, table):
            now.add(rows)
        if (now.rows, now.hash) != (was.rows, was.hash):
            raise LedgerError(
                "MOVE_NOT_WHOLE",
                f"{table.name} was not copied whole: {was.rows} rows became {now.rows}, or differ. Nothing was moved.",
                "Report it, with the versions of both databases; the ledger is as it was.",
            )
        progress("comparing", number, len(copied))
