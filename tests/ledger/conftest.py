"""The practice that the ledger's tests work in."""

import pytest
from support.practice import a_practice

from ledger.practice.practice import Practice
from ledger.storage.database import Database


@pytest.fixture
def here(sqlite_database: Database) -> Practice:
    """The test practice, where the kind of database makes no difference."""
    return a_practice(sqlite_database)
