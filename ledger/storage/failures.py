"""Errors of the database and of the operating system that an operator can mend, each in words of its own.

One table a source: PostgreSQL's SQLSTATEs, what libpq says where a connection fails (it gives no SQLSTATE then),
SQLite's names of errors, and the errno of the operating system (decision 027).
"""

import errno
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.errors import DatabaseAwayError, LedgerError, installation_lacks


@dataclass(frozen=True, slots=True)
class _Words:
    """What a failure is called; what stands in braces is filled in from what the driver said."""

    code: str
    title: str
    remedy: str


_AWAY = _Words(
    "DATABASE_AWAY",
    "The database cannot be reached. Nothing was saved.",
    "Check that it runs and that CCM_DATABASE_URL names it, then try again.",
)
_REFUSED = _Words(
    "DATABASE_AWAY",
    "Nothing answers at {place}. Nothing was saved.",
    "Start PostgreSQL there, or correct the host and the port in CCM_DATABASE_URL (the usual port is 5432).",
)
_SILENT = _Words(
    "DATABASE_AWAY",
    "The database did not answer in time. Nothing was saved.",
    "Check the host and the port in CCM_DATABASE_URL, that PostgreSQL runs there, and that no firewall is between.",
)
_HOST = _Words(
    "DATABASE_HOST",
    "The database's host{named} is not known on this network.",
    "Correct the host in CCM_DATABASE_URL; to try it: getent hosts db.internal (in a password @ is written %40)",
)
_NOT_POSTGRESQL = _Words(
    "DATABASE_NOT_POSTGRESQL",
    "What answers at {place} is not PostgreSQL.",
    "Correct the host and the port in CCM_DATABASE_URL (the usual port is 5432).",
)
_TLS = _Words(
    "DATABASE_TLS",
    "No encrypted connection to {place} could be agreed on.",
    "Check sslmode and sslrootcert in CCM_DATABASE_URL, and whether the server has ssl = on.",
)
_ADDRESS = _Words(
    "DATABASE_URL",
    "CCM_DATABASE_URL has a port or an option that PostgreSQL's client does not know.",
    "For example: CCM_DATABASE_URL=postgresql://ccm:PASSWORD@db.internal:5432/ccm",
)
_STARTING = _Words(
    "DATABASE_STARTING",
    "PostgreSQL is just starting or stopping.",
    "Wait a minute and try again; if it stays so, look into PostgreSQL's own log.",
)
_CROWDED = _Words(
    "DATABASE_CROWDED",
    "PostgreSQL takes no more connections.",
    "Raise max_connections, or the role's limit (ALTER ROLE ccm CONNECTION LIMIT -1); each process takes up to 32.",
)
_PASSWORD = _Words(
    "DATABASE_PASSWORD",
    "PostgreSQL does not take the password of {role}.",
    "Correct it in CCM_DATABASE_URL (@ is written %40, / is %2F), or set another: ALTER ROLE ccm PASSWORD '…'",
)
_NO_PASSWORD = _Words(
    "DATABASE_PASSWORD",
    "PostgreSQL asks for a password, and CCM_DATABASE_URL has none.",
    "For example: CCM_DATABASE_URL=postgresql://ccm:PASSWORD@db.internal/ccm (@ is written %40, / is %2F)",
)
_ROLE = _Words(
    "DATABASE_ROLE",
    "PostgreSQL does not know {role}, or does not let it log in.",
    "Correct the user in CCM_DATABASE_URL, or as a superuser: CREATE ROLE ccm LOGIN PASSWORD '…'",
)
_NOT_ADMITTED = _Words(
    "DATABASE_NOT_ADMITTED",
    "PostgreSQL does not admit {role} from this machine.",
    "Add a line to the server's pg_hba.conf, such as: hostssl ccm ccm 10.0.0.0/24 scram-sha-256; then: "
    "SELECT pg_reload_conf()",
)
_MISSING = _Words(
    "DATABASE_MISSING",
    "PostgreSQL has no database{named_database}.",
    "Correct the database's name in CCM_DATABASE_URL, or as a superuser: CREATE DATABASE ccm OWNER ccm",
)
_RIGHTS = _Words(
    "DATABASE_RIGHTS",
    "PostgreSQL does not let the ledger's role use {thing}.",
    "Let CCM_DATABASE_URL name the role that owns the ledger, or as a superuser in its database: {grant}",
)
_READ_ONLY = _Words(
    "DATABASE_READ_ONLY",
    "PostgreSQL takes no changes: it is a standby, or was made read-only.",
    "Let CCM_DATABASE_URL name the primary server; SHOW default_transaction_read_only says whether it was made so.",
)
_FILE_READ_ONLY = _Words(
    "DATABASE_READ_ONLY",
    "The ledger's file cannot be written.",
    "Give it, the files beside it and its folder to the bot's user (chown ccm), and see that the disk is not mounted "
    "read-only: findmnt",
)
_NOT_OPENED = _Words(
    "LEDGER_NOT_OPENED",
    "The ledger's file cannot be opened.",
    "See that CCM_DATABASE_URL names a file and no folder, and that the bot's user may write the file and its folder: "
    "ls -ld",
)
_NO_LEDGER = _Words(
    "LEDGER_UNREADABLE",
    "The file that CCM_DATABASE_URL names is no SQLite file.",
    "Correct CCM_DATABASE_URL, or move that file out of the way and restore a backup: ccm restore FILE",
)
_DAMAGED = _Words(
    "LEDGER_DAMAGED",
    "The ledger's file is damaged.",
    "Stop the bot, keep a copy of the file and of those beside it, and restore the newest backup: ccm restore FILE",
)
_FULL = _Words(
    "DISK_FULL",
    "The disk is full: nothing more can be stored.",
    "Make room (df -h), old backups first; never delete a file that ends in -wal or -shm. Then try again.",
)
_DISK = _Words(
    "DISK_FAILS",
    "The disk of the ledger could not be read or written.",
    "Look for room (df -h), a quota or a limit of the size of files (ulimit -f), and at what the kernel says: dmesg",
)
_BUSY = _Words(
    "LEDGER_BUSY",
    "The ledger is busy with another's work. Nothing was saved.",
    "Try again in a minute. If it stays so, look what else has it open, such as a backup or an import.",
)

GRANT_TABLES = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ccm"

PASSING = frozenset({_AWAY.code, _HOST.code, _STARTING.code, _CROWDED.code, _BUSY.code})
"""The codes of what waiting may cure: what stands in the way of the connection, or whose turn it is."""

_BY_SQLSTATE: Mapping[str, _Words] = {
    # https://www.postgresql.org/docs/current/errcodes-appendix.html
    "25006": _READ_ONLY,
    "28000": _ROLE,
    "28P01": _PASSWORD,
    "3D000": _MISSING,
    "40001": _BUSY,
    "40P01": _BUSY,
    "42501": _RIGHTS,
    "53100": _FULL,
    "53300": _CROWDED,
    "55P03": _BUSY,
    "57P01": _STARTING,
    "57P02": _STARTING,
    "57P03": _STARTING,
    "58030": _DISK,
}
_BY_SQLITE_NAME: Sequence[tuple[str, _Words]] = (
    # https://www.sqlite.org/rescode.html; a name stands for those that begin with it
    ("SQLITE_BUSY", _BUSY),
    ("SQLITE_LOCKED", _BUSY),
    ("SQLITE_PROTOCOL", _BUSY),
    ("SQLITE_FULL", _FULL),
    ("SQLITE_READONLY", _FILE_READ_ONLY),
    ("SQLITE_CANTOPEN", _NOT_OPENED),
    ("SQLITE_PERM", _NOT_OPENED),
    ("SQLITE_NOTADB", _NO_LEDGER),
    ("SQLITE_CORRUPT", _DAMAGED),
    ("SQLITE_IOERR", _DISK),
)
_BY_WORDS: Sequence[tuple[str, _Words]] = (
    ("password authentication failed", _PASSWORD),
    ("no password supplied", _NO_PASSWORD),
    ("pg_hba.conf", _NOT_ADMITTED),
    ("authentication failed for user", _NOT_ADMITTED),
    ('role ".*" does not exist', _ROLE),
    ("not permitted to log in", _ROLE),
    ('database ".*" does not exist', _MISSING),
    ("permission denied for database", _RIGHTS),
    ("too many c(?:lients|onnections)|remaining connection slots", _CROWDED),
    ("(?:starting up|shutting down|in recovery mode|not yet accepting|not accepting connections)", _STARTING),
    ("invalid port number|invalid connection option|invalid integer value", _ADDRESS),
    ("resolve host|translate host name", _HOST),
    ("invalid response to SSL negotiation|expected authentication request", _NOT_POSTGRESQL),
    ("does not support SSL|certificate|sslmode", _TLS),
    ("[Cc]onnection refused|No such file or directory", _REFUSED),
    ("timeout expired|timed out", _SILENT),
)
"""Of a connection that failed; in another language than English they count as away, which is waited for."""


_FORBIDDEN = _Words(
    "FILE_FORBIDDEN",
    "This user may not use {name}.",
    "Look who may: ls -ld {name}. Take another place, or run the command as that user, for example: sudo -u ccm ccm …",
)
_UNUSABLE = _Words("FILE_UNREADABLE", "{name} cannot be used ({reason}).", "Check the name: ls -ld {name}")
_BY_ERRNO: Mapping[int, _Words] = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _Words(
        "FILE_FORBIDDEN",
        "The disk of {name} is mounted read-only.",
        "Take a place on another disk, for example in /tmp.",
    ),
    errno.ENOENT: _Words("FILE_MISSING", "There is no file {name}.", "Check the name, and that its folder is there."),
    errno.EISDIR: _Words("FILE_IS_FOLDER", "{name} is a folder.", "Name a file in it: {name}/…"),
    errno.ENOTDIR: _Words(
        "FOLDER_IS_FILE", "{name} is a file where a folder is needed.", "Name a folder, or a new one."
    ),
    errno.EEXIST: _Words(
        "FOLDER_IS_FILE", "{name} is a file where a folder is needed.", "Name a folder, or a new one."
    ),
}

_OURS = "violates row-level security"
"""Of a row that its practice may not have: no right that is missing, but a fault of this program."""


def told(error: Exception) -> LedgerError | None:
    """Return the failure in words, with a code and a remedy; None where no operator can mend it.

    Of what the driver said only names of roles, databases, tables, hosts and ports are repeated, never a password.
    """
    failure: LedgerError | None = None
    match error:
        case LedgerError():
            failure = error
        case PoolTimeoutError():
            failure = _filled(_SILENT, "")
        case DBAPIError():
            failure = _of_driver(error.orig, is_away=isinstance(error, OperationalError | InterfaceError))
        case sqlite3.Error():
            failure = _of_driver(error)
        case ImportError(name=str(name)):
            failure = installation_lacks(f"the Python package {name}")
        case OSError():
            failure = _of_system(error)
    return failure


@contextmanager
def in_words() -> Iterator[None]:
    """Raise what an operator can mend as the ``LedgerError`` that it is ``told`` as, and everything else as it is."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, ImportError) as error:
        failure = told(error)
        if failure is None:
            raise
        raise failure from error


def _of_driver(error: BaseException | None, *, is_away: bool = False) -> LedgerError | None:
    """Return what the driver's error means.

    One of an unknown kind that ``is_away`` counts as a database out of reach.
    """
    said = str(error)
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        return next((_filled(words, said) for start, words in _BY_SQLITE_NAME if name.startswith(start)), None)
    state = getattr(error, "sqlstate", None)
    if _OURS in said:
        return None
    words = _BY_SQLSTATE.get(state) if state else _words_of(said)
    if words is None and is_away:
        words = _AWAY
    return _filled(words, said) if words else None


def _words_of(said: str) -> _Words | None:
    return next((words for pattern, words in _BY_WORDS if re.search(pattern, said)), None)


def _filled(words: _Words, said: str) -> LedgerError:
    """Return the error in those words, with the names that the driver said."""
    role, database = _name(r'(?:user|role) "([^"]+)"', said), _name(r'database "([^"]+)"', said)
    host, port = _name(r"(?:server at|host) [\"']([^\"']+)", said), _name(r"port (\d+)", said)
    held = re.search(r'(permission denied for|must be owner of) (\w+) "?([\w.]+)', said)
    place = f"{host}, port {port}" if host and port else _name(r'on socket "([^"]+)"', said)
    title = words.title.format(
        role=f"the role {role}" if role else "the role of CCM_DATABASE_URL",
        named_database=f" {database}" if database else " of that name",
        named=f" {host}" if host else "",
        place=place or "the address in CCM_DATABASE_URL",
        thing=f"the {held[2]} {held[3]}" if held else "something that it needs",
    )
    return DatabaseAwayError(words.code, title, words.remedy.replace("{grant}", _grant(held)))


def _name(pattern: str, said: str) -> str:
    """Return the name that stands there; empty where there is none, or where it may hold a part of a password."""
    found = re.search(pattern, said)
    return found[1] if found and re.fullmatch(r"[\w.:/-]+", found[1]) else ""


def _grant(held: re.Match[str] | None) -> str:
    """Return the statement that gives the role ``ccm`` what it was refused."""
    does, kind, name = held.groups() if held else ("", "", "")
    if does.startswith("must"):
        return f"ALTER {kind.upper()} {name} OWNER TO ccm"
    rights = {"database": f"CONNECT ON DATABASE {name}", "schema": f"USAGE, CREATE ON SCHEMA {name}"}
    return f"GRANT {rights[kind]} TO ccm" if kind in rights else GRANT_TABLES


_PACKAGES = tuple(f"{Path(__file__).resolve().parents[2] / name}{os.sep}" for name in ("ledger", "jobs", "bot"))


def _of_system(error: OSError) -> LedgerError | None:
    """Return what the operating system refused; None for what concerns no file, such as a connection."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _filled(_FULL, "")
    if not isinstance(error.filename, str | Path):
        return None
    name = str(error.filename)
    if error.errno == errno.ENOENT and name.startswith(_PACKAGES):
        return installation_lacks(name)
    words = _BY_ERRNO.get(error.errno or 0, _UNUSABLE)
    return LedgerError(words.code, words.title.format(name=name, reason=error.strerror), words.remedy.format(name=name))
