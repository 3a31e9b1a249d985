"""What Slack adds to blocks it was given: ids where there are none, and the defaults of texts."""

import copy
from typing import Any

from bot.playground.settings import JSON
from bot.playground.workspace import Workspace

INTERACTIVE = frozenset({"actions", "input", "section"})


def fill_blocks(workspace: Workspace, blocks: list[JSON]) -> list[JSON]:
    """Return a copy of the blocks as Slack would give them back."""
    filled: list[JSON] = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", _new_id(workspace))
        for element in elements_of(block):
            element.setdefault("action_id", _new_id(workspace))
        _fill_texts(block)
    return filled


def elements_of(block: JSON) -> list[JSON]:
    """Return the interactive elements of one block."""
    if block["type"] not in INTERACTIVE:
        return []
    candidates = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
    return [each for each in candidates if each is not None and each["type"] != "image"]


def _fill_texts(value: Any) -> None:
    if isinstance(value, list):
        for each in value:
            _fill_texts(each)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        if value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for each in value.values():
            _fill_texts(each)


def _new_id(workspace: Workspace) -> str:
    return f"b{workspace.next_serial():04x}"
