"""The card that ``/ccm`` alone shows, and the buttons of a timer in it and in the Home tab."""

from typing import Any

import pytest
from support.forms import opened, prefilled
from support.practice import NOTE
from support.slack import Harness, has_button
from support.timers import running, start

from bot.playground import SeenView
from bot.views.blocks import home_tab
from bot.views.card import MY_DAY
from bot.views.receipt import LOG_ANOTHER
from bot.views.reply import actions
from bot.views.timer import CANCEL, START, STOP, start_button, timer_blocks


def test_the_card_is_short_and_offers_what_is_done_most(harness: Harness) -> None:
    seen = harness.say("/ccm")

    assert all(has_button(seen.message, action) for action in (LOG_ANOTHER, START, MY_DAY))
    assert not has_button(seen.message, STOP)
    assert "`/ccm log` · `/ccm start` · `/ccm stop`" in seen.words
    assert len(seen.message.blocks) <= 4


def test_a_running_timer_stands_on_the_card_in_place_of_start(harness: Harness) -> None:
    start(harness, "P-1042 meds call", minutes=12)

    seen = harness.say("/ccm")

    assert "*Timer* · *P-1042* · running since 10:00 am · 12 min so far · medication · live call" in seen.words
    assert has_button(seen.message, STOP)
    assert has_button(seen.message, CANCEL)
    assert not has_button(seen.message, START)


def test_a_timer_of_yesterday_says_so(harness: Harness) -> None:
    start(harness, minutes=15 * 60)

    assert "running since Tue Nov 24, 10:00 am · 900 min so far" in harness.say("/ccm").words


def test_the_card_of_those_who_do_not_log_has_neither_log_nor_start(harness: Harness) -> None:
    seen = harness.say("/ccm", "U0BILLER1")

    assert has_button(seen.message, MY_DAY)
    assert not has_button(seen.message, LOG_ANOTHER)
    assert not has_button(seen.message, START)


def test_my_day_shows_what_was_logged_today_below_the_card(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 12m meds {NOTE}")
    card = harness.say("/ccm")

    day = harness.press(card, MY_DAY)

    assert "My day · Tue Nov 24" in day.words
    assert "P-1042#1" in day.words
    assert day.message.ephemeral
    assert has_button(card.message, MY_DAY)


def test_stop_on_the_card_saves_at_once_where_nothing_is_missing(harness: Harness) -> None:
    start(harness, f"P-1042 meds {NOTE}", minutes=12)
    card = harness.say("/ccm")

    saved = harness.press(card, STOP)

    assert "*Saved* · *P-1042* · 12 min" in saved.words
    assert saved.message.ts == card.message.ts


def test_a_stop_pressed_twice_saves_once_and_says_the_same(harness: Harness) -> None:
    start(harness, f"P-1042 meds {NOTE}", minutes=12)
    harness.press(harness.say("/ccm"), STOP)

    harness.deliver_again("interactive", trigger_id="another press of the same button")

    assert harness.live_count() == 1


def test_an_error_leaves_the_card_and_its_buttons(harness: Harness) -> None:
    start(harness, "P-1042 meds")
    card = harness.say("/ccm")

    seen = harness.press(card, STOP)

    assert "has run under a minute (rule E2). It goes on." in seen.words
    assert seen.message.ts != card.message.ts


def at_home(harness: Harness) -> SeenView:
    """The nurse's Home tab with the buttons of timers in it."""
    timer = running(harness)
    now = harness.practice.local(harness.clock())
    blocks = timer_blocks(timer, now) if timer else [actions(start_button())]
    harness.client.views_publish(user_id="U0NURSE1", view=home_tab(blocks))
    home = harness.person().home_view
    assert home is not None
    return home


def test_a_timer_can_be_started_in_the_home_tab(harness: Harness) -> None:
    form = opened(harness.person().press(at_home(harness), START))

    assert form.title == "Start a timer"


def test_a_stop_in_the_home_tab_answers_in_a_modal(harness: Harness) -> None:
    start(harness, f"P-1042 meds {NOTE}", minutes=12)

    seen = opened(harness.person().press(at_home(harness), STOP))

    assert "*Saved* · *P-1042* · 12 min" in seen.words
    assert "Undo" not in seen.words
    assert (harness.live_count(), running(harness)) == (1, None)


def test_a_stop_with_gaps_in_the_home_tab_opens_the_form(harness: Harness) -> None:
    start(harness, "P-1042 meds", minutes=12)

    form = opened(harness.person().press(at_home(harness), STOP))
    harness.person().submit(form, {"note": NOTE})
    harness.settle()

    assert prefilled(form)["length"] == "10:00-10:12"
    assert (harness.live_count(), running(harness)) == (1, None)


def test_a_cancel_in_the_home_tab_pressed_twice_answers_alike(harness: Harness) -> None:
    start(harness, minutes=12)
    home = at_home(harness)

    for _ in range(2):
        seen = opened(harness.person().press(home, CANCEL))
        assert "*Cancelled* · *P-1042* · 12 min since 10:00 am were not logged." in seen.words
    assert "This request had already been saved" in seen.words


def test_the_next_state_of_the_home_tab_has_buttons_of_its_own(harness: Harness) -> None:
    for code in ("P-1042", "P-1043"):
        start(harness, code, minutes=3)
        seen = opened(harness.person().press(at_home(harness), CANCEL))
        assert f"*Cancelled* · *{code}*" in seen.words


@pytest.mark.parametrize("user", ["U0BILLER1", "U0LEAD1"])
@pytest.mark.parametrize("action", [STOP, CANCEL])
def test_the_buttons_do_nothing_for_those_who_may_not_log(harness: Harness, user: str, action: str) -> None:
    seen = start(harness, f"P-1042 meds {NOTE}", minutes=3)
    harness.press(seen, action)
    start(harness, f"P-1043 meds {NOTE}", minutes=3)
    before = harness.live_count()

    harness.deliver_again("interactive", user={"id": user})

    shown: list[Any] = harness.person().messages("C0GENERAL")
    assert any("ROLE_NEEDED" in each.words for each in shown)
    assert harness.live_count() == before
