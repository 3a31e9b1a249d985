"""What may be wrong with the database: that it answers, keeps what it took, has room, and refuses changes."""

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from bot.doctor.findings import Finding, Setup, ok, problem, warning
from ledger.errors import DatabaseAwayError
from ledger.storage import schema
from ledger.storage.failures import GRANT_TABLES
from ledger.storage.tables import APPEND_ONLY

OLDEST_POSTGRESQL = 14
ROOM_WARNING_BYTES = 1_000_000_000
ROOM_PROBLEM_BYTES = 200_000_000
_CLOSED_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid) "
    "AND relnamespace <> 'pg_catalog'::regnamespace "
    "AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')) ORDER BY relname"
)
"""Which of the ledger's tables the role may not read or add to."""


def database_answers(setup: Setup) -> Iterator[Finding]:
    """Yield whether the database is there, and which it is; a SQLite file is not made by looking for it.

    Raises:
        DatabaseAwayError: LEDGER_MISSING.
    """
    database = setup.database
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise DatabaseAwayError(
            "LEDGER_MISSING",
            f"There is no ledger at {database.url.database}.",
            "Check CCM_DATABASE_URL. To begin: ccm init --workspace T01ABCDEF --timezone America/New_York --name Us",
        )
    with database.across_practices().reading() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1")
            yield ok("DATABASE", f"SQLite at {database.url.database}.")
        else:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
            yield ok("DATABASE", f"PostgreSQL {version} at {database.url.host or 'this machine'}.")


def migrations_are_newest(setup: Setup) -> Iterator[Finding]:
    """Yield whether the database stands at the newest migration of this program."""
    schema.check(setup.database)
    yield ok("MIGRATIONS", f"The database is at the newest migration, {schema.newest()}.")


def policies_can_be_read(setup: Setup) -> Iterator[Finding]:
    """Yield whether every practice's policy is one that this program understands."""
    yield ok("POLICY", f"{len(setup.practices)} practices, whose policies can be read.")


def writes_are_taken(setup: Setup) -> Iterator[Finding]:
    """Yield whether the ledger can be added to.

    It is not read-only, and that PostgreSQL's role may use every table.
    """
    with setup.database.across_practices().writing() as connection:  # SQLite refuses this where it may not write
        closed: list[str] = []
        if not setup.database.is_sqlite:
            connection.exec_driver_sql("SELECT 1 FROM practices LIMIT 0 FOR UPDATE")
            closed += connection.exec_driver_sql(_CLOSED_TABLES).scalars()
    if closed:
        yield problem(
            "DATABASE_RIGHTS",
            f"PostgreSQL does not let the ledger's role read or add to {', '.join(closed)}.",
            f"As a superuser in its database: {GRANT_TABLES}",
        )
    else:
        yield ok("WRITABLE", "The ledger can be added to.")


def writes_are_kept(setup: Setup) -> Iterator[Finding]:
    """Yield whether what the database says it stored survives a power cut."""
    with setup.database.across_practices().reading() as connection:
        if setup.database.is_sqlite:
            yield from _sqlite_settings(connection)
        else:
            yield from _postgresql_settings(connection)


def disk_has_room(setup: Setup) -> Iterator[Finding]:
    """Yield whether a SQLite ledger can grow, and be copied beside itself by a backup or a restore."""
    if not setup.database.is_sqlite:
        return
    ledger = Path(setup.database.url.database or "")
    free, size = shutil.disk_usage(ledger.parent).free, ledger.stat().st_size
    title = f"The ledger's disk has {free // 1_000_000} MB free; the ledger has {size // 1_000_000} MB."
    remedy = f"Make room on the disk of {ledger.parent}: df -h {ledger.parent}"
    if free < max(ROOM_PROBLEM_BYTES, 2 * size) and free < ROOM_WARNING_BYTES:
        yield problem("DISK_FULL", title, remedy)
    elif free < max(ROOM_WARNING_BYTES, 3 * size):
        yield warning("DISK_FILLS", title, remedy)
    else:
        yield ok("DISK", title)


def changes_are_refused(setup: Setup) -> Iterator[Finding]:
    """Yield whether the triggers are there that keep append-only tables from being changed."""
    sqlite = setup.database.is_sqlite
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    ends = ("no_update", "no_delete") if sqlite else ("append_only", "no_truncate")
    with setup.database.across_practices().reading() as connection:
        there = set(connection.exec_driver_sql(query).scalars())
    missing = [f"{table}_{end}" for table in APPEND_ONLY for end in ends if f"{table}_{end}" not in there]
    if missing:
        yield problem(
            "TRIGGERS_MISSING",
            f"Records can be changed: the triggers {', '.join(missing)} are missing or switched off.",
            "Find out who took them away, verify everything (ccm verify), and restore a backup where that differs.",
        )
    else:
        yield ok("TRIGGERS", f"The {len(APPEND_ONLY)} append-only tables refuse changes.")


def practices_are_kept_apart(setup: Setup) -> Iterator[Finding]:
    """Yield whether PostgreSQL itself shows the bot's role no row of another practice (decision 022)."""
    held = schema.row_level_security(setup.database)
    if held is None:
        return
    if held.is_exempt:
        yield warning(
            "POSTGRESQL_SUPERUSER",
            f"The role {held.role} is a superuser or bypasses row-level security: queries alone keep practices apart.",
            "Give the bot a role of its own that owns its database (docs/operations.md, Several machines).",
        )
    elif held.open_tables:
        yield problem(
            "PRACTICES_NOT_APART",
            f"Row-level security is off for {', '.join(held.open_tables)}.",
            "As the owner: ALTER TABLE … ENABLE ROW LEVEL SECURITY; ALTER TABLE … FORCE ROW LEVEL SECURITY;",
        )
    else:
        yield ok("APART", f"PostgreSQL shows the role {held.role} no row of another practice.")


def ledger_is_for_its_owner(setup: Setup) -> Iterator[Finding]:
    """Yield whether a SQLite ledger can be read by others on the machine."""
    if not setup.database.is_sqlite or os.name != "posix":
        return
    ledger = Path(setup.database.url.database or "")
    files = (ledger, *(ledger.with_name(f"{ledger.name}{end}") for end in ("-wal", "-shm")))
    readable = [str(file) for file in files if file.exists() and file.stat().st_mode & 0o077]
    if readable:
        yield warning(
            "LEDGER_READABLE",
            f"Others on this machine can read {', '.join(readable)}.",
            f"Take that from them: chmod 600 {shlex.join(readable)}",
        )


def _sqlite_settings(connection: Connection) -> Iterator[Finding]:
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if journal == "wal":
        yield ok("DURABILITY", "SQLite writes ahead (WAL) and waits for the disk.")
    else:
        yield problem(
            "NO_WAL",
            f"SQLite cannot write ahead here (journal_mode {journal}): readers and writers stop one another.",
            "Keep the ledger on a local disk, not a network's; the bot's user must be able to write in its directory.",
        )


def _postgresql_settings(connection: Connection) -> Iterator[Finding]:
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    if version < OLDEST_POSTGRESQL:
        yield problem(
            "POSTGRESQL_OLD",
            f"PostgreSQL {version} is too old.",
            f"Upgrade the server to {OLDEST_POSTGRESQL} or newer (pg_upgrade), after a backup.",
        )
    names = ("fsync", "full_page_writes", "synchronous_commit")
    off = [name for name in names if connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "off"]
    if off:
        yield problem(
            "DURABILITY_OFF",
            f"PostgreSQL may lose what it said it stored: {', '.join(off)} off.",
            f"As a superuser: ALTER SYSTEM SET {off[0]} = on; SELECT pg_reload_conf();",
        )
    else:
        yield ok("DURABILITY", "PostgreSQL waits for the disk.")
