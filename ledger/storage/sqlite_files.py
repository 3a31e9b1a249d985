"""What is done with whole SQLite files: made for their owner alone, had alone, and given their name once finished."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ledger.errors import LedgerError
from ledger.storage.failures import told
from ledger.storage.private_files import make_file


def opened(file: Path) -> sqlite3.Connection:
    """Return a connection to a file for its owner alone, made where there is none; whoever opens it closes it."""
    make_file(file)
    return sqlite3.connect(file, isolation_level=None)


@contextmanager
def room_beside(file: Path) -> Iterator[Path]:
    """Return a directory for unfinished work on the disk of ``file``, for its owner's eyes alone.

    Gone after the block.
    """
    with tempfile.TemporaryDirectory(prefix=".ccm-unfinished-", dir=file.parent) as room:
        yield Path(room)


@contextmanager
def alone(ledger: Path) -> Iterator[sqlite3.Connection]:
    """Return a connection to the ledger that no other program can have beside it.

    Raises:
        LedgerError: LEDGER_IN_USE where another has it open, LEDGER_UNREADABLE where it is no SQLite file, or what
            else is the matter with the file or its disk (``ledger.storage.failures``).
    """
    with closing(opened(ledger)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            # To leave its write-ahead log SQLite needs the file for itself, and fails where another has it open.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            failure = told(error)
            if failure is not None and failure.code != "LEDGER_BUSY":
                raise failure from error
            raise LedgerError(
                "LEDGER_IN_USE",
                f"A program has {ledger} open, such as the bot. Nothing was changed.",
                "Stop it first, for example: systemctl stop ccm",
            ) from error
        except sqlite3.DatabaseError as error:
            raise LedgerError(
                "LEDGER_UNREADABLE",
                f"{ledger} is not a whole SQLite file ({error}). Nothing was changed.",
                f"Move it out of the way, then try again: mv {ledger} {ledger}.broken",
            ) from error
        yield connection


def tables_of(connection: sqlite3.Connection, which: str = "main") -> set[str]:
    """Return the tables of a database, or of the one that is attached as ``which``."""
    query = f"SELECT name FROM {which}.sqlite_master WHERE type = 'table'"  # noqa: S608 - the caller's own word
    return {name for (name,) in connection.execute(query)}


def put(finished: Path, name: Path, *, replace: bool = False) -> None:
    """Give a finished file its name, once it is on the disk.

    Raises:
        FileExistsError: there is something of that name, and it is not to be replaced.
    """
    sync(finished)
    if not replace:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL, 0o600))  # nobody else can have the name from now on
    finished.replace(name)
    sync(name.parent)


def sync(path: Path) -> None:
    """Return when what was written to a file, or the names in a directory, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
