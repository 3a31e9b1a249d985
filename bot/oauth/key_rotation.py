"""The installations as they are stored: since when, whether the keys open them, and sealing them anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, func, select, update

from bot.oauth.encryption import Seal
from bot.oauth.tables import BOTS, INSTALLATIONS, SEALED_COLUMNS
from ledger.storage.database import AnyRow, Database


@dataclass(frozen=True, slots=True)
class Sealing:
    """How many secrets are stored, and how many of them were sealed anew."""

    secrets: int
    sealed_anew: int


def installed_since(database: Database) -> dict[str, datetime]:
    """Return when the bot was installed, by workspace; it needs no key."""
    table = INSTALLATIONS
    newest = select(table.c.team_id, func.max(table.c.installed_at).label("installed_at")).group_by(table.c.team_id)
    with database.engine.connect() as connection:
        return {row.team_id: row.installed_at.replace(tzinfo=UTC) for row in connection.execute(newest)}


def check_keys(database: Database, seal: Seal) -> None:
    """Raise ``TokenKeysError`` where a stored secret cannot be opened."""
    with database.engine.connect() as connection:
        for table, row in _rows(connection):
            for sealed in _sealed(table, row).values():
                seal.open(sealed)


def seal_anew(database: Database, seal: Seal) -> Sealing:
    """Seal with the first key whatever another sealed: all of it, or nothing where a secret cannot be opened.

    Whoever stores a renewed token meanwhile waits, and is not overwritten.
    """
    secrets = anew = 0
    with database.engine.execution_options(ledger_writes=True).begin() as connection:
        for table, row in _rows(connection):
            sealed = _sealed(table, row)
            old = {name: value for name, value in sealed.items() if not seal.has_first_key(value)}
            if old:
                new = {name: seal.seal(seal.open(value)) for name, value in old.items()}
                connection.execute(update(table).where(table.c.id == row.id).values(**new))
            secrets += len(sealed)
            anew += len(old)
    return Sealing(secrets, anew)


def _rows(connection: Connection) -> Iterator[tuple[Table, AnyRow]]:
    for table in (INSTALLATIONS, BOTS):
        for row in connection.execute(select(table).order_by(table.c.id).with_for_update()).all():
            yield table, row


def _sealed(table: Table, row: AnyRow) -> dict[str, str]:
    """Return the secrets of a row by column."""
    values = {name: getattr(row, name) for name in SEALED_COLUMNS if name in table.c}
    return {name: value for name, value in values.items() if value is not None}
