"""The App Home after what its owner does: shown anew behind the answer, for those who opened it, and harmlessly."""

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from support.home import NURSE, buttons, now, opened, press
from support.practice import NOTE
from support.slack import LINE, Office, picked

from bot.views.home import REFRESH
from bot.views.home.place import NEAR_PAGE
from bot.views.receipt import UNDO

LEAD, DOCTOR = "U0LEAD1", "U0DOCTOR1"


def publishes(office: Office) -> list[str]:
    """Whose Home tab was published, in order."""
    office.settle()
    return [call.payload["user_id"] for call in office.playground.calls("views.publish")]


def test_somebody_who_never_opened_the_tab_gets_none(office: Office) -> None:
    office.say(LINE)
    office.say("/ccm undo")

    assert publishes(office) == []


def test_a_log_and_an_undo_are_seen_without_a_press(office: Office) -> None:
    opened(office)

    saved = office.say(LINE)
    assert "*Today* · 1 entry · 12 of 12 minutes count" in now(office).words

    office.press(saved, UNDO)
    assert "*Today* · 0 entries" in now(office).words
    assert publishes(office) == [NURSE] * 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/ccm fix P-1042#1 15m", "*Today* · 1 entry · 15 of 15 minutes count"),
        ("/ccm void P-1042#1 Logged for the wrong patient.", "*Today* · 0 entries"),
        ("/ccm consent P-1042 verbal", "*Today* · 1 entry"),
        ("/ccm log P-1043 17m meds call Reconciled the list. Dose confirmed.", "*P-1043* · CCM · 17 minutes"),
        ("/ccm start P-1043 meds", "*Timer* · *P-1043* · running since 10:00 am"),
        ("/ccm add P-1042#1 The pharmacy confirmed the new dose.", "*Today* · 1 entry"),
    ],
)
def test_each_change_is_seen_without_a_press(office: Office, line: str, words: str) -> None:
    office.say(LINE)
    opened(office)

    office.say(line)

    assert words in now(office).words
    assert publishes(office) == [NURSE] * 2


def test_a_form_is_seen_without_a_press(office: Office) -> None:
    opened(office)
    form = office.say("/ccm log").modal
    assert form is not None
    activity = {"text": {"type": "plain_text", "text": "results review", "emoji": True}, "value": "results_review"}

    office.person().submit(form, {"patient": picked("P-1042"), "length": "12m", "activity": activity, "note": NOTE})

    assert "*Today* · 1 entry" in now(office).words


def test_what_saves_nothing_publishes_nothing(office: Office) -> None:
    opened(office)

    for line in ("/ccm", "/ccm near", "/ccm log P-1042 12x meds", "/ccm undo", "/ccm patient P-1042"):
        office.say(line)

    assert publishes(office) == [NURSE]


def test_what_others_do_publishes_nobody_elses_tab(office: Office) -> None:
    opened(office)
    opened(office, LEAD)

    office.say(LINE, DOCTOR)

    assert publishes(office) == [NURSE, LEAD]


def test_a_tab_that_was_opened_yesterday_is_not_published_today(office: Office) -> None:
    opened(office)
    office.clock.move(days=1)

    office.say(LINE)

    assert publishes(office) == [NURSE]


def test_a_tab_that_stayed_open_over_night_is_in_use_from_the_first_press(office: Office) -> None:
    home = opened(office)
    office.clock.move(days=1)
    home = press(office, home, REFRESH)
    assert "Wed Nov 25, 2026" in home.words

    office.say(LINE)

    assert "*Today* · 1 entry" in now(office).words


def test_an_undo_in_a_tab_from_before_midnight_is_seen(office: Office) -> None:
    office.clock.move(hours=13, minutes=55)
    office.say(LINE)
    home = opened(office)
    office.clock.move(minutes=10)

    press(office, home, "home_undo", "P-1042")

    assert office.live_count() == 0
    assert "Wed Nov 25, 2026" in now(office).words


def test_the_page_the_person_was_on_is_kept(crowded_office: Office) -> None:
    home = press(crowded_office, opened(crowded_office), f"{NEAR_PAGE}_next")
    assert "Page 2 of 20" in home.words

    crowded_office.say("/ccm log B-0001 12m meds call Reconciled the list. Dose confirmed.")
    assert "Page 2 of 20" in now(crowded_office).words

    assert "Page 2 of 20" in opened(crowded_office).words
    crowded_office.clock.move(days=1)
    assert "Page 1 of 20" in opened(crowded_office).words


def test_a_page_that_is_no_longer_there_becomes_the_last_one(crowded_office: Office) -> None:
    home = opened(crowded_office)
    for _ in range(19):
        home = press(crowded_office, home, f"{NEAR_PAGE}_next")
    assert "Page 20 of 20" in home.words
    for _, code in buttons(home, "home_log_for"):
        crowded_office.say(f"/ccm log {code.strip(chr(34))} 9m meds call Reconciled the list. Dose confirmed.")
        crowded_office.settle()

    assert "Page 19 of 19" in now(crowded_office).words


def test_a_publish_that_another_overtook_is_drawn_anew(office: Office) -> None:
    opened(office)
    office.playground.fail_next("views.publish", status=200, error="hash_conflict")

    office.say(LINE)

    assert "*Today* · 1 entry" in now(office).words


def test_an_older_state_never_takes_the_place_of_a_newer_one(office: Office) -> None:
    home = opened(office)
    office.client.views_publish(user_id=NURSE, view={"type": "home", "blocks": home.blocks})  # by another process
    office.allows_refusals = True

    office.say(LINE)

    assert "*Today* · 1 entry" in now(office).words
    hashes = [call.payload.get("hash") for call in office.playground.calls("views.publish")]
    assert hashes[0] is None
    assert hashes[2] == home.body["hash"]
    assert hashes[-1] is None


def test_a_publish_that_slack_refuses_is_logged_and_does_no_harm(office: Office) -> None:
    opened(office)
    office.playground.fail_next("views.publish", status=200, error="internal_error")

    with capture_logs() as logs:
        seen = office.say(LINE)
        office.settle()

    assert "*Saved*" in seen.words
    assert office.live_count() == 1
    errors = [(each["event"], each["request"]) for each in logs if each["log_level"] == "error"]
    assert errors[0] == ("slack_refused", "follow-up")
    assert NOTE not in str(logs)


@pytest.mark.usefixtures("impatient")
def test_a_ledger_that_is_away_is_said_in_the_tab(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise OperationalError("SELECT 1", None, psycopg.OperationalError("Connection refused"))

    monkeypatch.setattr("bot.commands.home._work", refused)

    assert "The ledger cannot be reached just now." in opened(office).words


def test_opening_the_tab_twice_remembers_one(office: Office) -> None:
    opened(office)
    opened(office)

    with office.looking() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM home_tabs").scalar() == 1
