"""Accounts that Slack deactivates and restores: who is gone is ended, who is back is not let in by that alone."""

from datetime import date

from sqlalchemy import select
from support.practice import an_entry, verified
from support.slack import STRANGER, Office

from ledger.roster.directory import person_by_id
from ledger.storage.tables import RosterChangeRow

NURSE, ADMIN = "U0NURSE1", "U0ADMIN1"


def ends(office: Office, staff_id: str = "nurse1") -> date | None:
    with office.looking() as connection:
        return person_by_id(connection, "T0TEST", staff_id).active_to


def changes_by_slack(office: Office) -> list[str]:
    with office.looking() as connection:
        query = select(RosterChangeRow.subject_id).where(RosterChangeRow.recorded_by == "slack")
        return list(connection.scalars(query))


def test_whose_account_is_deactivated_ends_today(office: Office) -> None:
    office.work(an_entry(minutes=25))

    office.playground.people.deactivate(NURSE)

    assert ends(office) == date(2026, 11, 24)
    assert changes_by_slack(office) == ["nurse1"]
    assert verified(office.database, office.practice).difference is None


def test_the_event_delivered_twice_changes_once(office: Office) -> None:
    office.playground.people.deactivate(NURSE)
    office.clock.move(days=1)

    office.deliver_again("events_api")

    assert ends(office) == date(2026, 11, 24)
    assert changes_by_slack(office) == ["nurse1"]


def test_who_had_left_before_is_not_ended_anew(office: Office) -> None:
    office.playground.people.deactivate("U0GONE1")

    assert ends(office, "gone1") == date(2026, 10, 31)
    assert changes_by_slack(office) == []


def test_a_stranger_or_a_change_of_a_profile_changes_nothing(office: Office) -> None:
    office.playground.people.deactivate(STRANGER)
    office.playground.people.events.user_changed(office.playground.workspace.users[NURSE])

    assert ends(office) is None
    assert changes_by_slack(office) == []


def test_a_workspace_without_a_practice_changes_nothing(office: Office) -> None:
    office.playground.people.events.user_changed(office.playground.workspace.users[NURSE])

    assert office.deliver_again("events_api", team_id="T0OTHER") == {}


def test_who_is_restored_stays_ended_and_the_administrators_are_told_once(office: Office) -> None:
    office.playground.people.deactivate(NURSE)
    office.clock.move(days=1)

    office.playground.people.reactivate(NURSE)
    office.deliver_again("events_api")
    office.settle()

    assert ends(office) == date(2026, 11, 24)
    (notice,) = office.person(ADMIN).direct_messages()
    assert notice.text == f"<@{NURSE}> is active in Slack again"
    assert f"As nurse1 they stay ended here. To let them work again: `/ccm staff {NURSE}`" in notice.words
    assert "PERSON_INACTIVE" in office.say("/ccm me", NURSE).words


def test_an_administrator_lets_a_restored_person_work_again(office: Office) -> None:
    office.playground.people.deactivate(NURSE)
    office.clock.move(days=1)
    office.playground.people.reactivate(NURSE)
    modal = office.say(f"/ccm staff {NURSE}", ADMIN).modal
    assert modal is not None

    office.person(ADMIN).submit(modal, {"active_to": None})

    assert "PERSON_INACTIVE" not in office.say("/ccm me", NURSE).words


def test_who_was_ended_by_an_administrator_is_no_news_when_their_profile_changes(office: Office) -> None:
    office.playground.people.events.user_changed(office.playground.workspace.users["U0GONE1"])
    office.settle()

    assert office.person(ADMIN).direct_messages() == []
