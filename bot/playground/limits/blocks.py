"""Layout blocks and what holds among them (https://docs.slack.dev/reference/block-kit/blocks)."""

from typing import Any

from bot.playground.limits import elements, objects, rich_text, tables
from bot.playground.limits.shapes import (
    Check,
    Problems,
    Shape,
    anything,
    array,
    boolean,
    by_type,
    exactly_one,
    string,
)

MOST_IN_MESSAGE = 50
MOST_IN_VIEW = 100
MOST_MARKDOWN = 12_000


def _block(fields: dict[str, Check], required: tuple[str, ...] = (), rules: tuple[Check, ...] = ()) -> Shape:
    return Shape({"type": anything, "block_id": string(255, 1), **fields}, required, rules)


def _section_says_something(section: Any, pointer: str, problems: Problems) -> None:
    if section.get("text") is None and section.get("fields") is None:
        problems.add(pointer, "must have at least one of: text, fields")


def _action_ids_differ(block: Any, pointer: str, problems: Problems) -> None:
    ids = [each.get("action_id") for each in block.get("elements") or [] if isinstance(each, dict)]
    named = [each for each in ids if each is not None]
    for twice in sorted({str(each) for each in named if named.count(each) > 1}):
        problems.add(f"{pointer}/elements", f"`action_id` `{twice}` is used more than once in this block")


_CONTEXT_ITEM = by_type(
    {
        "image": elements.IMAGE,
        "plain_text": objects.plain_text(2_000),
        "mrkdwn": objects.any_text(2_000),
    }
)

COMMON: dict[str, Check] = {
    "section": _block(
        {
            "text": objects.any_text(3_000),
            "fields": array(objects.any_text(2_000), 10, 1),
            "accessory": by_type(elements.IN_SECTION),
            "expand": boolean,
        },
        rules=(_section_says_something,),
    ),
    "header": _block({"text": objects.plain_text(150)}, required=("text",)),
    "divider": _block({}),
    "context": _block({"elements": array(_CONTEXT_ITEM, 10, 1)}, required=("elements",)),
    "actions": _block(
        {"elements": array(by_type(elements.IN_ACTIONS), 25, 1)}, required=("elements",), rules=(_action_ids_differ,)
    ),
    "image": _block(
        {
            "image_url": string(3_000, 1),
            "slack_file": Shape({"id": string(255, 1), "url": string(3_000, 1)}, rules=(exactly_one("id", "url"),)),
            "alt_text": string(2_000, 1),
            "title": objects.plain_text(2_000),
        },
        required=("alt_text",),
        rules=(exactly_one("image_url", "slack_file"),),
    ),
    "rich_text": rich_text.BLOCK,
    "input": _block(
        {
            "label": objects.plain_text(2_000),
            "element": by_type(elements.IN_INPUT),
            "dispatch_action": boolean,
            "hint": objects.plain_text(2_000),
            "optional": boolean,
        },
        required=("label", "element"),
    ),
}

IN_MESSAGE: dict[str, Check] = {
    **COMMON,
    "table": tables.TABLE,
    "markdown": _block({"text": string(MOST_MARKDOWN, 1)}, required=("text",)),
}


def check_blocks(blocks: Any, pointer: str, problems: Problems, *, in_message: bool) -> None:
    """Report each block that is wrong, too many blocks, and block ids used twice."""
    most = MOST_IN_MESSAGE if in_message else MOST_IN_VIEW
    array(by_type(IN_MESSAGE if in_message else COMMON), most)(blocks, pointer, problems)
    if not isinstance(blocks, list):
        return
    named = [block["block_id"] for block in blocks if isinstance(block, dict) and block.get("block_id") is not None]
    for index, block_id in enumerate(named):
        if block_id in named[:index]:
            problems.add(pointer, f"`block_id` `{block_id}` already exists")
