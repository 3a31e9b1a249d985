"""A practice is a workspace with a zone that decides what a date means."""

from datetime import UTC, date, datetime

import pytest
from support.practice import AT

from ledger.errors import LedgerError
from ledger.practice.practice import Practice, create_practice, find_practice, get_practice
from ledger.storage.database import Database


def create(database: Database, practice_id: str, name: str = "One", timezone: str = "America/New_York") -> Practice:
    with database.of(practice_id).writing() as connection:
        return create_practice(connection, practice_id, name, timezone, at=AT)


def test_a_practice_is_created_once_and_found_again(database: Database) -> None:
    created = create(database, "T0ONE")
    assert create(database, "T0ONE") == created
    with database.of("T0ONE").reading() as connection:
        assert get_practice(connection, "T0ONE") == created
    with database.of("T0TWO").reading() as connection:
        assert find_practice(connection, "T0TWO") is None


@pytest.mark.parametrize(("name", "timezone"), [("Two", "America/New_York"), ("One", "America/Denver")])
def test_a_practice_that_exists_otherwise_is_left_alone(sqlite_database: Database, name: str, timezone: str) -> None:
    created = create(sqlite_database, "T0ONE")
    with pytest.raises(LedgerError, match="PRACTICE_EXISTS"):
        create(sqlite_database, "T0ONE", name, timezone)
    with sqlite_database.of("T0ONE").reading() as connection:
        assert get_practice(connection, "T0ONE") == created


@pytest.mark.parametrize("workspace", ["", "C0ONE", "acme.slack.com", "T0 ONE"])
def test_what_is_no_workspace_is_refused(sqlite_database: Database, workspace: str) -> None:
    with pytest.raises(LedgerError) as refused:
        create(sqlite_database, workspace)
    assert (refused.value.code, "T01ABCDEF" in refused.value.remedy) == ("WORKSPACE_ID", True)


@pytest.mark.parametrize("timezone", ["EST5", "New York", "", "../etc"])
def test_what_is_no_zone_is_refused(sqlite_database: Database, timezone: str) -> None:
    with pytest.raises(LedgerError) as refused:
        create(sqlite_database, "T0ONE", timezone=timezone)
    assert (refused.value.code, "America/New_York" in refused.value.remedy) == ("TIMEZONE_UNKNOWN", True)


def test_a_workspace_without_a_practice_is_told_how_to_begin(sqlite_database: Database) -> None:
    with sqlite_database.of("T0ONE").reading() as connection, pytest.raises(LedgerError) as refused:
        get_practice(connection, "T0ONE")
    assert refused.value.code == "PRACTICE_UNKNOWN"
    assert refused.value.remedy.startswith("Run: ccm init --workspace T0ONE")


@pytest.mark.parametrize(
    ("timezone", "day"),
    [("America/New_York", date(2026, 11, 30)), ("Pacific/Guam", date(2026, 12, 1)), ("UTC", date(2026, 12, 1))],
)
def test_a_date_is_the_practices_own(sqlite_database: Database, timezone: str, day: date) -> None:
    practice = create(sqlite_database, "T0ONE", timezone=timezone)
    assert practice.local_date(datetime(2026, 12, 1, 4, 30, tzinfo=UTC)) == day
