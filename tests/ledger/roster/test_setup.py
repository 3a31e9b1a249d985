"""How a practice begins when somebody installs the bot: in their zone, once, and never moved after work was logged."""

from zoneinfo import available_timezones

import pytest
from support.practice import AT, a_practice, an_entry, record

from ledger.errors import LedgerError
from ledger.practice.practice import Practice, get_practice
from ledger.roster.setup import PRACTICE_ZONES, USUAL_ZONE, Beginning, begin_practice, move_practice
from ledger.storage.database import Database

TEST = "T0TEST"


def begin(database: Database, timezone: str, name: str = "One") -> Beginning:
    with database.of("T0ONE").writing() as connection:
        return begin_practice(connection, "T0ONE", name, timezone, at=AT)


@pytest.mark.parametrize("timezone", sorted(PRACTICE_ZONES))
def test_a_new_practice_has_the_zone_of_whoever_installs_the_bot(sqlite_database: Database, timezone: str) -> None:
    begun = begin(sqlite_database, timezone)

    assert begun == Beginning(Practice("T0ONE", "One", timezone), is_new=True, is_zone_theirs=True)


@pytest.mark.either_database
@pytest.mark.parametrize("timezone", ["Europe/Berlin", "America/Toronto", "", "nowhere"])
def test_where_that_is_no_practices_zone_it_has_new_yorks(database: Database, timezone: str) -> None:
    begun = begin(database, timezone)

    assert (begun.practice.timezone, begun.is_zone_theirs) == (USUAL_ZONE, False)


def test_a_practice_that_is_there_stays_as_it_is(database: Database) -> None:
    begin(database, "America/Denver")

    again = begin(database, "America/Chicago", "Other Name")

    assert again == Beginning(Practice("T0ONE", "One", "America/Denver"), is_new=False, is_zone_theirs=False)


def test_every_zone_of_a_practice_is_one() -> None:
    assert available_timezones() >= PRACTICE_ZONES


@pytest.mark.either_database
def test_a_practice_that_is_moved_moves_no_other(database: Database) -> None:
    mine, other = a_practice(database), a_practice(database, "T0OTHER")
    record(database, other, an_entry())

    with database.of(TEST).writing() as connection:
        move_practice(connection, mine, "America/Chicago")

    with database.of("T0OTHER").reading() as connection:
        assert get_practice(connection, "T0OTHER") == other


@pytest.mark.either_database
def test_a_practice_is_moved_before_time_is_logged_and_not_after(database: Database) -> None:
    practice = a_practice(database)
    with database.of(TEST).writing() as connection:
        moved = move_practice(connection, practice, "America/Chicago")
    with database.of(TEST).reading() as connection:
        assert get_practice(connection, "T0TEST") == moved
    record(database, moved, an_entry())

    with pytest.raises(LedgerError, match="PRACTICE_MOVED"), database.of(TEST).writing() as connection:
        move_practice(connection, moved, "America/Denver")

    with database.of(TEST).reading() as connection:
        assert get_practice(connection, "T0TEST").timezone == "America/Chicago"
