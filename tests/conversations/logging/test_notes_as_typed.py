"""What somebody wrote is shown letter by letter: a note, an addendum, a reason; never as Slack's marks."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.forms import by_id, input_id, opened
from support.slack import Harness

from bot.playground import Glance
from bot.views.forms.corrections import PICK_ENTRY
from bot.views.forms.log import READ_LINE

TYPED = "*Call* _back_ ~no~ `dose` :pill: @here <!channel> &amp; BP <140 & >90"
"""What Slack would make bold, cross out, turn into a picture or notify with."""
LEAD, BILLER = "U0LEAD1", "U0BILLER1"


def texts(sent: Any) -> Iterator[dict[str, Any]]:
    """Every text object in what was sent."""
    if isinstance(sent, list):
        for each in sent:
            yield from texts(each)
    elif isinstance(sent, dict):
        if sent.get("type") in {"mrkdwn", "plain_text"} and isinstance(sent.get("text"), str):
            yield sent
        for each in sent.values():
            yield from texts(each)


def shown(harness: Harness) -> list[dict[str, Any]]:
    """Every text object that says something of what was typed; given back to be copied, it stands in a code block."""
    return [one for one in texts(harness.sent()) if "back_" in one["text"] and "```" not in one["text"]]


def log(harness: Harness) -> Glance:
    return harness.say(f"/ccm log P-1042 12m meds call {TYPED}")


@pytest.mark.parametrize("opens", ["void P-1042#1", "add P-1042#1"])
def test_a_form_shows_the_note_of_its_entry_as_it_was_typed(harness: Harness, opens: str) -> None:
    log(harness)
    assert harness.entries()[0].note == TYPED

    harness.say(f"/ccm {opens}")

    assert [(one["type"], one["text"], one["emoji"]) for one in shown(harness)] == [
        ("plain_text", f"Note: {TYPED}", False)
    ]


def test_the_card_of_an_entry_shows_its_note_as_it_was_typed(harness: Harness) -> None:
    log(harness)
    listed = harness.say("/ccm me")

    harness.person().press(listed.message, PICK_ENTRY, "P-1042#1")

    assert {(one["type"], one["text"]) for one in shown(harness)} == {("plain_text", f"Note: {TYPED}")}


def test_a_note_with_its_addendum_and_the_answer_to_it_are_shown_as_they_were_typed(harness: Harness) -> None:
    harness.say("/ccm log P-1042 12m meds call Reconciled the list. Dose confirmed.")
    form = harness.say("/ccm add P-1042#1").modal
    assert form is not None

    harness.person().submit(form, {"addendum": TYPED})
    harness.say("/ccm void P-1042#1")

    said = shown(harness)
    assert {one["type"] for one in said} == {"plain_text"}
    assert said[0]["text"] == TYPED
    assert said[-1]["text"].endswith(TYPED)


def test_a_reason_is_shown_as_it_was_typed(harness: Harness) -> None:
    log(harness)
    form = harness.say("/ccm void P-1042#1", LEAD).modal
    assert form is not None

    harness.person(LEAD).submit(form, {"reason": TYPED})
    harness.say("/ccm patient P-1042")

    assert (shown(harness)[-1]["type"], shown(harness)[-1]["text"]) == ("plain_text", f"Reason: {TYPED}")


def test_a_line_that_says_another_note_than_the_form_is_not_quoted_with_marks(harness: Harness) -> None:
    form = opened(harness.say("/ccm log"))
    entered = by_id(form, {"note": "Another note."})

    seen = harness.person().press(
        form, READ_LINE, f"P-1042 12m meds call {TYPED}", block_id=input_id(form, "line"), values=entered
    )

    assert "Left as it stands in the form: the note" in opened(seen).words
    assert shown(harness) == []
