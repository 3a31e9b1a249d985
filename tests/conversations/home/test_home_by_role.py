"""The App Home of leads, billers and administrators, and of those who are several of these."""

import pytest
from support.block_kit import check_view
from support.home import buttons, now, opened, press
from support.practice import an_entry, import_rows, staff_row
from support.slack import BARE_COUNT, BLOCKED_COUNT, LONG_NAME, Harness

from bot.playground import SeenView
from bot.views.home import LOG
from bot.views.home.billing import BLOCKER, HIDE
from bot.views.home.place import OPENED_PAGE
from bot.views.home.team import SHOW_UNTOUCHED
from bot.views.home.work import LOG_FOR
from ledger.rules.facts import Program

LEAD, LEAD_OF_GREEN, BILLER, ADMIN = "U0LEAD1", "U0LEAD2", "U0BILLER1", "U0ADMIN1"
ALL = "coordinator;lead;biller;practitioner;admin"


def give_roles(harness: Harness, roles: str, teams: str = "Blue Team;Green Team") -> None:
    """Makes the biller something else."""
    row = staff_row(id="biller1", slack_user_id=BILLER, name="Biller One", credential="RN", roles=roles, teams=teams)
    import_rows(harness.database, harness.practice, "staff", [row])


def show_blocked(harness: Harness, home: SeenView, label: str, user: str = BILLER) -> SeenView:
    """The Home tab after choosing the blocker whose label has ``label`` in it."""
    menus = [each for block in home.blocks for each in block.get("elements", []) if each.get("action_id") == BLOCKER]
    option = next(one for one in menus[0]["options"] if label in one["text"]["text"])
    harness.person(user).press(home, BLOCKER, option["value"])
    return now(harness, user)


def test_a_lead_sees_the_bands_of_each_team_with_their_worth(harness: Harness) -> None:
    harness.enroll([{"code": "P-2001", "care_plan_date": ""}])
    for code, minutes in (("P-1042", 17), ("P-1043", 38), ("P-1044", 16), ("P-2001", 18)):
        harness.work(an_entry(patient=code, minutes=minutes))

    words = opened(harness, LEAD).words

    assert (
        "• *Blue Team*: CCM at 15–19 minutes: *1* ($66.13) · CCM at 35–39 minutes: *1* ($50.44) · "
        "1 near but blocked · who: `/ccm near Blue Team`"
    ) in words
    assert "• *Green Team*: CCM at 15–19 minutes: *1* ($66.13) · who: `/ccm near Green Team`" in words
    assert "so far" not in words
    assert "One short call away" not in words


def test_a_lead_sees_the_own_teams_alone_and_where_their_digests_come(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))

    words = opened(harness, LEAD_OF_GREEN).words

    assert "• *Green Team*: nobody is within 5 minutes of the next code" in words
    assert "*Coming digests* · preview: `/ccm digest`\n• Green Team in <#C0GREEN>: Wed Nov 25 at 9:00 am" in words
    assert "Blue Team" not in words


def test_a_lead_of_no_team_is_told_so(harness: Harness) -> None:
    give_roles(harness, "lead", teams="")

    assert "you lead none yet" in opened(harness, BILLER).words


def test_those_without_time_are_counted_and_shown_on_demand(harness: Harness) -> None:
    home = opened(harness, LEAD_OF_GREEN)
    assert "*Without logged time* · 3 enrollments this month" in home.words
    assert "P-1044" not in home.words

    home = press(harness, home, SHOW_UNTOUCHED, user=LEAD_OF_GREEN)
    assert "• *P-1044* · CCM\n• *P-1044* · RPM\n• *P-1045* · RPM" in home.words

    home = press(harness, home, SHOW_UNTOUCHED, user=LEAD_OF_GREEN)
    assert "P-1044" not in home.words


def test_a_lead_all_of_whose_patients_have_time_is_told_so(harness: Harness) -> None:
    for code, program in (("P-1044", Program("RPM")), ("P-1044", Program("CCM")), ("P-1045", Program("RPM"))):
        harness.work(an_entry(patient=code, program=program))

    assert "*Without logged time* · nobody" in opened(harness, LEAD_OF_GREEN).words


def test_a_biller_sees_the_month_so_far_and_what_blocks_it(harness: Harness) -> None:
    harness.work(an_entry(minutes=25))
    harness.work(an_entry(patient="P-1046", minutes=12))

    home = opened(harness, BILLER)

    assert (
        "*November 2026 so far, all teams* · 1 of 5 enrolled patients billable (20 %) · expected payment *$66.13*"
        in home.words
    )
    assert "By program: 1 blocked · 0 below threshold · 4 without logged time · all of them: `/ccm month`" in home.words
    assert "*Blocked* · 1 program of patients, by what blocks them" in home.words
    assert "• *1* · No consent to the program at any time in the month that holds" in home.words
    assert buttons(home, LOG) == []
    assert "One short call away" not in home.words


def test_a_biller_without_blocked_patients_is_told_so(harness: Harness) -> None:
    assert "No patient is blocked." in opened(harness, BILLER).words


def test_choosing_a_blocker_shows_its_patients_with_the_way_to_clear_it(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1046", minutes=12))

    home = show_blocked(harness, opened(harness, BILLER), "No consent")

    cleared = "Obtain consent and record it: /ccm consent P-1046 DATE verbal CCM"
    assert f"• *P-1046* · CCM · 0 minutes · {cleared}" in home.words
    home = press(harness, home, HIDE, user=BILLER)
    assert "P-1046" not in home.words


def test_the_patients_of_a_blocker_come_in_pages_of_25(full_harness: Harness) -> None:
    home = show_blocked(full_harness, opened(full_harness, BILLER), "risk of death")
    seen: list[str] = []
    while True:
        codes = [
            line.split("*")[1] for line in home.words.splitlines() if line.startswith("• *") and " minutes · " in line
        ]
        assert 1 <= len(codes) <= 25
        seen += codes
        if not buttons(home, f"{OPENED_PAGE}_next"):
            break
        home = press(full_harness, home, f"{OPENED_PAGE}_next", user=BILLER)

    assert len(seen) == len(set(seen)) == BLOCKED_COUNT + BARE_COUNT


def test_an_administrator_sees_what_is_missing_and_what_mends_it(harness: Harness) -> None:
    assert "*Set-up* · nothing is missing." in opened(harness, ADMIN).words

    harness.enroll([{"code": "P-2001", "billing_practitioner": ""}])

    line = "• 1 patient without a billing practitioner: `/ccm patients`, or in the terminal `ccm import patients "
    assert line in opened(harness, ADMIN).words


def test_somebody_with_every_role_sees_each_part(harness: Harness) -> None:
    give_roles(harness, ALL)
    harness.work(an_entry(minutes=17))

    words = opened(harness, BILLER).words

    for part in ("*Today*", "*One short call away*", "*Near the next code, by team*", "so far, all teams*", "*Set-up*"):
        assert part in words


def test_a_person_without_a_role_is_told_so(harness: Harness) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("UPDATE staff SET roles = '[]' WHERE staff_id = 'biller1'")

    assert "You have no role yet." in opened(harness, BILLER).words
    assert (
        "• 1 person without a role (biller1): `/ccm staff biller1`, or in the terminal `ccm import staff staff.csv`"
        in opened(harness, ADMIN).words
    )


def test_every_part_at_its_longest_fits_in_one_view(full_harness: Harness) -> None:
    give_roles(full_harness, ALL, teams=f"Blue Team;Green Team;{LONG_NAME}")
    for number in range(15):
        full_harness.say(f"/ccm log S-{number:04} 9m labs Reviewed result {number}.", BILLER)
    home = opened(full_harness, BILLER)
    for action in (f"{OPENED_PAGE}_next", SHOW_UNTOUCHED):
        home = press(full_harness, home, action, user=BILLER) if buttons(home, action) else home
        assert len(home.blocks) <= 100
    home = show_blocked(full_harness, home, "risk of death")

    check_view({"type": "home", "blocks": home.blocks}, kind="home")
    assert len(buttons(home, LOG_FOR)) == 25


@pytest.mark.parametrize("user", ["U0NURSE1", LEAD, BILLER, ADMIN])
def test_every_page_and_list_of_the_tab_is_its_owners_alone(harness: Harness, user: str) -> None:
    home = opened(harness, user)

    others = [other for other in ("U0NURSE1", LEAD, BILLER, ADMIN) if other != user]
    assert all(harness.person(other).home_view is None for other in others)
    assert home.body["type"] == "home"
