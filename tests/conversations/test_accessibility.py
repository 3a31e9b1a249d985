"""Whatever the bot sends in any test is searched for what somebody would miss; here: that the search finds it."""

from typing import Any

import pytest
from support.accessibility import faults_in
from support.slack import LINE, Harness


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str, value: str = "1", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": "do", "value": value, **more}


def message(*blocks: dict[str, Any], text: str = "Saved.") -> dict[str, Any]:
    return {"text": text, "blocks": list(blocks)}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


MENU = {"type": "static_select", "action_id": "pick", "options": []}
FAULTY: dict[str, Any] = {
    "no text beside the blocks": message({"type": "divider"}, text=""),
    "an emoji as the text": message({"type": "divider"}, text=":tada:"),
    "a picture without alternative text": message({"type": "image", "image_url": "x"}),
    "a picture called by its file": message({"type": "image", "slack_file": {}, "alt_text": "chart.png"}),
    "an input without a label": {
        "type": "modal",
        "title": plain("Form"),
        "close": plain("Close"),
        "blocks": [{"type": "input", "label": plain(""), "element": MENU}],
    },
    "a form that cannot be closed": {"type": "modal", "title": plain("Form"), "blocks": []},
    "a button with an emoji alone": message(actions(button(":+1:"))),
    "a button that says nothing": message(actions(button("Click here"))),
    "two buttons that sound alike": message(actions(button("Undo", "1"), button("Undo", "2"))),
    "a menu without words": message(actions(MENU)),
    "a section with an emoji alone": message({"type": "section", "text": {"type": "mrkdwn", "text": ":warning:"}}),
    "a cell with a sign alone": message({"type": "table", "rows": [[plain("Done")], [plain("✔")]]}),
    "a column without a name": message({"type": "table", "rows": [[plain("")], [plain("12")]]}),
    "a view as JSON": {"view": '{"type": "home", "blocks": [{"type": "section", "text": {"text": ":x:"}}]}'},
}
FINE: dict[str, Any] = {
    "a sentence": message({"type": "section", "text": {"type": "mrkdwn", "text": ":tada: Saved *12 min*"}}),
    "a picture that is described": message({"type": "image", "alt_text": "Patients by minutes: 12 at 15 to 19"}),
    "buttons told apart": message(
        actions(
            button("Undo", "1", accessibility_label="Undo P-1042#1"),
            button("Undo", "2", accessibility_label="Undo P-1042#2"),
        )
    ),
    "the same button twice": message(actions(button("Log time")), actions(button("Log time"))),
    "an empty cell": message({"type": "table", "rows": [[plain("Why not")], [plain("–")]]}),
    "nothing": None,
}


@pytest.mark.parametrize("name", FAULTY)
def test_what_somebody_would_miss_is_found(name: str) -> None:
    assert len(faults_in(FAULTY[name])) == 1


@pytest.mark.parametrize("name", FINE)
def test_what_everybody_can_read_is_let_through(name: str) -> None:
    assert faults_in(FINE[name]) == []


def test_an_harness_at_work_is_searched(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm settings", "U0ADMIN1")
    assert len([payload for payload in harness.sent() if "blocks" in payload]) == 2
    assert harness.faults() == []


def test_undo_says_what_it_undoes_where_it_is_heard_by_itself(harness: Harness) -> None:
    blocks = harness.say(LINE).message.blocks
    (undo,) = (one for block in blocks for one in block.get("elements", []) if one.get("action_id") == "log_undo")

    assert undo["accessibility_label"] == "Undo the entry P-1042#1"
