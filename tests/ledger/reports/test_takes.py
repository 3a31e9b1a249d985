"""Who has taken whom: one at a time, for one month, on record."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from support.practice import AT, MONTH, a_practice, a_request
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.reports.takes import Asked, Outcome, Take, take_or_release, take_over, takes_of
from ledger.storage.database import Database
from ledger.storage.idempotency import Request
from ledger.storage.tables import TakeRow

LATER = AT + timedelta(minutes=5)


def take(database: Database, practice: Practice, staff_id: str = "nurse1", request: Request | None = None) -> Asked:
    with database.of("T0TEST").writing() as connection:
        return take_or_release(connection, practice, MONTH, "P-1042", staff_id, request=request or a_request(), at=AT)


def over(database: Database, practice: Practice, staff_id: str, instead_of: str) -> Asked:
    with database.of("T0TEST").writing() as connection:
        return take_over(
            connection, practice, MONTH, "P-1042", staff_id, instead_of=instead_of, request=a_request(), at=LATER
        )


def holder(database: Database, practice: Practice, month: date = MONTH) -> Take | None:
    with database.of("T0TEST").reading() as connection:
        return takes_of(connection, practice, month).get("P-1042")


@pytest.mark.either_database
def test_who_takes_a_patient_has_the_patient_for_that_month(database: Database, practice: Practice) -> None:
    mine = Take("P-1042", "nurse1", AT)
    assert take(database, practice) == Asked(Outcome.TAKEN, mine)
    assert holder(database, practice) == mine
    assert holder(database, practice, date(2026, 12, 1)) is None


@pytest.mark.either_database
def test_who_takes_again_gives_back_and_anybody_may_take_then(database: Database, practice: Practice) -> None:
    take(database, practice)
    assert take(database, practice) == Asked(Outcome.RELEASED, None)
    assert holder(database, practice) is None
    assert take(database, practice, "nurse2").outcome is Outcome.TAKEN


@pytest.mark.either_database
def test_a_patient_of_another_is_left(database: Database, practice: Practice) -> None:
    take(database, practice)
    assert take(database, practice, "nurse2") == Asked(Outcome.HELD, Take("P-1042", "nurse1", AT))
    assert holder(database, practice) == Take("P-1042", "nurse1", AT)


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("staff_id", "instead_of", "then"),
    [
        ("nurse2", "nurse1", Asked(Outcome.TAKEN, Take("P-1042", "nurse2", LATER))),
        ("nurse2", "lead1", Asked(Outcome.HELD, Take("P-1042", "nurse1", AT))),
        ("nurse1", "lead1", Asked(Outcome.TAKEN, Take("P-1042", "nurse1", AT))),
    ],
    ids=["from the holder", "from somebody who has the patient no more", "one's own"],
)
def test_a_patient_is_taken_over_from_whom_was_seen_to_have_the_patient(
    database: Database, practice: Practice, staff_id: str, instead_of: str, then: Asked
) -> None:
    take(database, practice)
    assert over(database, practice, staff_id, instead_of) == then
    assert holder(database, practice) == then.holder


def test_a_patient_who_was_given_back_meanwhile_is_taken_over_too(database: Database, practice: Practice) -> None:
    take(database, practice)
    take(database, practice)
    assert over(database, practice, "nurse2", "nurse1").outcome is Outcome.TAKEN


def test_the_same_request_again_does_nothing_and_answers_alike(database: Database, practice: Practice) -> None:
    request = a_request()
    first = take(database, practice, request=request)
    assert take(database, practice, request=request) == first
    assert holder(database, practice) == Take("P-1042", "nurse1", AT)


def test_of_many_who_take_at_once_one_gets_the_patient(database: Database, practice: Practice) -> None:
    staff = ("nurse1", "nurse2", "lead1", "doctor1")
    asked = at_once([partial(take, database, practice, staff_id) for staff_id in staff])
    outcomes = [one.outcome for one in asked if isinstance(one, Asked)]
    assert sorted(outcomes) == [Outcome.HELD, Outcome.HELD, Outcome.HELD, Outcome.TAKEN], asked


def test_each_take_stays_on_record(database: Database, practice: Practice) -> None:
    take(database, practice)
    over(database, practice, "nurse2", "nurse1")
    take(database, practice, "nurse2")
    with database.of("T0TEST").reading() as connection:
        rows = connection.execute(select(TakeRow.revision, TakeRow.staff_id, TakeRow.recorded_by)).all()
    assert sorted(map(tuple, rows)) == [(1, "nurse1", "nurse1"), (2, "nurse2", "nurse2"), (3, None, "nurse2")]


def test_a_request_that_asked_for_something_else_is_refused(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    take(sqlite_database, practice, request=Request("key", {"take": "P-1042"}))
    with pytest.raises(LedgerError, match="REQUEST_DIFFERS"):
        take(sqlite_database, practice, request=Request("key", {"take": "P-1043"}))
