"""Ledgers for processes: each cluster has its own, copied from one that is filled once for each kind of database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clusters import Clusters, fill
from support.databases import migrated_postgresql

from ledger.storage.database import Database


@pytest.fixture(scope="session")
def filled_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with near patients, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("faults") / "filled.sqlite3"))
    fill(Database(f"sqlite:///{path}"), path.parent, pictures=True)
    return path


@pytest.fixture(scope="session")
def filled_postgresql(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL ledger with near patients, to be copied; without pictures, which are alike whatever the database."""
    with migrated_postgresql(postgresql_url) as url:
        fill(Database(url), tmp_path_factory.mktemp("faults"), pictures=False)
        yield url


@pytest.fixture
def sqlite_clusters(filled_sqlite: Path, tmp_path: Path) -> Clusters:
    """Clusters with SQLite, for tests to which the kind of database makes no difference."""
    return Clusters(str(filled_sqlite), tmp_path)


@pytest.fixture
def postgresql_clusters(filled_postgresql: str, tmp_path: Path) -> Clusters:
    """Clusters with PostgreSQL."""
    return Clusters(filled_postgresql, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def clusters(request: pytest.FixtureRequest) -> Clusters:
    """Clusters with either kind of database: the test runs once with each."""
    return request.getfixturevalue(f"{request.param}_clusters")
