"""Slack's limits as two know them, the strict playground and slack_sdk's models: what the bot shows must suit both."""

import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option
from slack_sdk.models.views import View

from bot.playground.limits import content

JSON = dict[str, Any]


def check_message(text: Any, blocks: Any) -> None:
    """Fails where Slack would not take the message, or where slack_sdk would have written its blocks otherwise."""
    content.check_message(text, blocks)
    _check({"blocks": blocks})


def check_view(view: JSON, *, kind: str) -> None:
    """The same of a modal or a Home tab."""
    content.check_view(view, kind=kind)
    _check(view)


def check_options_answer(answer: JSON) -> None:
    """The same of the choices that answer what was typed into a menu."""
    content.check_options_answer(answer)
    _check(answer)


def _check(payload: JSON) -> None:
    faults = faults_by_library(payload)
    assert not faults, faults


def faults_by_library(payload: Any) -> list[str]:
    """What slack_sdk's models refuse in all that the bot sent, and what they would have written with other keys."""
    return [fault for made, parsed in _objects(payload) if (fault := _fault(made, parsed))]


def _fault(made: JSON, parsed: Block | View | Option | None) -> str:
    if parsed is None:
        return f"no such block: {made}"
    try:
        written = parsed.to_dict()
    except SlackObjectFormationError as error:
        return f"{error}: {made}"
    return "" if written == made else f"{made} would be {written}"


def _objects(payload: Any) -> Iterator[tuple[JSON, Block | View | Option | None]]:
    """Each view, each block of a message and each choice, wherever it stands in ``payload``, with its model."""
    if isinstance(payload, str) and payload[:1] in {"{", "["}:
        try:
            payload = json.loads(payload)
        except json.JSONDecodeError:
            return
    if isinstance(payload, list):
        for each in payload:
            yield from _objects(each)
    elif isinstance(payload, dict) and payload.get("type") in View.types:
        yield payload, View(**payload)
    elif isinstance(payload, dict):
        yield from ((block, Block.parse(block)) for block in _decoded(payload.get("blocks")))
        yield from ((option, Option(**option)) for option in _decoded(payload.get("options")))
        for name in payload.keys() - {"blocks", "options"}:
            yield from _objects(payload[name])


def _decoded(given: Any) -> Any:
    return json.loads(given) if isinstance(given, str) else given or []
