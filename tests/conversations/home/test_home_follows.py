"""The App Home after what its owner does: shown anew behind the answer, for those who opened it, and harmlessly."""

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from support.home import NURSE, buttons, now, opened, press
from support.practice import NOTE
from support.slack import LINE, Harness, picked

from bot.views.home import REFRESH
from bot.views.home.place import NEAR_PAGE
from bot.views.receipt import UNDO

LEAD, DOCTOR = "U0LEAD1", "U0DOCTOR1"


def publishes(harness: Harness) -> list[str]:
    """Whose Home tab was published, in order."""
    harness.settle()
    return [call.payload["user_id"] for call in harness.playground.calls("views.publish")]


def test_somebody_who_never_opened_the_tab_gets_none(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm undo")

    assert publishes(harness) == []


def test_a_log_and_an_undo_are_seen_without_a_press(harness: Harness) -> None:
    opened(harness)

    saved = harness.say(LINE)
    assert "*Today* · 1 entry · 12 of 12 minutes count" in now(harness).words

    harness.press(saved, UNDO)
    assert "*Today* · 0 entries" in now(harness).words
    assert publishes(harness) == [NURSE] * 3


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
def test_each_change_is_seen_without_a_press(harness: Harness, line: str, words: str) -> None:
    harness.say(LINE)
    opened(harness)

    harness.say(line)

    assert words in now(harness).words
    assert publishes(harness) == [NURSE] * 2


def test_a_form_is_seen_without_a_press(harness: Harness) -> None:
    opened(harness)
    form = harness.say("/ccm log").modal
    assert form is not None
    activity = {"text": {"type": "plain_text", "text": "results review", "emoji": True}, "value": "results_review"}

    harness.person().submit(form, {"patient": picked("P-1042"), "length": "12m", "activity": activity, "note": NOTE})

    assert "*Today* · 1 entry" in now(harness).words


def test_what_saves_nothing_publishes_nothing(harness: Harness) -> None:
    opened(harness)

    for line in ("/ccm", "/ccm near", "/ccm log P-1042 12x meds", "/ccm undo", "/ccm patient P-1042"):
        harness.say(line)

    assert publishes(harness) == [NURSE]


def test_what_others_do_publishes_nobody_elses_tab(harness: Harness) -> None:
    opened(harness)
    opened(harness, LEAD)

    harness.say(LINE, DOCTOR)

    assert publishes(harness) == [NURSE, LEAD]


def test_a_tab_that_was_opened_yesterday_is_not_published_today(harness: Harness) -> None:
    opened(harness)
    harness.clock.move(days=1)

    harness.say(LINE)

    assert publishes(harness) == [NURSE]


def test_a_tab_that_stayed_open_over_night_is_in_use_from_the_first_press(harness: Harness) -> None:
    home = opened(harness)
    harness.clock.move(days=1)
    home = press(harness, home, REFRESH)
    assert "Wed Nov 25, 2026" in home.words

    harness.say(LINE)

    assert "*Today* · 1 entry" in now(harness).words


def test_an_undo_in_a_tab_from_before_midnight_is_seen(harness: Harness) -> None:
    harness.clock.move(hours=13, minutes=55)
    harness.say(LINE)
    home = opened(harness)
    harness.clock.move(minutes=10)

    press(harness, home, "home_undo", "P-1042")

    assert harness.live_count() == 0
    assert "Wed Nov 25, 2026" in now(harness).words


def test_the_page_the_person_was_on_is_kept(full_harness: Harness) -> None:
    home = press(full_harness, opened(full_harness), f"{NEAR_PAGE}_next")
    assert "Page 2 of 20" in home.words

    full_harness.say("/ccm log B-0001 12m meds call Reconciled the list. Dose confirmed.")
    assert "Page 2 of 20" in now(full_harness).words

    assert "Page 2 of 20" in opened(full_harness).words
    full_harness.clock.move(days=1)
    assert "Page 1 of 20" in opened(full_harness).words


def test_a_page_that_is_no_longer_there_becomes_the_last_one(full_harness: Harness) -> None:
    home = opened(full_harness)
    for _ in range(19):
        home = press(full_harness, home, f"{NEAR_PAGE}_next")
    assert "Page 20 of 20" in home.words
    for _, code in buttons(home, "home_log_for"):
        full_harness.say(f"/ccm log {code.strip(chr(34))} 9m meds call Reconciled the list. Dose confirmed.")
        full_harness.settle()

    assert "Page 19 of 19" in now(full_harness).words


def test_a_publish_that_another_overtook_is_drawn_anew(harness: Harness) -> None:
    opened(harness)
    harness.playground.fail_next("views.publish", status=200, error="hash_conflict")

    harness.say(LINE)

    assert "*Today* · 1 entry" in now(harness).words


def test_an_older_state_never_takes_the_place_of_a_newer_one(harness: Harness) -> None:
    home = opened(harness)
    harness.client.views_publish(user_id=NURSE, view={"type": "home", "blocks": home.blocks})  # by another process
    harness.allows_refusals = True

    harness.say(LINE)

    assert "*Today* · 1 entry" in now(harness).words
    hashes = [call.payload.get("hash") for call in harness.playground.calls("views.publish")]
    assert hashes[0] is None
    assert hashes[2] == home.body["hash"]
    assert hashes[-1] is None


def test_a_publish_that_slack_refuses_is_logged_and_does_no_harm(harness: Harness) -> None:
    opened(harness)
    harness.playground.fail_next("views.publish", status=200, error="internal_error")

    with capture_logs() as logs:
        seen = harness.say(LINE)
        harness.settle()

    assert "*Saved*" in seen.words
    assert harness.live_count() == 1
    errors = [(each["event"], each["request"]) for each in logs if each["log_level"] == "error"]
    assert errors[0] == ("slack_refused", "follow-up")
    assert NOTE not in str(logs)


@pytest.mark.usefixtures("impatient")
def test_a_ledger_that_is_away_is_said_in_the_tab(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise OperationalError("SELECT 1", None, psycopg.OperationalError("Connection refused"))

    monkeypatch.setattr("bot.commands.home._work", refused)

    assert "The ledger cannot be reached just now." in opened(harness).words


def test_opening_the_tab_twice_remembers_one(harness: Harness) -> None:
    opened(harness)
    opened(harness)

    with harness.looking() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM home_tabs").scalar() == 1
