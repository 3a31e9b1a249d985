"""People with several teams or several roles: what their lists hold, and what each role adds."""

import pytest
from support.practice import an_entry, import_rows, staff_row
from support.slack import Harness, table_rows

from ledger.rules.facts import Program

TWO_TEAMS, BOTH, BILLS_AND_LEADS, GREEN_ALONE = "U0NURSE1", "U0NURSE2", "U0BILLER1", "U0LEAD2"
LINE = "/ccm log P-1044 12m ccm meds Reconciled the insulin list. Dose confirmed."


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """A third team with a near patient, near patients in all, and people who are several things at once."""
    import_rows(harness.database, harness.practice, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    people = (
        {"id": "nurse1", "slack_user_id": TWO_TEAMS, "roles": "lead", "teams": "Blue Team;Red Team"},
        {"id": "nurse2", "slack_user_id": BOTH, "roles": "lead;coordinator", "teams": "Green Team"},
        {"id": "biller1", "slack_user_id": BILLS_AND_LEADS, "roles": "biller;lead", "teams": "Red Team"},
    )
    rows = [staff_row(name=f"Person {row['id']}", credential="RN", **row) for row in people]
    import_rows(harness.database, harness.practice, "staff", rows)
    harness.enroll([{"code": "P-3001", "team": "Red Team"}])
    for code in ("P-1042", "P-1044", "P-3001"):
        harness.work(an_entry(patient=code, minutes=17, program=Program("CCM")))
    return harness


def near(harness: Harness, line: str, user: str) -> list[str]:
    """The patients on the near list."""
    return sorted(row[0] for row in table_rows(harness.say(line, user).message))


def month(harness: Harness, line: str, user: str) -> set[str]:
    """The patients on the month's list."""
    return {row[0] for row in table_rows(harness.say(line, user).message)}


def home(harness: Harness, user: str) -> str:
    """The words of the Home tab."""
    view = harness.person(user).home()
    assert view is not None
    return view.words


def test_a_lead_of_two_teams_sees_both_and_no_third(harness: Harness) -> None:
    assert near(harness, "/ccm near", TWO_TEAMS) == ["P-1042", "P-3001"]
    assert month(harness, "/ccm month", TWO_TEAMS) == {"P-1042", "P-1043", "P-1046", "P-3001"}
    assert month(harness, "/ccm month Red Team", TWO_TEAMS) == {"P-3001"}
    assert "You lead Blue Team, Red Team, not Green Team." in harness.say("/ccm month Green Team", TWO_TEAMS).words
    words = home(harness, TWO_TEAMS)
    assert "• *Blue Team*: CCM at 15–19 minutes: *1*" in words
    assert "• *Red Team*: CCM at 15–19 minutes: *1*" in words
    assert "Green Team" not in words


def test_a_lead_of_two_teams_says_which_digest_is_meant(harness: Harness) -> None:
    assert "Which team? You have Blue Team, Red Team." in harness.say("/ccm digest", TWO_TEAMS).words
    assert "Red Team" in harness.say("/ccm digest Red Team", TWO_TEAMS).words


def test_a_lead_who_is_coordinator_too_does_the_work_of_both(harness: Harness) -> None:
    assert "*Saved*" in harness.say(LINE, BOTH).words
    assert month(harness, "/ccm month", BOTH) == {"P-1044", "P-1045"}
    words = home(harness, BOTH)
    assert "Log time" in words
    assert "Near the next code, by team" in words
    assert "Coming digests" in words
    assert "so far, all teams" not in words


def test_a_lead_alone_logs_nothing(harness: Harness) -> None:
    assert "ROLE_NEEDED" in harness.say(LINE, GREEN_ALONE).words
    assert "Log time" not in home(harness, GREEN_ALONE)


def test_a_biller_who_leads_a_team_sees_every_team_and_corrects_in_one(harness: Harness) -> None:
    assert {"P-1042", "P-1044", "P-3001"} <= month(harness, "/ccm month", BILLS_AND_LEADS)
    assert month(harness, "/ccm month Green Team", BILLS_AND_LEADS) == {"P-1044", "P-1045"}
    assert near(harness, "/ccm near", BILLS_AND_LEADS) == ["P-3001"]
    assert near(harness, "/ccm near Blue Team", BILLS_AND_LEADS) == ["P-1042"]
    assert "so far, all teams" in home(harness, BILLS_AND_LEADS)
    assert "• *Red Team*" in home(harness, BILLS_AND_LEADS)
    assert "ENTRY_OF_OTHERS" in harness.say("/ccm void P-1042#1 Logged by mistake.", BILLS_AND_LEADS).words
    assert "ENTRY_OF_OTHERS" not in harness.say("/ccm void P-3001#1 Logged by mistake.", BILLS_AND_LEADS).words


def test_the_help_shows_what_all_roles_together_can_do(harness: Harness) -> None:
    words = harness.say("/ccm help", BOTH).words

    assert all(f"/ccm {command}" in words for command in ("log", "month", "digest", "void"))
    assert "/ccm staff" not in words
