"""Undo: by button, by command, and only what is one's own and fresh."""

from support.practice import NOTE, an_entry
from support.slack import LINE, Harness

from bot.views.receipt import LOG_ANOTHER, UNDO


def test_the_button_voids_the_entry_it_stands_under(harness: Harness) -> None:
    first = harness.say(LINE)
    harness.say(f"/ccm log P-1043 20m labs {NOTE}")

    undone = harness.press(first, UNDO)

    assert "*Undone* · *P-1042* · 12 min · entry P-1042#1" in undone.words
    assert "*12 → 0 minutes* in November" in undone.words
    assert harness.live_count() == 1


def test_the_answer_to_an_undo_stands_in_place_of_the_saved_entry(harness: Harness) -> None:
    saved = harness.say(LINE)

    undone = harness.press(saved, UNDO)

    assert undone.message.ts == saved.message.ts
    assert harness.press(undone, LOG_ANOTHER).modal is not None


def test_undo_pressed_twice_voids_once_and_says_the_same_again(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.press(saved, UNDO)

    harness.deliver_again("interactive", trigger_id="another press of the same button")

    (shown,) = [seen for seen in harness.person().messages("C0GENERAL") if seen.ephemeral]
    assert "*Undone* · *P-1042* · 12 min" in shown.words
    assert harness.live_count() == 0


def test_the_command_names_what_it_voids(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 12m meds yesterday {NOTE}")

    undone = harness.say("/ccm undo")

    assert "*Undone* · *P-1042* · 12 min · entry P-1042#1 · Mon Nov 23" in undone.words
    assert undone.message.text == "Undone: P-1042, 12 minutes, Mon Nov 23."


def test_the_command_voids_what_was_logged_last_though_the_clock_was_set_back(harness: Harness) -> None:
    harness.say(f"/ccm log P-1043 20m labs {NOTE}")
    harness.clock.move(minutes=-10)
    harness.say(LINE)

    assert "*Undone* · *P-1042* · 12 min" in harness.say("/ccm undo").words
    assert "*Undone* · *P-1043* · 20 min" in harness.say("/ccm undo").words


def test_the_command_voids_the_last_entry(harness: Harness) -> None:
    harness.say(LINE)
    harness.clock.move(minutes=1)
    harness.say(f"/ccm log P-1043 20m labs {NOTE}")

    assert "*Undone* · *P-1043* · 20 min" in harness.say("/ccm undo").words


def test_undo_typed_twice_voids_the_one_before(harness: Harness) -> None:
    harness.say(f"/ccm log P-1043 20m labs {NOTE}")
    harness.clock.move(minutes=1)
    harness.say(LINE)

    harness.say("/ccm undo")

    assert "*Undone* · *P-1043*" in harness.say("/ccm undo").words
    assert harness.live_count() == 0


def test_an_entry_across_midnight_is_undone_whole(harness: Harness) -> None:
    saved = harness.say(f"/ccm log P-1042 23:50-00:10 meds yesterday {NOTE}")

    undone = harness.press(saved, UNDO)

    assert "20 min · entry P-1042#1, P-1042#2" in undone.words
    assert harness.live_count() == 0


def test_after_15_minutes_nothing_is_undone(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.clock.move(minutes=15)

    refused = harness.say("/ccm undo").words
    assert "You have no entry from the last 15 minutes to undo. The last is P-1042#1. Nothing was changed." in refused
    assert "/ccm void P-1042#1 Logged for the wrong patient." in refused
    assert "You have no entry from the last 15 minutes to undo." in harness.press(saved, UNDO).words
    assert harness.live_count() == 1


def test_the_entry_of_somebody_else_is_not_undone(harness: Harness) -> None:
    harness.work(an_entry(staff="nurse2"))

    assert "no entry from the last 15 minutes" in harness.say("/ccm undo").words
    assert harness.live_count() == 1
