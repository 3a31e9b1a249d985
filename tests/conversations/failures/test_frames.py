"""What is too long for a frame of Socket Mode reaches its reader all the same, and no connection is closed for it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.patience import PATIENCE_SECONDS
from support.practice import import_rows
from support.slack import GENERAL, NOW, Harness, ManualClock, open_harness
from support.sockets import connected

from bot.listeners.frames import MOST_BYTES, fitted, size_of
from bot.playground.delivery.socket_mode import MOST_FRAME_BYTES
from bot.views.forms.pickers import TEAM_PICKER
from ledger.practice.practice import Practice
from ledger.storage.database import Database

CODE_BYTES = 128
"""An envelope's id, and what stands around an answer in a frame."""


@pytest.fixture
def harness(harness_database: Database, harness_practice: Practice, clock: ManualClock) -> Iterator[Harness]:
    """The bot that is reached by Socket Mode alone; a refusal of Slack's fails the test."""
    with open_harness(harness_database, harness_practice, clock, attached=False) as harness, connected(harness):
        yield harness


def connections_made(harness: Harness) -> int:
    return len(harness.playground.calls("apps.connections.open"))


def answers(harness: Harness) -> str:
    return "".join(seen.words for seen in harness.person("U0BILLER1").messages(GENERAL) if seen.ephemeral)


LONG = {"Cyrillic": "ж" * 2_900, "emoji": "🩺" * 1_400, "Latin": "n" * 2_900}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_line_that_is_refused_is_given_back_whole(harness: Harness, text: str) -> None:
    harness.say(f"/ccm log P-1042 12m meds {text}", "U0BILLER1")

    assert harness.playground.wait_until(lambda: "Code: ROLE_NEEDED" in answers(harness), PATIENCE_SECONDS)
    assert text in answers(harness).replace("```", "").replace("\n", "")
    assert connections_made(harness) == 1


def test_a_form_that_is_shown_again_with_a_long_note_comes_right_after_its_acknowledgement(harness: Harness) -> None:
    harness.allows_refusals = True  # the view is not there yet, perhaps; then it is tried again
    note = "ж" * 2_900
    harness.say(f"/ccm log P-1042 20m meds {note[:500]}")
    form = harness.say("/ccm log P-1042 meds").modal
    assert form is not None
    harness.person().submit(form, {"length": "20m", "note": note})

    def shown() -> str:
        view = harness.person().modal
        return json.dumps(view.blocks, ensure_ascii=False) if view else ""

    assert harness.playground.wait_until(lambda: note in shown(), PATIENCE_SECONDS), shown()
    assert {one.refused for one in harness.playground.refusals} <= {"not_found"}
    assert "One moment" in json.dumps([one for one in harness.sent() if isinstance(one, dict)])
    assert connections_made(harness) == 1


def test_of_choices_that_do_not_fit_the_first_are_offered(harness: Harness) -> None:
    names = [f"Бригада {number:03} {'ж' * 60}" for number in range(100)]
    rows = [{"name": name, "channel_id": f"C0TEAM{number:03}"} for number, name in enumerate(names)]
    import_rows(harness.database, harness.practice, "teams", rows, at=NOW)
    harness.say("/ccm patients P-1042", "U0ADMIN1")
    form = harness.person("U0ADMIN1").modal
    assert form is not None
    offered = harness.person("U0ADMIN1").suggest(form, TEAM_PICKER, "Бригада")

    assert 10 < len(offered) < 100
    assert [one["text"]["text"] for one in offered] == sorted(one["text"]["text"] for one in offered)
    assert connections_made(harness) == 1


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60) | st.sampled_from(list(LONG.values()))
views = st.builds(
    lambda blocks: {"type": "modal", "title": {"type": "plain_text", "text": "Log"}, "blocks": blocks},
    st.lists(words, max_size=30),
)
options = st.lists(
    st.builds(lambda text: {"text": {"type": "plain_text", "text": text[:75]}, "value": text[:150]}, words),
    max_size=100,
)


@given(
    st.builds(lambda text, blocks: {"text": text, "blocks": blocks}, words, st.lists(words, max_size=40))
    | st.builds(lambda view: {"response_action": "update", "view": view}, views)
    | st.builds(
        lambda errors: {"response_action": "errors", "errors": errors},
        st.dictionaries(st.text("abc", min_size=1), words, min_size=1, max_size=20),
    )
    | st.builds(lambda offered: {"options": offered}, options)
)
def test_whatever_is_answered_fits_in_a_frame_and_nothing_that_can_come_later_is_lost(answer: dict[str, Any]) -> None:
    fits = fitted(answer)

    assert fits.answer is None or size_of(fits.answer) <= MOST_BYTES
    assert MOST_BYTES + CODE_BYTES < MOST_FRAME_BYTES
    if size_of(answer) <= MOST_BYTES:
        assert (fits.answer, fits.rest) == (answer, None)
    elif "view" in answer:
        assert fits.rest is not None
        assert fits.answer is not None
        assert fits.rest["view"] == {**answer["view"], "external_id": fits.shown_as}
        assert fits.answer["view"]["external_id"] == fits.shown_as
    elif "text" in answer:
        assert (fits.answer, fits.rest) == (None, answer)
    elif "errors" in answer:
        assert fits.answer is not None
        assert all(
            answer["errors"][name].startswith(said.removesuffix("…")) for name, said in fits.answer["errors"].items()
        )
        assert set(fits.answer["errors"]) == set(answer["errors"])
    else:
        assert fits.answer is not None
        assert fits.answer["options"]
        assert fits.answer["options"] == answer["options"][: len(fits.answer["options"])]
