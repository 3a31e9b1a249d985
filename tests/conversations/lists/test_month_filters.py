"""The menus above ``/ccm month``, ``/ccm near`` and a statement: by each role, together, and over pages."""

from typing import Any

import pytest
from support.practice import an_entry
from support.slack import BARE_COUNT, BLOCKED_COUNT, LONG_NAME, NEAR_COUNT, Harness, has_button, table_rows

from bot.playground import Glance, SeenMessage
from bot.views import month, patient, worklist

NURSE, BILLER, LEAD, LEAD_OF_GREEN = "U0NURSE1", "U0BILLER1", "U0LEAD1", "U0LEAD2"
FILTERS = (month.MONTH_FILTER, month.TEAM_FILTER, month.PROGRAM_FILTER, month.GROUP_FILTER)


def menu_of(seen: SeenMessage, action_id: str) -> dict[str, Any]:
    """The menu with that action."""
    elements = [element for block in seen.blocks for element in block.get("elements", [])]
    return dict(next(element for element in elements if element.get("action_id") == action_id))


def labels(seen: SeenMessage, action_id: str) -> list[str]:
    """What the menu offers."""
    return [option["text"]["text"] for option in menu_of(seen, action_id)["options"]]


def in_force(seen: SeenMessage) -> list[str]:
    """What the menus above the list show, in their order."""
    return [menu_of(seen, action)["initial_option"]["text"]["text"] for action in FILTERS if has_button(seen, action)]


def choose(harness: Harness, seen: SeenMessage, action_id: str, label: str, user: str = BILLER) -> Glance:
    """What ``user`` sees after choosing ``label`` (or what begins so) in a menu of the message."""
    option = next(one for one in menu_of(seen, action_id)["options"] if one["text"]["text"].startswith(label))
    return harness.person(user).press(seen, action_id, option["value"])


@pytest.fixture
def worked(harness: Harness) -> Harness:
    """One patient in every group, and two months with work."""
    harness.work(an_entry(minutes=40))
    harness.work(an_entry(patient="P-1046", minutes=25))
    harness.work(an_entry(patient="P-1044", minutes=15))
    harness.work(an_entry(patient="P-1043", minutes=25, day=an_entry().date_of_service.replace(month=10)))
    return harness


def rows(seen: SeenMessage) -> list[tuple[str, str]]:
    return [(row[0], row[3]) for row in table_rows(seen)]


def test_choosing_a_status_shows_it_alone_in_place_and_says_what_the_figures_are_of(worked: Harness) -> None:
    first = worked.say("/ccm month", BILLER).message

    seen = choose(worked, first, month.GROUP_FILTER, "Blocked").message

    assert (seen.ts, rows(seen)) == (first.ts, [("P-1046", "Blocked")])
    assert "*1 of 5 enrolled patients billable*" in seen.words
    assert "These figures are of every status in all teams; the list below: blocked alone." in seen.words
    assert "Rows 1–1 of 1" in seen.words


def test_menus_say_how_many_have_each_status(worked: Harness) -> None:
    assert labels(worked.say("/ccm month", BILLER).message, month.GROUP_FILTER) == [
        "Every status",
        "Billable (1)",
        "Blocked (1)",
        "Below threshold (1)",
        "No time logged (3)",
    ]


def test_menus_combine_and_what_is_chosen_stays_chosen(worked: Harness) -> None:
    seen = worked.say("/ccm month", BILLER).message
    seen = choose(worked, seen, month.TEAM_FILTER, "Blue Team").message
    seen = choose(worked, seen, month.PROGRAM_FILTER, "CCM").message
    seen = choose(worked, seen, month.GROUP_FILTER, "Billable").message
    assert (in_force(seen), rows(seen)) == (
        ["November 2026", "Blue Team", "CCM", "Billable (1)"],
        [("P-1042", "Billable")],
    )

    seen = choose(worked, seen, month.MONTH_FILTER, "October").message
    assert (in_force(seen), rows(seen)) == (
        ["October 2026", "Blue Team", "CCM", "Billable (1)"],
        [("P-1043", "Billable")],
    )

    seen = choose(worked, seen, month.TEAM_FILTER, "All teams").message
    assert "October 2026 · all teams, CCM" in seen.words
    assert in_force(seen)[1:] == ["All teams", "CCM", "Billable (1)"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("blocked", ["November 2026", "All teams", "All programs", "Blocked (1)"]),
        ("last below", ["October 2026", "All teams", "All programs", "Below threshold (0)"]),
        ("green no time logged rpm", ["November 2026", "Green Team", "RPM", "No time logged (2)"]),
        ("2024-02", ["February 2024", "All teams", "All programs", "Every status"]),
    ],
)
def test_what_is_typed_is_what_the_menus_show(worked: Harness, typed: str, shown: list[str]) -> None:
    assert in_force(worked.say(f"/ccm month {typed}", BILLER).message) == shown


def test_a_status_that_nobody_has_says_so(worked: Harness) -> None:
    assert "Nobody has this status." in worked.say("/ccm month last blocked", BILLER).words


def test_a_lead_of_one_team_is_offered_no_other(worked: Harness) -> None:
    seen = worked.say("/ccm month", LEAD_OF_GREEN).message

    assert not has_button(seen, month.TEAM_FILTER)
    assert {code for code, _ in rows(seen)} == {"P-1044", "P-1045"}


def test_a_lead_of_several_teams_is_offered_those(worked: Harness) -> None:
    seen = worked.say("/ccm month", LEAD).message

    assert labels(seen, month.TEAM_FILTER) == ["All my teams", "Blue Team", "Green Team"]
    assert "November 2026 · Green Team" in choose(worked, seen, month.TEAM_FILTER, "Green", LEAD).words


@pytest.mark.parametrize("action", [*FILTERS, month.STATEMENT])
def test_a_menu_of_the_month_shows_nothing_to_those_who_may_not_see_it(worked: Harness, action: str) -> None:
    seen = worked.say("/ccm month", BILLER).message
    value = menu_of(seen, action)["options"][0]["value"]
    worked.person(BILLER).press(seen, action, value)

    worked.deliver_again("interactive", user={"id": "U0VISITOR"})
    assert "PERSON_UNKNOWN" in "\n".join(each.words for each in worked.person(BILLER).messages(seen.channel_id))
    if action != month.STATEMENT:
        worked.deliver_again("interactive", user={"id": NURSE})
        assert "ROLE_NEEDED" in "\n".join(each.words for each in worked.person(BILLER).messages(seen.channel_id))


def test_a_lead_is_refused_the_team_of_others_by_a_menu_too(worked: Harness) -> None:
    seen = worked.say("/ccm month", BILLER).message
    choose(worked, seen, month.TEAM_FILTER, "Blue")

    worked.deliver_again("interactive", user={"id": LEAD_OF_GREEN})

    shown = "\n".join(each.words for each in worked.person(BILLER).messages(seen.channel_id))
    assert "You lead Green Team, not Blue Team." in shown


def test_the_statement_of_each_patient_listed_is_one_choice_away(worked: Harness) -> None:
    seen = worked.say("/ccm month last", BILLER).message
    assert labels(seen, month.STATEMENT)[0] == "P-1043"

    statement = choose(worked, seen, month.STATEMENT, "P-1043").message

    assert statement.ts != seen.ts
    assert "P-1043 · October 2026 · Blue Team" in statement.words


def test_a_month_of_another_figure_is_one_choice_away_in_a_statement(worked: Harness) -> None:
    seen = worked.say("/ccm patient P-1043", NURSE).message
    assert labels(seen, patient.MONTH_FILTER) == ["November 2026", "October 2026"]

    october = choose(worked, seen, patient.MONTH_FILTER, "October", NURSE).message

    assert (october.ts, table_rows(october)[0][0]) == (seen.ts, "#1")
    assert "P-1043 · October 2026 · Blue Team" in october.words


def test_a_statement_without_other_months_has_no_menu(worked: Harness) -> None:
    assert not has_button(worked.say("/ccm patient P-1042", NURSE).message, patient.MONTH_FILTER)


def test_filters_survive_paging_and_every_row_is_shown_once(full_harness: Harness) -> None:
    first = full_harness.say("/ccm month blue", BILLER).message
    seen = choose(full_harness, first, month.GROUP_FILTER, "Blocked")

    pages = full_harness.all_pages(seen, month.PAGE, BILLER)

    listed = [row for page in pages for row in rows(page)]
    assert len(listed) == len(set(listed)) == BLOCKED_COUNT + BARE_COUNT
    assert {status for _, status in listed} == {"Blocked"}
    assert all(in_force(page)[1] == "Blue Team" for page in pages)
    back = choose(full_harness, pages[-1], month.GROUP_FILTER, "Below threshold").message
    assert f"Rows 1–25 of {NEAR_COUNT}" in back.words


def test_a_team_with_a_very_long_name_can_be_chosen(full_harness: Harness) -> None:
    seen = full_harness.say("/ccm month", BILLER).message

    chosen = choose(full_harness, seen, month.TEAM_FILTER, LONG_NAME[:40]).message

    assert [row[0] for row in table_rows(chosen)] == ["L-0001"]


def test_the_worklist_of_several_teams_can_be_narrowed_to_one(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))
    harness.work(an_entry(patient="P-1044", minutes=18))
    seen = harness.say("/ccm near", NURSE).message
    assert labels(seen, worklist.TEAM_FILTER) == ["My teams", "Blue Team", "Green Team"]

    green = choose(harness, seen, worklist.TEAM_FILTER, "Green Team", NURSE).message

    assert (green.ts, [row[0] for row in table_rows(green)]) == (seen.ts, ["P-1044"])
    both = choose(harness, green, worklist.TEAM_FILTER, "My teams", NURSE).message
    assert [row[0] for row in table_rows(both)] == ["P-1044", "P-1042"]


def test_the_worklist_of_one_team_has_no_menu_unless_another_was_asked_for(harness: Harness) -> None:
    assert not has_button(harness.say("/ccm near", LEAD_OF_GREEN).message, worklist.TEAM_FILTER)
    asked = harness.say("/ccm near blue", LEAD_OF_GREEN).message
    assert labels(asked, worklist.TEAM_FILTER) == ["My teams", "Blue Team", "Green Team"]


def test_the_worklist_may_be_asked_for_by_program(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))

    assert table_rows(harness.say("/ccm near rpm").message) == []
    assert "· Blue Team, Green Team, CCM" in harness.say("/ccm near ccm").words
