"""``/ccm log``: nothing is guessed, and a question mark behind the line shows how it is read without saving it."""

import pytest
from support.forms import opened, prefilled
from support.slack import Harness


def test_a_question_mark_behind_a_line_shows_its_reading_and_saves_nothing(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1042 4m call vm yesterday Asked to be called. ?")

    for said in ("Patient: P-1042", "Length: 4 min", "How: voicemail", "Day: Mon Nov 23, 2026", "Program: CCM"):
        assert said in seen.words
    assert "Nothing is saved." in seen.words
    assert harness.live_count() == 0


def test_a_reading_names_what_would_be_asked(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1042 200m meds call 31.11. Reconciled the list. ?")

    assert "Would be asked: date" in seen.words
    assert harness.live_count() == 0


@pytest.mark.parametrize(
    ("line", "empty", "words"),
    [
        ("P-1042 12m meds call last week Reconciled the list.", "date", "looks like a day"),
        ("P-1042 12m meds call sat down with her daughter.", "date", "may be the day"),
        ("P-1042 12m meds call Patient did not answer.", "contact", "says that nobody was reached"),
        ("P-1042 12m meds call portal Sent the list.", "contact", "is a second way of contact"),
    ],
)
def test_what_is_in_doubt_opens_the_form_with_its_input_empty_and_the_rest_kept(
    harness: Harness, line: str, empty: str, words: str
) -> None:
    form = opened(harness.say(f"/ccm log {line}"))

    assert words in form.words
    assert empty not in prefilled(form)
    assert prefilled(form)["note"] == line.split("call ", 1)[1]
    assert harness.live_count() == 0


def test_an_attempt_counts_nothing_whatever_the_order_of_its_words(harness: Harness) -> None:
    for line in ("/ccm log P-1042 4m call vm Asked to be called.", "/ccm log P-1043 4m vm call Asked to be called."):
        assert "0 of 4 minutes count" in harness.say(line).words
