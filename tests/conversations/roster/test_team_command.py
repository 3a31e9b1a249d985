"""``/ccm team``: the care teams, their channels, and what a new name does to everything that names a team."""

from typing import Any

import pytest
from sqlalchemy import select
from support.forms import modal_words, opened, prefilled
from support.practice import import_rows
from support.slack import GREEN, Harness, table_rows

from bot.playground import Glance
from bot.playground.people.person import SeenView
from bot.views.forms.pickers import EDIT_TEAM
from bot.views.roster import ADD_TEAM, TEAM_PAGE
from ledger.roster.directory import teams
from ledger.storage.tables import RosterChangeRow

ADMIN, LEAD = "U0ADMIN1", "U0LEAD1"


def form(harness: Harness, line: str = "/ccm team Blue Team") -> SeenView:
    """The form that a line opens."""
    return opened(harness.say(line, ADMIN))


def submit(harness: Harness, modal: SeenView, values: dict[str, Any]) -> Glance:
    """What the administrator sees after submitting the form."""
    return harness.person(ADMIN).submit(modal, values)


def known(harness: Harness) -> list[tuple[str, str, str]]:
    """The teams as stored: id, name, channel."""
    with harness.looking() as connection:
        return [(team.team_id, team.name, team.channel_id) for team in teams(connection, "T0TEST")]


def test_the_list_shows_channels_people_and_patients(harness: Harness) -> None:
    seen = harness.say("/ccm team", ADMIN)

    assert "• *Blue Team* · <#C0BLUE> · 5 people · 3 patients" in seen.words
    assert "• *Green Team* · <#C0GREEN> · 7 people · 2 patients" in seen.words


def test_paging_shows_every_team_once(harness: Harness) -> None:
    more = [{"name": f"Team {number}", "channel_id": f"C0{number}"} for number in range(60)]
    import_rows(harness.database, harness.practice, "teams", more)

    pages = harness.all_pages(harness.say("/ccm team", ADMIN), TEAM_PAGE, ADMIN)

    assert [page.words.count("patients") for page in pages] == [25, 25, 12]


@pytest.mark.parametrize("typed", ["Blue Team", "blue team", "Blu"])
def test_a_name_or_its_beginning_opens_the_form(harness: Harness, typed: str) -> None:
    modal = form(harness, f"/ccm team {typed}")

    assert modal.title == "Change a team"
    assert "/invite @CCM Ledger" in modal.words


def test_a_name_of_no_team_is_refused_with_the_teams(harness: Harness) -> None:
    assert 'No team is called "Red".' in harness.say("/ccm team Red", ADMIN).words


def test_the_menu_beside_the_list_opens_the_form(harness: Harness) -> None:
    seen = harness.say("/ccm team", ADMIN)
    admin = harness.person(ADMIN)
    (option,) = admin.suggest(seen.message, EDIT_TEAM, "gre")

    modal = admin.press(seen.message, EDIT_TEAM, option).modal

    assert modal is not None
    assert modal.title == "Change a team"


def test_a_renamed_team_keeps_its_people_and_patients(harness: Harness) -> None:
    seen = submit(harness, form(harness), {"name": "Azure Team", "channel_id": GREEN})

    assert "• Name: Blue Team → Azure Team" in modal_words(seen)
    assert "• Channel of its digests: <#C0BLUE> → <#C0GREEN>" in modal_words(seen)
    assert known(harness)[0] == ("blue-team", "Azure Team", GREEN)
    assert "November 2026 · Azure Team" in harness.say("/ccm month Azure Team", LEAD).words
    assert len(table_rows(harness.say("/ccm patients Azure Team", ADMIN).message)) == 3
    with harness.looking() as connection:
        query = select(RosterChangeRow.subject_id).where(RosterChangeRow.recorded_by == "admin1")
        assert list(connection.scalars(query)) == ["blue-team"]


def test_the_old_name_of_a_renamed_team_is_free_for_another(harness: Harness) -> None:
    submit(harness, form(harness), {"name": "Azure Team"})
    modal = harness.press(harness.say("/ccm team", ADMIN), ADD_TEAM, ADMIN).modal
    assert modal is not None

    assert "*Added* · *Blue Team*" in modal_words(submit(harness, modal, {"name": "Blue Team", "channel_id": GREEN}))
    assert [team_id for team_id, _, _ in known(harness)] == ["blue-team", "blue-team-2", "green-team"]
    azure = {"name": "Azure Team", "channel_id": "C0AZURE"}
    assert import_rows(harness.database, harness.practice, "teams", [azure]).changed == 1
    assert known(harness)[0] == ("blue-team", "Azure Team", "C0AZURE")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("green team!", "There is a team 'Green Team' already. Names differ by letters and digits."),
        ("–", "'–' has no letter or digit. For example: Blue Team"),
    ],
)
def test_a_name_that_cannot_be_is_refused_beside_its_input(harness: Harness, name: str, said: str) -> None:
    modal = form(harness)

    assert submit(harness, modal, {"name": name}).errors == {"name": said}
    assert known(harness)[0][1] == "Blue Team"


def test_the_same_form_delivered_twice_saves_once(harness: Harness) -> None:
    submit(harness, form(harness), {"name": "Azure Team"})

    assert "*Changed* · *Azure Team*" in str(harness.deliver_again("interactive"))


def test_a_team_gets_digests_of_its_own_days_hour_and_zone(harness: Harness) -> None:
    saved = submit(
        harness,
        form(harness),
        {"digest_business_days": "4, 6", "digest_hour": "16", "digest_zone": "America/Denver"},
    )

    assert "Or business days left: nothing → 6, 4" in modal_words(saved)
    assert "Hour of its digests: nothing → 4:00 pm" in modal_words(saved)
    assert "next digest: Tue Nov 24 at 4:00 pm MST" in harness.say("/ccm team", ADMIN).words
    assert "next digest: Wed Nov 25 at 9:00 am" in harness.say("/ccm team", ADMIN).words
    preview = harness.say("/ccm digest Blue Team", ADMIN).words
    assert "Next digests: Tue Nov 24 at 4:00 pm MST · Wed Dec 23 at 4:00 pm MST · Mon Dec 28 at 4:00 pm MST." in preview
    filled = prefilled(form(harness))
    assert (filled["digest_business_days"], filled["digest_hour"], filled["digest_zone"]) == (
        "6, 4",
        "16",
        "America/Denver",
    )


def test_what_is_emptied_is_as_the_practices_policy_has_it_again(harness: Harness) -> None:
    submit(harness, form(harness), {"digest_days": "20", "digest_hour": "0"})
    assert "next digest: Fri Dec 18 at 12:00 am" in harness.say("/ccm team", ADMIN).words

    seen = submit(harness, form(harness), {"digest_days": None, "digest_hour": None})

    assert "Hour of its digests: 12:00 am → nothing" in modal_words(seen)
    assert harness.say("/ccm team", ADMIN).words.count("next digest: Wed Nov 25 at 9:00 am") == 2


@pytest.mark.parametrize(
    ("name", "entered", "said"),
    [
        ("digest_days", "31", "days from 1 to 28"),
        ("digest_days", "the 25th", "not a whole number"),
        ("digest_business_days", "0", "business days left, from 1 to 15"),
        ("digest_zone", "Eastern", "is no time zone"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_beside_its_input(
    harness: Harness, name: str, entered: str, said: str
) -> None:
    seen = submit(harness, form(harness), {name: entered})

    assert said in seen.errors[name]
    assert known(harness)[0] == ("blue-team", "Blue Team", "C0BLUE")


def test_days_of_the_month_and_business_days_left_exclude_each_other(harness: Harness) -> None:
    seen = submit(harness, form(harness), {"digest_days": "25", "digest_business_days": "4"})

    assert "Replaces “Days of the month of its digests”" in seen.errors["digest_business_days"]


def test_a_file_without_the_columns_of_the_schedule_leaves_it_as_it_is(harness: Harness) -> None:
    submit(harness, form(harness), {"digest_days": "20"})

    import_rows(harness.database, harness.practice, "teams", [{"name": "Blue Team", "channel_id": "C0OTHER"}])

    with harness.looking() as connection:
        (blue, _) = teams(connection, "T0TEST")
    assert (blue.channel_id, blue.schedule.days) == ("C0OTHER", (20,))
