"""What the bot does not know, or cannot read any more, is acknowledged, and whoever used it is told how to go on."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.practice import NOTE
from support.slack import GENERAL, LINE, Harness

from bot.playground.delivery.http import signed_request
from bot.views.receipt import UNDO

JSON = dict[str, Any]


def sent(harness: Harness, kind: str, payload: JSON) -> tuple[int, Any]:
    """The status and the answer to a payload that Slack signed."""
    secret = harness.playground.workspace.installation.signing_secret
    status, _, body = harness.receive(*signed_request(kind, payload, secret, None))  # type: ignore[arg-type]
    return status, json.loads(body) if body.startswith("{") else body


def ephemeral(harness: Harness) -> str:
    return "\n".join(seen.words for seen in harness.person().messages(GENERAL) if seen.ephemeral)


def fresh_trigger(harness: Harness) -> str:
    return harness.playground.workspace.tickets.new_trigger("U0NURSE1")


def test_a_button_of_an_older_version_says_so_below_its_message(harness: Harness) -> None:
    harness.press(harness.say(LINE), UNDO)
    pressed = harness.last_payload("interactive")
    old = {**pressed, "actions": [{**pressed["actions"][0], "action_id": "log_of_last_year"}]}
    with capture_logs() as logs:
        assert sent(harness, "interactive", old) == (200, "")

    assert "*This message is from an older version of the bot.* Nothing was saved." in ephemeral(harness)
    (handled,) = [one for one in logs if one["event"] == "request_handled"]
    assert (handled["what"], handled["outcome"], handled["code"]) == ("outdated", "refused", "OUT_OF_DATE")


@pytest.mark.parametrize("value", ["", "{", "[]", "{}", "null", '"P-1042"', None])
def test_a_button_whose_value_is_an_older_version_s_says_so(harness: Harness, value: str | None) -> None:
    harness.press(harness.say(LINE), UNDO)
    harness.say(LINE)
    pressed = harness.last_payload("interactive")
    action = {name: what for name, what in pressed["actions"][0].items() if name != "value"}
    old = {**pressed, "actions": [action if value is None else {**action, "value": value}]}
    with capture_logs() as logs:
        assert sent(harness, "interactive", old) == (200, "")

    (failure,) = [one for one in logs if one["event"] == "unexpected_failure"]
    told = ephemeral(harness)
    assert "Nothing was saved." in told
    assert failure["reference"] in told
    assert harness.live_count() == 1


def test_a_button_in_a_form_of_an_older_version_says_so_over_the_form(harness: Harness) -> None:
    form = harness.say("/ccm log P-1042 meds").modal
    assert form is not None
    submitted = payload_of_submission(harness, form)
    pressed = {
        **{name: submitted[name] for name in ("team", "user", "view", "api_app_id", "token")},
        "type": "block_actions",
        "trigger_id": fresh_trigger(harness),
        "container": {"type": "view", "view_id": submitted["view"]["id"]},
        "actions": [{"type": "button", "action_id": "log_of_last_year", "block_id": "b"}],
    }
    assert sent(harness, "interactive", pressed) == (200, "")

    shown = harness.person().modal
    assert shown is not None
    assert (shown.title, "older version" in json.dumps(shown.blocks)) == ("Out of date", True)


def payload_of_submission(harness: Harness, form: Any) -> JSON:
    """The last submission of a form, which was refused and stands there still."""
    harness.person().submit(form, {"length": "x", "note": NOTE})
    return harness.last_payload("interactive")


def test_a_form_of_an_older_version_says_so_in_its_place(harness: Harness) -> None:
    form = harness.say("/ccm log P-1042 meds").modal
    submitted = payload_of_submission(harness, form)
    old = {**submitted, "view": {**submitted["view"], "callback_id": "log_of_last_year"}}

    status, said = sent(harness, "interactive", old)

    assert (status, said["response_action"], said["view"]["title"]["text"]) == (200, "update", "Out of date")
    assert "*This form is from an older version of the bot.* Nothing was saved." in json.dumps(said)


def test_a_shortcut_that_is_not_known_says_so(harness: Harness) -> None:
    harness.person().shortcut("log_shortcut")
    old = {**harness.last_payload("interactive"), "callback_id": "other", "trigger_id": fresh_trigger(harness)}

    assert sent(harness, "interactive", old) == (200, "")
    shown = harness.person().modal
    assert shown is not None
    assert "does not know this shortcut" in json.dumps(shown.blocks)


def test_what_nobody_waits_for_is_acknowledged_alone(harness: Harness) -> None:
    form = harness.say("/ccm log P-1042 meds").modal
    submitted = payload_of_submission(harness, form)
    closed = {**submitted, "type": "view_closed"}
    menu = {**submitted, "type": "block_suggestion", "action_id": "pick_of_last_year", "block_id": "b", "value": "P"}
    event = {
        "type": "event_callback",
        "team_id": "T0TEST",
        "event": {"type": "message", "text": "x", "user": "U0NURSE1"},
    }
    with capture_logs() as logs:
        assert sent(harness, "interactive", closed) == (200, "")
        assert sent(harness, "interactive", menu) == (200, {"options": []})
        assert sent(harness, "events_api", event) == (200, "")
        assert sent(harness, "interactive", {"type": "of_next_year"}) == (200, "")

    assert {one["outcome"] for one in logs if one["event"] == "request_handled"} == {"ok"}


def test_another_command_of_the_app_is_answered(harness: Harness) -> None:
    harness.say("/ccm near")
    status, said = sent(harness, "slash_commands", {**harness.last_payload("slash_commands"), "command": "/other"})

    assert (status, "does not know this command" in json.dumps(said)) == (200, True)


WRONG: tuple[Any, ...] = (None, "", "x", 7, [], ["x"], {}, {"x": "y"})


def spoilt(payload: JSON, depth: int = 3) -> Iterator[JSON]:
    """The payload with each of its parts taken out, or replaced by something else."""

    def places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        if path:
            yield path
        if len(path) < depth and isinstance(value, dict):
            for name, inner in value.items():
                yield from places(inner, (*path, name))
        if len(path) < depth and isinstance(value, list) and value:
            yield from places(value[0], (*path, 0))

    for *way, last in places(payload, ()):
        for wrong in WRONG:
            changed = copy.deepcopy(payload)
            holder: Any = changed
            for step in way:
                holder = holder[step]
            holder[last] = wrong
            yield changed


def press(harness: Harness) -> None:
    harness.press(harness.say(LINE), UNDO)


def fill_in(harness: Harness) -> None:
    harness.person().submit(harness.say("/ccm log P-1042 meds").modal, {"length": "x", "note": NOTE})  # type: ignore[arg-type]


DEEDS: dict[str, tuple[str, Callable[[Harness], object]]] = {
    "command": ("slash_commands", lambda harness: harness.say("/ccm me")),
    "button": ("interactive", press),
    "form": ("interactive", fill_in),
    "shortcut": ("interactive", lambda harness: harness.person().shortcut("log_shortcut")),
    "event": ("events_api", lambda harness: harness.person().home()),
}


@pytest.mark.parametrize(("kind", "deed"), DEEDS.values(), ids=DEEDS)
def test_a_request_with_any_of_its_parts_spoilt_is_never_our_failure(
    harness: Harness, kind: str, deed: Callable[[Harness], object]
) -> None:
    harness.allows_refusals = True
    deed(harness)
    trigger = harness.last_payload(kind).get("trigger_id")
    for payload in spoilt(harness.last_payload(kind)):
        if payload.get("trigger_id") == trigger is not None:
            payload["trigger_id"] = fresh_trigger(harness)
        with capture_logs() as logs:
            try:
                status, _ = sent(harness, kind, payload)
            except (AttributeError, TypeError, LookupError, ValueError) as error:
                status = 400 if "slack_bolt/request" in places_of(error) else 500  # so says the door (test_http_door)
        refused_by_slack = [one for one in logs if one.get("kind") == "SlackApiError"]
        assert status in {200, 400} or refused_by_slack, (status, payload)


def places_of(error: BaseException) -> str:
    trace, places = error.__traceback__, []
    while trace is not None:
        places.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return "\n".join(places)
