"""Backups of a SQLite ledger: made while others write, verified before they count, restored all at once or not at all.

Copies are made by SQLite itself (https://www.sqlite.org/backup.html): the source is read as of one moment, and a
destination has all of it or is rolled back. PostgreSQL brings its own tools (docs/operations.md).
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from ledger.audit.verify import verify_all
from ledger.errors import LedgerError
from ledger.practice.practice import all_practices
from ledger.storage import schema
from ledger.storage.database import Database
from ledger.storage.private_files import make_file, make_folder
from ledger.storage.sqlite_files import alone, opened, put, room_beside, tables_of
from ledger.storage.tables import APPEND_ONLY, PatientRow, TimeEntryRow
from ledger.validation import Progress

WAIT_SECONDS = 10
"""How long another's lock on the source is waited for."""
_ACROSS = "PGOPTIONS='-c ccm.across_practices=on'"
"""What lets pg_dump see the rows of every practice (decision 022)."""
RESTORED_PAGES = 1000
"""How many pages a restore writes at a time."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a ledger's file, and in words the first thing that ``ccm verify`` finds wrong with it, or None.

    ``sha256`` is the file's, in hexadecimal.
    """

    migration: str
    practices: int
    patients: int
    entries: int
    newest_entry: datetime | None
    difference: str | None
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in the ledger now, and where the one that it replaced is kept; None where there was none."""

    contents: Contents
    kept: Path | None


def back_up(
    database: Database,
    file: Path,
    *,
    force: bool = False,
    unverified: bool = False,
    progress: Progress = lambda _step, _done, _all: None,
) -> Contents:
    """Write a backup of the ledger to ``file``, which is there whole and verified or not at all.

    Others may write meanwhile. Raises ``LedgerError``: BACKUP_POSTGRESQL, LEDGER_MISSING, BACKUP_EXISTS (unless
    ``force``), BACKUP_DIFFERS (unless ``unverified``), BACKUP_NOT_WRITTEN.

    Raises:
        LedgerError: LEDGER_MISSING, BACKUP_EXISTS, BACKUP_DIFFERS.
    """
    ledger = _sqlite_file(
        database, f"{_ACROSS} pg_dump --enable-row-security --format=custom --file={file} --dbname=DATABASE"
    )
    refuse_missing(ledger)
    if file.exists() and not force:
        raise LedgerError(
            "BACKUP_EXISTS",
            f"{file} is there already; nothing was written.",
            f"Choose another name, or overwrite it with: ccm backup {file} --force",
        )
    with _told(file), room_beside(file) as room:
        copied = room / file.name
        _copy(ledger, copied)
        contents = _examined(copied, room, progress)
        if contents.difference is not None and not unverified:
            raise LedgerError(
                "BACKUP_DIFFERS",
                f"The ledger differs from what was recorded: {contents.difference} No backup was written.",
                f"Keep the backups that you have. To write one all the same: ccm backup {file} --unverified",
            )
        put(copied, file, replace=force)
    return contents


def restore(
    database: Database,
    file: Path,
    *,
    at: datetime,
    replace: bool = False,
    progress: Progress = lambda _step, _done, _all: None,
) -> Restored:
    """Make the ledger what the backup ``file`` holds, brought to the newest migration.

    What the ledger was is kept beside it under a name with the instant ``at``. Raises ``LedgerError``, and then
    nothing has changed: BACKUP_POSTGRESQL, BACKUP_MISSING, BACKUP_UNREADABLE, BACKUP_DIFFERS, LEDGER_IN_USE,
    LEDGER_UNREADABLE, RESTORE_LOSES (unless ``replace``), BACKUP_NOT_WRITTEN.

    Raises:
        LedgerError: BACKUP_MISSING, BACKUP_DIFFERS.
    """
    ledger = _sqlite_file(database, f"pg_restore --no-owner --single-transaction --dbname=EMPTY_DATABASE {file}")
    if not file.is_file():
        raise LedgerError("BACKUP_MISSING", f"There is no file {file}.", "Name a file that ccm backup has written.")
    with _told(ledger):
        make_folder(ledger.parent)
    with _told(ledger), room_beside(ledger) as room:
        copied = room / "backup.sqlite3"
        _copy(file, copied)
        _migration(copied)
        _upgrade(copied)
        contents = _examined(copied, room, progress)
        if contents.difference is not None:
            raise LedgerError(
                "BACKUP_DIFFERS",
                f"The backup differs from what was recorded: {contents.difference} Nothing was restored.",
                "Restore an earlier backup.",
            )
        with alone(ledger) as ours:
            kept = None
            if tables_of(ours):
                _refuse_loss(ours, copied, file, ledger, replace=replace)
                kept = ledger.with_name(f"{ledger.name}.replaced-{at:%Y%m%dT%H%M%SZ}")
                _keep(ours, room / "kept.sqlite3", kept)
            fill(ours, copied)
    return Restored(contents, kept)


def fill(
    ours: sqlite3.Connection, source: Path, watch: Callable[[int, int, int], object] = lambda _status, _left, _all: None
) -> None:
    """Make the database of ``ours`` what ``source`` holds: all of it when this returns, nothing of it before."""
    with closing(sqlite3.connect(source)) as other:
        other.backup(ours, pages=RESTORED_PAGES, progress=watch)


def file_of(database: Database) -> Path:
    """Return the file of a SQLite database."""
    return Path(database.url.database or "").resolve()


def refuse_missing(ledger: Path) -> None:
    """Raise ``LedgerError`` LEDGER_MISSING where there is no such file.

    Raises:
        LedgerError: LEDGER_MISSING.
    """
    if not ledger.is_file():
        raise LedgerError("LEDGER_MISSING", f"There is no ledger at {ledger}.", "Check CCM_DATABASE_URL.")


def _sqlite_file(database: Database, instead: str) -> Path:
    if not database.is_sqlite:
        raise LedgerError(
            "BACKUP_POSTGRESQL",
            "This ledger is in PostgreSQL, which brings its own tools for backups.",
            f"Run as the ledger's role, with your database's address: {instead}\nThen, on what was restored: "
            "ccm doctor --full. docs/operations.md says more, also of going back to a point in time.",
        )
    return file_of(database)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that can be mended."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise LedgerError(
            "BACKUP_NOT_WRITTEN",
            f"{file.parent} does not take a copy of the ledger ({error}). Nothing was changed.",
            "Check that the directory is there, that you may write there, and that the disk has room: df -h",
        ) from error
    except sqlite3.DatabaseError as error:
        raise LedgerError(
            "BACKUP_UNREADABLE",
            f"That is not a whole SQLite file ({error}).",
            "Use a file that ccm backup has written.",
        ) from error


def _copy(source: Path, copied: Path) -> None:
    """Copy a database as it is at one moment into one file."""
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS)) as reader,
        closing(opened(copied)) as writer,
    ):
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE")


def _migration(copied: Path) -> str:
    """Return the migration that a copy stands at.

    Raises:
        LedgerError: Where it is no ledger.
    """
    with closing(sqlite3.connect(copied)) as connection:
        if "alembic_version" in tables_of(connection):
            for (migration,) in connection.execute("SELECT version_num FROM alembic_version"):
                return str(migration)
    raise LedgerError("BACKUP_UNREADABLE", "That file is no ledger.", "Use a file that ccm backup has written.")


def _upgrade(copied: Path) -> None:
    """Bring a copy to the newest migration."""
    database = Database(f"sqlite:///{copied}")
    try:
        schema.upgrade(database)
    finally:
        database.close()


def _examined(copied: Path, room: Path, progress: Progress) -> Contents:
    """Return what is in the copy, every page, chain and figure of it checked; the copy stays as it is.

    A copy at an earlier migration is verified by another one that is upgraded.
    """
    with closing(sqlite3.connect(copied)) as connection:
        damage = connection.execute("PRAGMA integrity_check").fetchone()[0]
    migration = _migration(copied)
    examined = room / "examined.sqlite3"
    make_file(examined)
    shutil.copyfile(copied, examined)
    _upgrade(examined)
    database = Database(f"sqlite:///{examined}")
    try:
        with database.across_practices().reading() as connection:
            if damage == "ok":
                practices, difference = verify_all(connection, partial(progress, "verifying"))
            else:
                practices, difference = len(all_practices(connection)), f"SQLite finds damage: {damage}."
            patients = connection.scalar(select(func.count()).select_from(PatientRow)) or 0
            entries, newest = connection.execute(select(func.count(), func.max(TimeEntryRow.recorded_at))).one()
    finally:
        database.close()
    with copied.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return Contents(
        migration=migration,
        practices=practices,
        patients=patients,
        entries=entries,
        newest_entry=newest,
        difference=difference,
        size_bytes=copied.stat().st_size,
        sha256=sha256,
    )


def _refuse_loss(ours: sqlite3.Connection, copied: Path, file: Path, ledger: Path, *, replace: bool) -> None:
    """Raise ``LedgerError`` where the ledger has records that the backup lacks, unless it may lose them."""
    lacking = _lacking(ours, copied)
    if lacking and not replace:
        told = ", ".join(f"{count} of {table}" for table, count in lacking.items())
        raise LedgerError(
            "RESTORE_LOSES",
            f"{ledger} has records that the backup lacks: {told}. Nothing was restored.",
            f"To restore all the same, keeping the ledger as it is beside it: ccm restore {file} --replace",
        )


def _lacking(ours: sqlite3.Connection, copied: Path) -> dict[str, int]:
    """Return how many append-only rows of the ledger a copy lacks, by table.

    A row of a chain is the same by its hash too.
    """
    ours.execute("ATTACH DATABASE ? AS theirs", (str(copied),))
    try:
        theirs = tables_of(ours, "theirs")
        counts = {}
        for table in sorted(tables_of(ours) & set(APPEND_ONLY)):
            columns = list(ours.execute(f"PRAGMA main.table_info({table})"))
            same = " AND ".join(f"b.{name} = a.{name}" for _, name, *_, key in columns if key or name == "hash")
            query = f"SELECT count(*) FROM main.{table} a"  # noqa: S608 - a name of ours
            if table in theirs:
                query += f" WHERE NOT EXISTS (SELECT 1 FROM theirs.{table} b WHERE {same})"  # noqa: S608 - the schema's
            (counts[table],) = ours.execute(query).fetchone()
    finally:
        ours.execute("DETACH DATABASE theirs")
    return {table: count for table, count in counts.items() if count}


def _keep(ours: sqlite3.Connection, unfinished: Path, kept: Path) -> None:
    with closing(opened(unfinished)) as writer:
        ours.backup(writer)
    put(unfinished, kept)
