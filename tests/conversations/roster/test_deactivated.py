"""Accounts that Slack deactivates and restores: who is gone is ended, who is back is not let in by that alone."""

from datetime import date

from sqlalchemy import select
from support.practice import an_entry, verified
from support.slack import STRANGER, Harness

from ledger.roster.directory import person_by_id
from ledger.storage.tables import RosterChangeRow

NURSE, ADMIN = "U0NURSE1", "U0ADMIN1"


def ends(harness: Harness, staff_id: str = "nurse1") -> date | None:
    with harness.looking() as connection:
        return person_by_id(connection, "T0TEST", staff_id).active_to


def changes_by_slack(harness: Harness) -> list[str]:
    with harness.looking() as connection:
        query = select(RosterChangeRow.subject_id).where(RosterChangeRow.recorded_by == "slack")
        return list(connection.scalars(query))


def test_whose_account_is_deactivated_ends_today(harness: Harness) -> None:
    harness.work(an_entry(minutes=25))

    harness.playground.people.deactivate(NURSE)

    assert ends(harness) == date(2026, 11, 24)
    assert changes_by_slack(harness) == ["nurse1"]
    assert verified(harness.database, harness.practice).difference is None


def test_the_event_delivered_twice_changes_once(harness: Harness) -> None:
    harness.playground.people.deactivate(NURSE)
    harness.clock.move(days=1)

    harness.deliver_again("events_api")

    assert ends(harness) == date(2026, 11, 24)
    assert changes_by_slack(harness) == ["nurse1"]


def test_who_had_left_before_is_not_ended_anew(harness: Harness) -> None:
    harness.playground.people.deactivate("U0GONE1")

    assert ends(harness, "gone1") == date(2026, 10, 31)
    assert changes_by_slack(harness) == []


def test_a_stranger_or_a_change_of_a_profile_changes_nothing(harness: Harness) -> None:
    harness.playground.people.deactivate(STRANGER)
    harness.playground.people.events.user_changed(harness.playground.workspace.users[NURSE])

    assert ends(harness) is None
    assert changes_by_slack(harness) == []


def test_a_workspace_without_a_practice_changes_nothing(harness: Harness) -> None:
    harness.playground.people.events.user_changed(harness.playground.workspace.users[NURSE])

    assert harness.deliver_again("events_api", team_id="T0OTHER") == {}


def test_who_is_restored_stays_ended_and_the_administrators_are_told_once(harness: Harness) -> None:
    harness.playground.people.deactivate(NURSE)
    harness.clock.move(days=1)

    harness.playground.people.reactivate(NURSE)
    harness.deliver_again("events_api")
    harness.settle()

    assert ends(harness) == date(2026, 11, 24)
    (notice,) = harness.person(ADMIN).direct_messages()
    assert notice.text == f"<@{NURSE}> is active in Slack again"
    assert f"As nurse1 they stay ended here. To let them work again: `/ccm staff {NURSE}`" in notice.words
    assert "PERSON_INACTIVE" in harness.say("/ccm me", NURSE).words


def test_an_administrator_lets_a_restored_person_work_again(harness: Harness) -> None:
    harness.playground.people.deactivate(NURSE)
    harness.clock.move(days=1)
    harness.playground.people.reactivate(NURSE)
    modal = harness.say(f"/ccm staff {NURSE}", ADMIN).modal
    assert modal is not None

    harness.person(ADMIN).submit(modal, {"active_to": None})

    assert "PERSON_INACTIVE" not in harness.say("/ccm me", NURSE).words


def test_who_was_ended_by_an_administrator_is_no_news_when_their_profile_changes(harness: Harness) -> None:
    harness.playground.people.events.user_changed(harness.playground.workspace.users["U0GONE1"])
    harness.settle()

    assert harness.person(ADMIN).direct_messages() == []
