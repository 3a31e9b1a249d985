"""Somebody who is not on the staff: told whom to ask, and an administrator told of them once a day."""

import json

import pytest
from support.practice import import_rows, staff_row
from support.slack import LINE, STRANGER, Harness

from bot.playground import SeenMessage
from bot.views.onboarding import ADD, IGNORE

ADMIN, NURSE = "U0ADMIN1", "U0NURSE1"


def notices(harness: Harness, user: str = ADMIN) -> list[SeenMessage]:
    """What the bot wrote to somebody directly."""
    harness.settle()
    return harness.person(user).direct_messages()


def hire_second_admin(harness: Harness) -> None:
    second = staff_row(id="admin2", slack_user_id="U0LEAD2", name="Admin Two", credential="", roles="admin;lead")
    freed = staff_row(id="lead2", slack_user_id="", name="Lead Two", credential="RN", roles="lead")
    import_rows(harness.database, harness.practice, "staff", [freed])
    import_rows(harness.database, harness.practice, "staff", [second])


def test_a_stranger_is_told_whom_to_ask(harness: Harness) -> None:
    seen = harness.say(LINE, STRANGER)

    assert "You are not on this practice's staff list yet." in seen.words
    assert f"Ask an administrator of your practice to add you with your Slack id, {STRANGER}" in seen.words
    assert "Administrators here: <@U0ADMIN1>" in seen.words
    assert LINE.removeprefix("/ccm ") in seen.words


def test_every_administrator_is_told_once_a_day_however_often_the_stranger_tries(harness: Harness) -> None:
    hire_second_admin(harness)
    for line in ("/ccm", LINE, "/ccm help"):
        harness.say(line, STRANGER)

    for admin in (ADMIN, "U0LEAD2"):
        (notice,) = notices(harness, admin)
        assert notice.text == f"<@{STRANGER}> asked to use CCM Ledger"
        assert f"<@{STRANGER}> asked to use CCM Ledger and is not on the staff list." in notice.words

    harness.clock.move(hours=25)
    harness.say("/ccm", STRANGER)
    harness.say("/ccm", STRANGER)
    assert len(notices(harness)) == 2


def test_the_same_request_delivered_twice_tells_once(harness: Harness) -> None:
    harness.say("/ccm", STRANGER)
    harness.deliver_again("slash_commands")
    harness.deliver_again("slash_commands")

    assert len(notices(harness)) == 1


def test_the_button_adds_the_stranger_with_the_name_that_slack_has(harness: Harness) -> None:
    harness.playground.workspace.users[STRANGER].real_name = "Coordinator Nine"
    harness.say("/ccm", STRANGER)
    (notice,) = notices(harness)
    admin = harness.person(ADMIN)

    admin.press(notice, ADD)
    harness.settle()

    form = admin.modal
    assert form is not None
    elements = {block["block_id"]: block["element"] for block in form.blocks if block["type"] == "input"}
    assert elements["slack_user_id"]["initial_user"] == STRANGER
    assert elements["name"]["initial_value"] == "Coordinator Nine"
    assert "Coordinator Nine" not in json.dumps([each.body for each in admin.direct_messages()])
    saved = admin.submit(form, {"id": "coord9", "credential": "RN", "roles": ["coordinator"]}).modal
    assert saved is not None
    assert "*Added* · *coord9*" in saved.words
    assert "*Saved*" in harness.say(LINE, STRANGER).words


def test_the_form_opens_without_a_name_where_slack_does_not_tell(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.say("/ccm", STRANGER)
    (notice,) = notices(harness)
    harness.playground.fail_next("users.info", status=200, error="missing_scope")

    harness.person(ADMIN).press(notice, ADD)
    harness.settle()

    assert harness.person(ADMIN).modal is not None
    assert harness.person(ADMIN).modal.title == "Add a person"  # type: ignore[union-attr] # the line above


def test_the_button_says_so_when_the_stranger_was_added_meanwhile(harness: Harness) -> None:
    harness.say("/ccm", STRANGER)
    (notice,) = notices(harness)
    added = staff_row(id="coord9", slack_user_id=STRANGER, name="Nine", credential="RN", roles="coordinator")
    import_rows(harness.database, harness.practice, "staff", [added])

    seen = harness.person(ADMIN).press(notice, ADD)

    assert seen.modal is None
    (shown,) = notices(harness)
    assert f"<@{STRANGER}> is on the staff list now, as coord9." in shown.words


def test_an_ignored_stranger_is_heard_of_no_more(harness: Harness) -> None:
    harness.say("/ccm", STRANGER)
    (notice,) = notices(harness)

    harness.person(ADMIN).press(notice, IGNORE)

    (shown,) = notices(harness)
    assert f"<@{STRANGER}> is ignored, said <@{ADMIN}>." in shown.words
    harness.clock.move(days=2)
    assert "You are not on this practice's staff list yet." in harness.say("/ccm", STRANGER).words
    assert len(notices(harness)) == 1


@pytest.mark.parametrize("action", [ADD, IGNORE])
def test_the_buttons_do_nothing_for_those_who_are_no_administrators(harness: Harness, action: str) -> None:
    harness.say("/ccm", STRANGER)
    (notice,) = notices(harness)
    harness.person(ADMIN).press(notice, action)
    harness.settle()

    harness.deliver_again("interactive", user={"id": NURSE})

    assert harness.person(NURSE).modal is None
    assert "ROLE_NEEDED" in notices(harness)[0].words


def test_an_administrator_whom_slack_does_not_reach_keeps_no_other_from_hearing(harness: Harness) -> None:
    harness.allows_refusals = True
    hire_second_admin(harness)
    harness.playground.fail_next("conversations.open", status=200, error="user_disabled")

    harness.say("/ccm", STRANGER)

    assert len(notices(harness)) + len(notices(harness, "U0LEAD2")) == 1


def test_without_an_administrator_a_stranger_is_told_how_there_can_be_one(harness: Harness) -> None:
    ended = staff_row(id="admin1", slack_user_id=ADMIN, name="Admin One", roles="admin", active_to="2026-11-01")
    import_rows(harness.database, harness.practice, "staff", [ended])

    assert "There is none yet: whoever runs the bot can name one with CCM_ADMINS" in harness.say("/ccm", STRANGER).words
