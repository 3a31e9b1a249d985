"""The schema of a ledger's database: made and changed by migrations alone (design 5)."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select, text

from ledger.errors import REINSTALL, DatabaseAwayError, LedgerError
from ledger.storage.database import Database
from ledger.storage.failures import in_words

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_UPGRADING = 990490
"""The PostgreSQL lock by which processes that start together upgrade one after the other."""
_UPGRADE_LASTS = "30min"
"""How long one that finds another upgrading waits for it."""
_PATIENCE = text("SELECT set_config('lock_timeout', :lasts, true)")
_ROLE = text("SELECT rolname, rolsuper OR rolbypassrls AS is_exempt FROM pg_roles WHERE rolname = current_user")
_OPEN_TABLES = text(
    "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'practice_id' "
    "WHERE relkind = 'r' AND pg_table_is_visible(pg_class.oid) AND NOT row_security_active(pg_class.oid) "
    "ORDER BY relname"
)


def upgrade(database: Database) -> str:
    """Bring ``database`` to the newest migration and return its name.

    Raises:
        DatabaseAwayError: Where the database cannot be reached or refuses.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    revision = newest()
    with in_words(), database.across_practices().writing() as connection:
        if not database.is_sqlite:
            _wait_for_another_upgrade(connection)
        _refuse_newer(MigrationContext.configure(connection).get_current_revision())
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return revision


def _wait_for_another_upgrade(connection: Connection) -> None:
    """Wait far longer than for a row: a ledger is upgraded in minutes; then be as impatient as before."""
    impatience = connection.scalar(select(func.current_setting("lock_timeout")))
    connection.execute(_PATIENCE, {"lasts": _UPGRADE_LASTS})
    connection.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
    connection.execute(_PATIENCE, {"lasts": impatience})


def newest() -> str:
    """Return the name of the newest migration of this program."""
    head = _scripts().get_current_head()
    if head is None:
        raise _no_migrations()
    return head


def current(database: Database) -> str | None:
    """Return the migration that the database stands at, or None.

    Raises:
        DatabaseAwayError: Unless the database answers.
    """
    with in_words(), database.across_practices().reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    try:
        return ScriptDirectory(str(_MIGRATIONS))
    except CommandError as error:
        raise _no_migrations() from error


def _no_migrations() -> LedgerError:
    return LedgerError("NO_MIGRATIONS", "This installation has no migrations.", REINSTALL)


def check(database: Database) -> None:
    """Raise ``DatabaseAwayError`` unless the database answers and stand at the newest migration.

    Raises:
        DatabaseAwayError: DATABASE_NOT_UPGRADED.
    """
    migration = current(database)
    if migration != newest():
        _refuse_newer(migration)
        raise DatabaseAwayError(
            "DATABASE_NOT_UPGRADED",
            f"The database is at migration {migration or 'none'}; this program needs {newest()}.",
            "Run: ccm db upgrade",
        )


@dataclass(frozen=True, slots=True)
class RowLevelSecurity:
    """How far PostgreSQL itself keeps practices apart before the role that the ledger connects as (decision 022)."""

    role: str
    is_exempt: bool
    """The role is a superuser or has BYPASSRLS: no policy ever holds it."""
    open_tables: tuple[str, ...]
    """The tables of practices that show the role every practice's rows, in order of name; none where all is well."""


def row_level_security(database: Database) -> RowLevelSecurity | None:
    """Return what PostgreSQL holds the ledger's role to.

    It is None on SQLite, where the queries alone keep practices apart.
    """
    if database.is_sqlite:
        return None
    with database.across_practices().reading() as connection:
        role = connection.execute(_ROLE).one()
        open_tables = connection.scalars(_OPEN_TABLES).all()
    return RowLevelSecurity(role.rolname, role.is_exempt, tuple(open_tables))


def _refuse_newer(current: str | None) -> None:
    """Raise ``DatabaseAwayError`` where a migration is none of this program's: a newer program made it."""
    known = {script.revision for script in _scripts().walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseAwayError(
            "DATABASE_NEWER",
            f"The database is at migration {current}, which this program does not know: a newer one upgraded it.",
            "Install the newer version of the program again. Going back needs a backup: docs/operations.md",
        )
