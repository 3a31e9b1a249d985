"""The table block (https://docs.slack.dev/reference/block-kit/blocks/table-block)."""

from typing import Any

from bot.playground.limits import rich_text
from bot.playground.limits.shapes import Problems, Shape, anything, array, boolean, by_type, number, one_of, string

MOST_ROWS = 100
MOST_COLUMNS = 20
MOST_CHARACTERS = 10_000

_CELL = by_type(
    {
        "raw_text": Shape({"type": anything, "text": string(least=1)}, required=("text",)),
        "raw_number": Shape({"type": anything, "value": number, "text": string(least=1)}, required=("value", "text")),
        "rich_text": rich_text.BLOCK,
    }
)


def _rows_of_one_length(table: Any, pointer: str, problems: Problems) -> None:
    rows = [row for row in table.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        problems.add(f"{pointer}/rows", "all rows must have the same number of cells")


TABLE = Shape(
    {
        "type": anything,
        "block_id": string(255, 1),
        "rows": array(array(_CELL, MOST_COLUMNS, 1), MOST_ROWS, 1),
        "column_settings": array(
            Shape({"align": one_of("left", "center", "right"), "is_wrapped": boolean}), MOST_COLUMNS
        ),
    },
    required=("rows",),
    rules=(_rows_of_one_length,),
)


def count_characters(blocks: list[Any]) -> int:
    """Return how many characters all cells of all tables among the blocks hold together."""
    tables = [block for block in blocks if isinstance(block, dict) and block.get("type") == "table"]
    return sum(rich_text.count_characters(row) for table in tables for row in table.get("rows") or [])
