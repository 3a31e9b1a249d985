"""What goes back to Slack: a text for notifications and screen readers, and blocks that fit (design 9)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    RawTextObject,
    SectionBlock,
    TableBlock,
)

BLOCKS_PER_MESSAGE = 50
SECTION_CHARACTERS = 3000
TABLE_CHARACTERS = 10_000
BUTTON_VALUE_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Reply:
    """A message. ``text`` is what a notification shows: it carries codes and minutes, never a note or a name."""

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The message as the Web API takes it.

        Raises ``SlackObjectFormationError`` for a block over its limits and ``ValueError`` for more than 50 blocks
        or more than one table.
        """
        if len(self.blocks) > BLOCKS_PER_MESSAGE or sum(isinstance(block, TableBlock) for block in self.blocks) > 1:
            raise ValueError("a message has at most 50 blocks and one table")
        message: dict[str, Any] = {"text": self.text}
        if self.blocks:
            message["blocks"] = [block.to_dict() for block in self.blocks]
        return message


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form to be opened instead of an answer: a modal view as the Web API takes it."""

    view: dict[str, Any]


def header(text: str) -> HeaderBlock:
    """A heading; 150 characters fit."""
    return HeaderBlock(text=text)


def section(mrkdwn: str) -> SectionBlock:
    """A paragraph of mrkdwn; 3,000 characters fit."""
    return SectionBlock(text=MarkdownTextObject(text=mrkdwn))


def sections(lines: Sequence[str]) -> list[Block]:
    """Lines of mrkdwn in as few sections as they fit in; raises ``ValueError`` for a line that fits in none."""
    blocks: list[Block] = []
    held = ""
    for line in lines:
        if len(line) > SECTION_CHARACTERS:
            raise ValueError("a line is longer than a section")
        if held and len(held) + 1 + len(line) > SECTION_CHARACTERS:
            blocks.append(section(held))
            held = ""
        held = f"{held}\n{line}" if held else line
    return [*blocks, section(held)] if held else blocks


def context(mrkdwn: str) -> ContextBlock:
    """A small line beside the answer."""
    return ContextBlock(elements=[MarkdownTextObject(text=mrkdwn)])


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> TableBlock:
    """A table with a first row of column names; the columns at the indexes ``right`` are aligned right."""
    cells = [[RawTextObject(text=cell or "–") for cell in row] for row in (columns, *rows)]
    settings: list[dict[str, Any] | None] = [
        {"align": "right"} if index in right else {"is_wrapped": True} for index in range(len(columns))
    ]
    return TableBlock(rows=cells, column_settings=settings)


def button(text: str, action_id: str, value: Any, *, style: str | None = None) -> ButtonElement:
    """A button whose ``value`` comes back as JSON; raises ``ValueError`` where it is longer than Slack takes."""
    encoded = json.dumps(value, separators=(",", ":"))
    if len(encoded) > BUTTON_VALUE_CHARACTERS:
        raise ValueError("a button's value has at most 2,000 characters")
    return ButtonElement(text=text, action_id=action_id, value=encoded, style=style)


def paged(reply: Reply, action: str, page: int, pages: int, address: Mapping[str, Any]) -> Reply:
    """``reply`` as page ``page`` (from 0) of ``pages``, with buttons to the pages beside it.

    ``address`` comes back with the buttons and says what is paged through.
    """
    turns = (("Previous page", "previous", page - 1), ("Next page", "next", page + 1))
    buttons = [
        button(label, f"{action}_{name}", {**address, "page": to}) for label, name, to in turns if 0 <= to < pages
    ]
    if not buttons:
        return reply
    return Reply(reply.text, (*reply.blocks, context(f"Page {page + 1} of {pages}"), actions(*buttons)))


def actions(*buttons: ButtonElement) -> ActionsBlock:
    """A row of buttons."""
    return ActionsBlock(elements=list(buttons))
