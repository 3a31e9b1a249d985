"""What tests stand on: databases of both kinds, an invented practice, a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import support.examples  # noqa: F401 - it names hypothesis' profiles
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from support.databases import emptied_postgresql, make_sqlite_template, migrated_postgresql, running_postgresql
from support.engines import quicken_engines
from support.groups import Groups
from support.logs import structlog_as_in_tests
from support.patience import PATIENCE_SECONDS
from support.practice import a_practice

from ledger.practice.practice import Practice
from ledger.storage.database import Database

# What parallel runs load tells the processes they start how wide the terminal is; the command line would print as wide.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REMEDY = f"no browser found: install one of {', '.join(BROWSER_NAMES)} (Debian: apt-get install chromium)"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    """What hands tests to the workers of a parallel run."""
    return Groups(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves PostgreSQL to ``make test-slow`` where a test is marked ``either_database``."""
    for item in items:
        called = getattr(item, "callspec", None)
        if called and called.params.get("database") == "postgresql" and item.get_closest_marker("either_database"):
            item.add_marker("slow")


@pytest.fixture(autouse=True)
def logs_as_printed() -> Iterator[None]:
    """The log as ``support.logs`` says."""
    with structlog_as_in_tests():
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_engines() -> Iterator[None]:
    """Opening a ledger costs little."""
    with pytest.MonkeyPatch.context() as patch:
        quicken_engines(patch)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; without one a run in CI fails, and elsewhere these tests are skipped."""
    path = next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(REMEDY)
    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of 1280 by 800 points; an error on its console or in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server for the whole run; without one the tests that need it fail."""
    with running_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql_url(postgresql_url: str) -> Iterator[str]:
    """A migrated database on the server, which tests use one after the other."""
    with migrated_postgresql(postgresql_url) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty ledger in SQLite, for tests to which the kind of database makes no difference."""
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ccm.sqlite3')}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def empty_postgresql(migrated_postgresql_url: str) -> Iterator[Callable[[], None]]:
    """Empties the migrated database."""
    with emptied_postgresql(migrated_postgresql_url) as empty:
        yield empty


@pytest.fixture
def postgresql_database(migrated_postgresql_url: str, empty_postgresql: Callable[[], None]) -> Iterator[Database]:
    """A migrated, empty ledger in PostgreSQL."""
    database = Database(migrated_postgresql_url)
    yield database
    empty_postgresql()
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty ledger: the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def practice(database: Database) -> Practice:
    """The practice T0TEST in ``database``, with its invented teams, staff and patients (``support.practice``)."""
    return a_practice(database)
