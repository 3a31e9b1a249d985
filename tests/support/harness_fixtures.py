"""The bot before a strict local Slack; whatever Slack would not have taken fails the test."""

import shutil
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from support.http import address_of, served
from support.month_messages import SWITCHES, decide
from support.practice import a_practice, an_entry, local
from support.slack import Harness, ManualClock, copied_harness, fill_lists, hire_more, open_harness, paint_points_alone

from ledger.practice.practice import Practice, get_practice
from ledger.rules.facts import Contact
from ledger.storage.database import Database


@pytest.fixture(autouse=True)
def quick_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not painted, unless the test is marked ``paints``."""
    if not request.node.get_closest_marker("paints"):
        paint_points_alone(monkeypatch)


@pytest.fixture(scope="session")
def harness_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with the invented practice, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("harness") / "template.sqlite3"))
    database = Database(f"sqlite:///{path}")
    hire_more(database, a_practice(database))
    database.close()
    return path


@pytest.fixture
def harness_database(harness_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A ledger with the invented practice."""
    database = Database(f"sqlite:///{shutil.copy(harness_template, tmp_path / 'harness.sqlite3')}")
    yield database
    database.close()


@pytest.fixture
def harness_practice(harness_database: Database) -> Practice:
    """The invented practice."""
    with harness_database.of("T0TEST").reading() as connection:
        return get_practice(connection, "T0TEST")


@pytest.fixture
def clock() -> ManualClock:
    """Tuesday, 24 November 2026, ten in the morning in New York, until a test moves it."""
    return ManualClock()


@pytest.fixture
def harness(harness_database: Database, harness_practice: Practice, clock: ManualClock) -> Iterator[Harness]:
    """The bot at work; afterwards Slack has refused nothing, unless the test allows it."""
    with open_harness(harness_database, harness_practice, clock) as harness:
        yield harness


@pytest.fixture(scope="session")
def full_template(harness_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same ledger with lists as long as they get, to be copied."""
    path = Path(shutil.copy(harness_template, tmp_path_factory.mktemp("full") / "template.sqlite3"))
    database = Database(f"sqlite:///{path}")
    with database.of("T0TEST").reading() as connection:
        practice = get_practice(connection, "T0TEST")
    fill_lists(database, practice)
    database.close()
    return path


@pytest.fixture
def full_harness(full_template: Path, clock: ManualClock, tmp_path: Path) -> Iterator[Harness]:
    """The bot at work in a practice with long lists."""
    with copied_harness(full_template, tmp_path / "full.sqlite3", clock) as harness:
        yield harness


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a database that is away."""
    monkeypatch.setattr("ledger.storage.retries.BUDGET_SECONDS", 0)


@pytest.fixture
def month_harness(harness: Harness) -> Harness:
    """The harness with some time for the blue team, and all messages of the month switched off."""
    harness.clock.now = local("2026-11-15 12:00")
    harness.forget_message_rate()
    for code, minutes, day in (("P-1042", 25, 12), ("P-1043", 9, 13), ("P-1042", 5, 4)):
        harness.work(an_entry(patient=code, minutes=minutes, day=date(2026, 11, day), contact=Contact.LIVE))
    for switch in SWITCHES:
        decide(harness, switch, value=False)
    return harness


@pytest.fixture
def door() -> socket.socket:
    """A socket that listens on a free port; whoever serves it closes it."""
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
def http_harness(
    harness_database: Database, harness_practice: Practice, clock: ManualClock, door: socket.socket
) -> Iterator[Harness]:
    """The bot behind HTTP, reached by signed requests over the network."""
    url = f"{address_of(door)}/slack/events"
    with (
        open_harness(harness_database, harness_practice, clock, attached=False, request_url=url) as harness,
        served(harness, door),
    ):
        yield harness
