"""Rich text (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block), in blocks and in table cells."""

from typing import Any

from bot.playground.limits.shapes import (
    Check,
    Shape,
    anything,
    array,
    boolean,
    by_type,
    integer,
    one_of,
    string,
)
from ledger.characters import characters

_STYLE = Shape(dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))


def _part(fields: dict[str, Check], required: tuple[str, ...]) -> Shape:
    return Shape({"type": anything, "style": _STYLE, **fields}, required)


_PARTS = by_type(
    {
        "text": _part({"text": string(least=1)}, ("text",)),
        "link": _part({"url": string(3_000, 1), "text": string(), "unsafe": boolean}, ("url",)),
        "user": _part({"user_id": string(255, 1)}, ("user_id",)),
        "usergroup": _part({"usergroup_id": string(255, 1)}, ("usergroup_id",)),
        "channel": _part({"channel_id": string(255, 1)}, ("channel_id",)),
        "emoji": _part({"name": string(255, 1), "unicode": string()}, ("name",)),
        "broadcast": _part({"range": one_of("here", "channel", "everyone")}, ("range",)),
        "color": _part({"value": string(7, 7)}, ("value",)),
        "date": _part(
            {
                "timestamp": integer(0, 9_999_999_999),
                "format": string(least=1),
                "url": string(3_000, 1),
                "fallback": string(),
            },
            ("timestamp", "format"),
        ),
    }
)

_SECTION = Shape({"type": anything, "elements": array(_PARTS, least=1)}, ("elements",))

ELEMENTS = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": Shape(
            {
                "type": anything,
                "style": one_of("bullet", "ordered"),
                "elements": array(by_type({"rich_text_section": _SECTION}), least=1),
                "indent": integer(0, 8),
                "offset": integer(0, 9_999),
                "border": integer(0, 1),
            },
            ("style", "elements"),
        ),
        "rich_text_preformatted": Shape(
            {"type": anything, "elements": array(_PARTS, least=1), "border": integer(0, 1)}, ("elements",)
        ),
        "rich_text_quote": Shape(
            {"type": anything, "elements": array(_PARTS, least=1), "border": integer(0, 1)}, ("elements",)
        ),
    }
)

BLOCK = Shape(
    {"type": anything, "block_id": string(255, 1), "elements": array(ELEMENTS, least=1)}, required=("elements",)
)


def count_characters(value: Any) -> int:
    """Return how many characters of text a rich text value shows."""
    if isinstance(value, list):
        return sum(count_characters(each) for each in value)
    if not isinstance(value, dict):
        return 0
    text = value.get("text")
    return (characters(text) if isinstance(text, str) else 0) + count_characters(value.get("elements", []))
