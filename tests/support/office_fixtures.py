"""The bot before a strict local Slack; whatever Slack would not have taken fails the test."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from support.month_messages import SWITCHES, decide
from support.practice import a_practice, an_entry, local
from support.slack import HandClock, Office, copied_office, crowd, hire_more, open_office, paint_points_alone

from ledger.practice.practice import Practice, get_practice
from ledger.rules.facts import Contact
from ledger.storage.database import Database


@pytest.fixture(autouse=True)
def quick_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not painted, unless the test is marked ``paints``."""
    if not request.node.get_closest_marker("paints"):
        paint_points_alone(monkeypatch)


@pytest.fixture(scope="session")
def office_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with the invented practice, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("office") / "template.sqlite3"))
    database = Database(f"sqlite:///{path}")
    hire_more(database, a_practice(database))
    database.close()
    return path


@pytest.fixture
def office_database(office_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A ledger with the invented practice."""
    database = Database(f"sqlite:///{shutil.copy(office_template, tmp_path / 'office.sqlite3')}")
    yield database
    database.close()


@pytest.fixture
def office_practice(office_database: Database) -> Practice:
    """The invented practice."""
    with office_database.of("T0TEST").reading() as connection:
        return get_practice(connection, "T0TEST")


@pytest.fixture
def clock() -> HandClock:
    """Tuesday, 24 November 2026, ten in the morning in New York, until a test moves it."""
    return HandClock()


@pytest.fixture
def office(office_database: Database, office_practice: Practice, clock: HandClock) -> Iterator[Office]:
    """The bot at work; afterwards Slack has refused nothing, unless the test allows it."""
    with open_office(office_database, office_practice, clock) as office:
        yield office


@pytest.fixture(scope="session")
def crowded_template(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same ledger with lists as long as they get, to be copied."""
    path = Path(shutil.copy(office_template, tmp_path_factory.mktemp("crowded") / "template.sqlite3"))
    database = Database(f"sqlite:///{path}")
    with database.of("T0TEST").reading() as connection:
        practice = get_practice(connection, "T0TEST")
    crowd(database, practice)
    database.close()
    return path


@pytest.fixture
def crowded_office(crowded_template: Path, clock: HandClock, tmp_path: Path) -> Iterator[Office]:
    """The bot at work in a practice with long lists."""
    with copied_office(crowded_template, tmp_path / "crowded.sqlite3", clock) as office:
        yield office


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a database that is away."""
    monkeypatch.setattr("ledger.storage.retries.BUDGET_SECONDS", 0)


@pytest.fixture
def month_office(office: Office) -> Office:
    """The office with some time for the blue team, and all messages of the month switched off."""
    office.clock.now = local("2026-11-15 12:00")
    office.forget_message_rate()
    for code, minutes, day in (("P-1042", 25, 12), ("P-1043", 9, 13), ("P-1042", 5, 4)):
        office.work(an_entry(patient=code, minutes=minutes, day=date(2026, 11, day), contact=Contact.LIVE))
    for switch in SWITCHES:
        decide(office, switch, value=False)
    return office
