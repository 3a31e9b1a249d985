"""Undo: by button, by command, and only what is one's own and fresh."""

from support.practice import NOTE, an_entry
from support.slack import LINE, Office

from bot.views.receipt import LOG_ANOTHER, UNDO


def test_the_button_voids_the_entry_it_stands_under(office: Office) -> None:
    first = office.say(LINE)
    office.say(f"/ccm log P-1043 20m labs {NOTE}")

    undone = office.press(first, UNDO)

    assert "*Undone* · *P-1042* · 12 min · entry P-1042#1" in undone.words
    assert "*12 → 0 minutes* in November" in undone.words
    assert office.live_count() == 1


def test_the_answer_to_an_undo_stands_in_place_of_the_saved_entry(office: Office) -> None:
    saved = office.say(LINE)

    undone = office.press(saved, UNDO)

    assert undone.message.ts == saved.message.ts
    assert office.press(undone, LOG_ANOTHER).modal is not None


def test_undo_pressed_twice_voids_once_and_says_the_same_again(office: Office) -> None:
    saved = office.say(LINE)
    office.press(saved, UNDO)

    office.deliver_again("interactive", trigger_id="another press of the same button")

    (shown,) = [seen for seen in office.person().messages("C0GENERAL") if seen.ephemeral]
    assert "*Undone* · *P-1042* · 12 min" in shown.words
    assert office.live_count() == 0


def test_the_command_voids_the_last_entry(office: Office) -> None:
    office.say(LINE)
    office.clock.move(minutes=1)
    office.say(f"/ccm log P-1043 20m labs {NOTE}")

    assert "*Undone* · *P-1043* · 20 min" in office.say("/ccm undo").words


def test_undo_typed_twice_voids_the_one_before(office: Office) -> None:
    office.say(f"/ccm log P-1043 20m labs {NOTE}")
    office.clock.move(minutes=1)
    office.say(LINE)

    office.say("/ccm undo")

    assert "*Undone* · *P-1043*" in office.say("/ccm undo").words
    assert office.live_count() == 0


def test_an_entry_across_midnight_is_undone_whole(office: Office) -> None:
    saved = office.say(f"/ccm log P-1042 23:50-00:10 meds yesterday {NOTE}")

    undone = office.press(saved, UNDO)

    assert "20 min · entry P-1042#1, P-1042#2" in undone.words
    assert office.live_count() == 0


def test_after_15_minutes_nothing_is_undone(office: Office) -> None:
    saved = office.say(LINE)
    office.clock.move(minutes=15)

    assert "You have no entry from the last 15 minutes to undo." in office.say("/ccm undo").words
    assert "You have no entry from the last 15 minutes to undo." in office.press(saved, UNDO).words
    assert office.live_count() == 1


def test_the_entry_of_somebody_else_is_not_undone(office: Office) -> None:
    office.work(an_entry(staff="nurse2"))

    assert "no entry from the last 15 minutes" in office.say("/ccm undo").words
    assert office.live_count() == 1
