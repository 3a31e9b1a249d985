"""The first administrator: whom CCM_ADMINS names, or the workspace's primary owner while there is none."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select
from support.practice import import_rows, staff_row
from support.slack import STRANGER, Harness, ManualClock, open_harness

from bot.config import Settings
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, Role, person_by_slack_id
from ledger.storage.database import Database
from ledger.storage.tables import RosterChangeRow, StaffRow

ADMIN, NURSE = "U0ADMIN1", "U0NURSE1"


@pytest.fixture
def named(harness_database: Database, harness_practice: Practice, clock: ManualClock) -> Iterator[Harness]:
    """The bot at work with CCM_ADMINS naming the stranger and the nurse."""
    with open_harness(harness_database, harness_practice, clock, admins=(STRANGER, NURSE)) as harness:
        yield harness


def member(harness: Harness, user: str = STRANGER) -> Person | None:
    with harness.looking() as connection:
        return person_by_slack_id(connection, "T0TEST", user)


def end_admin(harness: Harness) -> None:
    ended = staff_row(id="admin1", slack_user_id=ADMIN, name="Admin One", roles="admin", active_to="2026-11-01")
    import_rows(harness.database, harness.practice, "staff", [ended])


def make_owner(harness: Harness, user: str = STRANGER) -> None:
    harness.playground.workspace.users[user].is_primary_owner = True
    harness.playground.workspace.users[user].real_name = "Owner One"


def setup_changes(harness: Harness) -> list[str]:
    with harness.looking() as connection:
        query = select(RosterChangeRow.subject_id).where(RosterChangeRow.recorded_by == "setup")
        return list(connection.scalars(query))


def test_whom_the_environment_names_is_let_in_as_an_administrator(named: Harness) -> None:
    named.playground.workspace.users[STRANGER].real_name = "Owner One"

    assert "Staff" in named.say("/ccm staff", STRANGER).words

    person = member(named)
    assert person is not None
    assert (person.staff_id, person.name, person.credential, person.roles) == ("admin2", "Owner One", "", {Role.ADMIN})
    named.say("/ccm patients", STRANGER)
    assert setup_changes(named) == ["admin2"]
    named.settle()
    assert named.person(ADMIN).direct_messages() == []


def test_they_are_let_in_where_slack_does_not_tell_their_name(named: Harness) -> None:
    named.allows_refusals = True
    named.playground.fail_next("users.info", status=200, error="missing_scope")

    named.say("/ccm staff", STRANGER)

    person = member(named)
    assert person is not None
    assert person.name == "Administrator"


def test_whom_the_environment_names_has_the_role_beside_those_of_the_roster(named: Harness) -> None:
    assert "Staff" in named.say("/ccm staff", NURSE).words
    assert "*Saved*" in named.say("/ccm log P-1042 12m meds Reconciled the list. Dose confirmed.", NURSE).words
    assert member(named, NURSE).roles == {Role.COORDINATOR}  # type: ignore[union-attr] # the nurse is on the staff


def test_a_stranger_is_told_of_those_whom_the_environment_names(named: Harness) -> None:
    named.playground.workspace.users["U0OTHER"] = type(named.playground.workspace.users[NURSE])("U0OTHER", "other")
    named.playground.workspace.channels["C0GENERAL"].members.append("U0OTHER")

    seen = named.say("/ccm", "U0OTHER")

    assert f"Administrators here: <@{ADMIN}>, <@{NURSE}>, <@{STRANGER}>" in seen.words
    named.settle()
    assert len(named.person(NURSE).direct_messages()) == 1


def test_the_primary_owner_is_the_first_administrator(harness: Harness) -> None:
    end_admin(harness)
    make_owner(harness)

    assert "Add a person" in harness.say("/ccm staff", STRANGER).words
    assert member(harness) is not None
    assert setup_changes(harness) == ["admin2"]


def test_the_primary_owner_is_a_stranger_where_there_is_an_administrator(harness: Harness) -> None:
    make_owner(harness)

    assert "You are not on this practice's staff list yet." in harness.say("/ccm staff", STRANGER).words
    assert member(harness) is None


def test_nobody_else_lets_themselves_in(harness: Harness) -> None:
    end_admin(harness)

    assert "You are not on this practice's staff list yet." in harness.say("/ccm staff", STRANGER).words
    assert member(harness) is None


def test_a_practice_without_an_administrator_is_begun_in_slack(harness: Harness) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        connection.execute(delete(StaffRow).where(StaffRow.staff_id == "admin1"))
    make_owner(harness)

    assert "Add a patient" in harness.say("/ccm patients", STRANGER).words
    assert setup_changes(harness) == ["admin1"]


@pytest.mark.parametrize(("value", "ids"), [("", set()), ("U0A", {"U0A"}), (" U0A , W0B,", {"U0A", "W0B"})])
def test_the_setting_is_a_list_of_slack_ids(monkeypatch: pytest.MonkeyPatch, value: str, ids: set[str]) -> None:
    monkeypatch.setenv("CCM_ADMINS", value)

    assert Settings().admin_ids == ids


def test_a_setting_that_is_no_slack_id_is_refused_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_ADMINS", "U0A,nurse")

    with pytest.raises(LedgerError, match="'nurse' is not a Slack user id") as refused:
        _ = Settings().admin_ids
    assert "CCM_ADMINS=U0123ABCD" in refused.value.remedy
