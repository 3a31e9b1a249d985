"""Changes of the roster from a form, and what Slack says of accounts, on both databases and by several at once."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from support.practice import AT, TODAY, a_request, an_entry, import_rows, patient_row, record, staff_row, verified
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.accounts import admit_administrator, claim_stranger, end_person, ignore_stranger, note_restored
from ledger.roster.changes import RosterReceipt, RosterRefusedError, save_patient, save_person, save_team
from ledger.roster.directory import administrators, people, person_by_id, teams
from ledger.storage.database import Database
from ledger.storage.idempotency import Request
from ledger.storage.tables import PatientMonthRow, RosterChangeRow, StaffRow

TEAM_IDS = {"blue-team": "blue-team", "green-team": "green-team"}
PERSON = {
    "id": "coord9",
    "slack_user_id": "U0NINE",
    "name": "Coordinator Nine",
    "credential": "RN",
    "roles": "coordinator",
    "teams": "blue-team;green-team",
    "supervised": "no",
}


def put_person(
    database: Database,
    practice: Practice,
    *,
    key: str | None = None,
    request: Request | None = None,
    by: str = "admin1",
    **cells: str,
) -> RosterReceipt:
    """Saves the form of a person: ``cells`` over those of a new coordinator, or alone with a ``key``."""
    given = {**({} if key else PERSON), **cells}
    with database.of("T0TEST").writing() as connection:
        return save_person(connection, practice, given, TEAM_IDS, key=key, request=request or a_request(), at=AT, by=by)


def test_a_form_and_a_file_store_the_same(database: Database, practice: Practice) -> None:
    put_person(database, practice)
    row = staff_row(**{**PERSON, "id": "coord10", "slack_user_id": "U0TEN", "teams": "Blue Team;Green Team"})
    import_rows(database, practice, "staff", [{**row, "active_from": ""}])

    with database.of("T0TEST").reading() as connection:
        query = select(StaffRow.__table__).where(StaffRow.staff_id.in_(["coord9", "coord10"]))
        ten, nine = [dict(row) for row in connection.execute(query.order_by(StaffRow.staff_id)).mappings()]
    own = {"staff_id", "slack_user_id"}
    assert {k: v for k, v in nine.items() if k not in own} == {k: v for k, v in ten.items() if k not in own}


def test_the_same_request_again_returns_the_first_receipt(database: Database, practice: Practice) -> None:
    request = a_request()
    first = put_person(database, practice, request=request)

    again = put_person(database, practice, request=request)

    assert again.replayed
    assert (again.key, again.outcome, again.changes) == (first.key, first.outcome, first.changes)
    with pytest.raises(LedgerError, match="REQUEST_DIFFERS"):
        put_person(database, practice, request=a_request({"text": "other"}, request.key))


@pytest.mark.either_database
def test_a_patient_of_a_form_is_worth_what_one_of_a_file_is(database: Database, practice: Practice) -> None:
    cells = {**patient_row(code="P-2001"), "team": "blue-team"}
    with database.of("T0TEST").writing() as connection:
        save_patient(connection, practice, cells, TEAM_IDS, key=None, request=a_request(), at=AT, by="admin1")
    import_rows(database, practice, "patients", [patient_row(code="P-2002")])

    for code in ("P-2001", "P-2002"):
        record(database, practice, an_entry(patient=code, minutes=25))
    with database.of("T0TEST").reading() as connection:
        assert list(connection.scalars(select(PatientMonthRow.expected_cents))) == [6613, 6613]
    assert verified(database, practice).difference is None


def test_of_two_administrators_who_take_the_role_from_each_other_at_once_one_remains(
    database: Database, practice: Practice
) -> None:
    put_person(database, practice, id="admin2", slack_user_id="U0ADMIN2", roles="admin", by="setup")
    demoted = {"name": "Somebody", "roles": "biller", "supervised": "yes"}

    def demote(staff_id: str) -> Callable[[], Any]:
        return lambda: put_person(database, practice, key=staff_id, by=staff_id, **demoted)

    outcomes = at_once([demote("admin1"), demote("admin2")])

    refused = [one for one in outcomes if isinstance(one, RosterRefusedError)]
    assert [one.problems[0].column for one in refused] == ["roles"]
    with database.of("T0TEST").reading() as connection:
        assert len(administrators(connection, "T0TEST", TODAY)) == 1


def test_two_who_add_the_same_slack_person_at_once_add_one(database: Database, practice: Practice) -> None:
    outcomes = at_once([partial(put_person, database, practice, id=f"coord{number}") for number in (8, 9)])

    assert sum(isinstance(one, RosterRefusedError) for one in outcomes) == 1
    with database.of("T0TEST").reading() as connection:
        assert sum(person.slack_user_id == "U0NINE" for person in people(connection, "T0TEST")) == 1


def test_a_first_administrator_who_types_twice_at_once_is_one(database: Database, practice: Practice) -> None:
    def admit() -> Any:
        with database.of("T0TEST").writing() as connection:
            return admit_administrator(connection, practice, "U0OWNER", "Owner One", at=AT)

    outcomes = at_once([admit, admit])

    assert [one.staff_id for one in outcomes] == ["admin2", "admin2"]


def test_one_of_many_tells_of_a_stranger(database: Database, practice: Practice) -> None:
    def claim(on: date = TODAY) -> bool:
        return claim_stranger(database.of("T0TEST"), practice, "U0VISITOR", on=on)

    assert sorted(at_once([claim] * 4)) == [False, False, False, True]
    tomorrow = date(2026, 11, 19)
    assert sorted(at_once([lambda: claim(tomorrow)] * 4)) == [False, False, False, True]
    with database.of("T0TEST").writing() as connection:
        ignore_stranger(connection, practice, "U0VISITOR", by="admin1")
    assert not claim(date(2026, 11, 20))


def test_a_deactivated_account_ends_once_and_is_noted_once_when_restored(
    database: Database, practice: Practice
) -> None:
    def end() -> Any:
        with database.of("T0TEST").writing() as connection:
            return end_person(connection, practice, "U0NURSE1", at=AT + timedelta(hours=1))

    def restore() -> Any:
        with database.of("T0TEST").writing() as connection:
            return note_restored(connection, practice, "U0NURSE1", at=AT + timedelta(hours=2))

    assert restore() is None
    assert sum(one is not None for one in at_once([end, end])) == 1
    assert sum(one is not None for one in at_once([restore, restore])) == 1
    with database.of("T0TEST").reading() as connection:
        assert person_by_id(connection, "T0TEST", "nurse1").active_to == TODAY
        query = select(func.count()).where(RosterChangeRow.recorded_by == "slack")
        assert connection.scalar(query) == 2


@pytest.mark.either_database
def test_a_team_of_a_form_gets_the_id_that_a_file_would_give_it(database: Database, practice: Practice) -> None:
    for key, name in (("blue-team", "Azure Team"), (None, "Blue Team"), (None, "Red & Gray Team")):
        with database.of("T0TEST").writing() as connection:
            cells = {"name": name, "channel_id": "C0RED"}
            save_team(connection, practice, cells, key=key, request=a_request(), at=AT, by="admin1")

    with database.of("T0TEST").reading() as connection:
        found = {team.name: team.team_id for team in teams(connection, "T0TEST")}
    assert found == {
        "Azure Team": "blue-team",
        "Blue Team": "blue-team-2",
        "Green Team": "green-team",
        "Red & Gray Team": "red-gray-team",
    }
