"""The ledger and the practice that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.shared import failures_told
from bot.config import Settings
from ledger.errors import LedgerError, OutcomeUnknownError
from ledger.practice.practice import Practice, all_practices, get_practice
from ledger.storage import schema
from ledger.storage.database import Database, ScopedDatabase
from ledger.storage.failures import in_words


@contextmanager
def opened_ledger(*, needs_schema: bool = True) -> Iterator[Database]:
    """Return the ledger that the environment names; errors are told as ``failures_told`` does."""
    with failures_told(), _unknown_outcomes_told(), in_words():
        database = Database(Settings().ccm_database_url)
        try:
            if needs_schema:
                schema.check(database)
            yield database
        finally:
            database.close()


@contextmanager
def _unknown_outcomes_told() -> Iterator[None]:
    """Turn a commit that was cut off into an error with a remedy."""
    try:
        yield
    except OutcomeUnknownError as error:
        from bot.errors import outcome_unknown

        raise outcome_unknown() from error


@contextmanager
def opened_practice(workspace: str | None) -> Iterator[tuple[Practice, ScopedDatabase]]:
    """Return the practice that is meant and the ledger as it sees it; errors are told as ``failures_told`` does."""
    with opened_ledger() as database:
        practice = chosen_practice(database, workspace)
        yield practice, database.of(practice.practice_id)


def chosen_practice(database: Database, workspace: str | None) -> Practice:
    """Return the practice of that workspace, or the only one.

    Raises:
        LedgerError: Where that is not clear.
    """
    if workspace is not None:
        with database.of(workspace).reading() as connection:
            return get_practice(connection, workspace)
    with database.across_practices().reading() as connection:
        practices = all_practices(connection)
    if len(practices) == 1:
        return practices[0]
    if not practices:
        raise LedgerError(
            "NO_PRACTICE",
            "This ledger has no practice yet.",
            'Run: ccm init --workspace T01ABCDEF --timezone America/New_York --name "My practice"',
        )
    known = ", ".join(practice.practice_id for practice in practices)
    raise LedgerError("WHICH_PRACTICE", f"This ledger has several practices: {known}.", "Name one: --workspace T01…")
