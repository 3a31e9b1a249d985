"""The address of the ledger's database: which are understood, and what is said of one that is not.

None of the errors shows the address, as there may be a password in it.
"""

import re

from sqlalchemy.engine import URL, make_url

from ledger.errors import DatabaseAwayError

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""How an address may begin, and what connects there."""
_EXAMPLES = "sqlite:///ccm.sqlite3 or postgresql://ccm@localhost/ccm"
_ENCODE = (
    "In a user or a password write @ as %40, / as %2F, : as %3A, # as %23 and % as %25. "
    "For example postgresql://ccm:pass%40word@localhost:5432/ccm"
)
_NAME = re.compile(r"[a-z][a-z0-9+.-]*")
_USER = re.compile(r"^[^:/]*(:[^@]*)?@")
"""The user and the password as SQLAlchemy finds them: the password ends at the first @."""
_LARGEST_PORT = 65535


def parsed_url(url: str, setting: str) -> URL:
    """Return the address in ``url``.

    Args:
        url: As ``setting`` has it.
        setting: What the errors call it, for example ``CCM_DATABASE_URL``.

    Raises:
        DatabaseAwayError: DATABASE_KIND where it is of no database that the ledger is kept in, DATABASE_URL where it
            cannot be read, or would be read as something else than was meant.
    """
    name, mark, rest = url.partition("://")
    if not url.strip():
        raise DatabaseAwayError("DATABASE_URL", f"{setting} is empty.", f"Set it, for example to {_EXAMPLES}")
    if not mark or not _NAME.fullmatch(name):
        raise DatabaseAwayError(
            "DATABASE_URL",
            f"{setting} is no address of a database.",
            f"It has no quotation marks and begins like one of these: {_EXAMPLES}",
        )
    if name not in _DRIVERS:
        raise _unknown(name, setting)
    is_sqlite = _DRIVERS[name] == "sqlite"
    if not is_sqlite and "@" in _USER.sub("", rest, count=1):
        raise DatabaseAwayError(
            "DATABASE_URL", f"{setting} has an @ more than the one between the user and the host.", _ENCODE
        )
    parsed = _sqlite(url, setting) if is_sqlite else _postgresql(url, setting)
    return parsed.set(drivername=_DRIVERS[name])


def _unknown(name: str, setting: str) -> DatabaseAwayError:
    backend, _, driver = name.partition("+")
    if driver and backend in _DRIVERS:
        return DatabaseAwayError(
            "DATABASE_KIND",
            f"{setting} names a driver that is no part of this program.",
            f"Leave it out: {_EXAMPLES}",
        )
    return DatabaseAwayError(
        "DATABASE_KIND",
        f"{setting} names {name}; the ledger is kept in SQLite or PostgreSQL.",
        f"Set it to one of those, for example {_EXAMPLES}",
    )


def _sqlite(url: str, setting: str) -> URL:
    parsed = make_url(url)
    file = parsed.database or ""
    if parsed.host or parsed.username or not file or file.startswith((":memory:", "file:")):
        raise DatabaseAwayError(
            "DATABASE_URL",
            f"{setting} names no file for the ledger.",
            "Three slashes, then the file: sqlite:///ccm.sqlite3 in this folder, sqlite:////var/lib/ccm/ccm.sqlite3 "
            "anywhere.",
        )
    return parsed


def _postgresql(url: str, setting: str) -> URL:
    try:
        parsed = make_url(url)
        is_port = parsed.port is None or 0 < parsed.port <= _LARGEST_PORT
    except ValueError:  # its words quote the port, which may be a part of a password
        is_port = False
    if not is_port:
        raise DatabaseAwayError(
            "DATABASE_URL", f"{setting}: what stands after the host's colon is no number of a port.", _ENCODE
        )
    return parsed
