"""What goes back to Slack: a text for notifications and screen readers, and blocks that fit (design 9)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.views.blocks import LABEL_CHARACTERS, Block, Element, View, filled, modal, plain_text
from bot.views.formatting import clipped, escaped
from ledger.characters import beginning, characters

BLOCKS_PER_MESSAGE = 50
SECTION_CHARACTERS = 3000
HEADER_CHARACTERS = 150
TABLE_CHARACTERS = 10_000
BUTTON_VALUE_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Reply:
    """A message. ``text`` is what a notification shows, word for word: codes and minutes, never a note or a name.

    ``changed`` names the patients whose record was changed by what the message tells of.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    changed: frozenset[str] = frozenset()

    def payload(self) -> dict[str, Any]:
        """Return the message as the Web API takes it.

        Raises:
            ValueError: For more than 50 blocks or more than one table; the tests hold each block to its limits.
        """
        if len(self.blocks) > BLOCKS_PER_MESSAGE or sum(block["type"] == "table" for block in self.blocks) > 1:
            raise ValueError("a message has at most 50 blocks and one table")
        message: dict[str, Any] = {"text": escaped(self.text)}
        if self.blocks:
            message["blocks"] = list(self.blocks)
        return message


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form to be opened instead of an answer: a modal view as the Web API takes it; ``changed`` as for a reply."""

    view: View
    changed: frozenset[str] = frozenset()


Answer: TypeAlias = Reply | OpenForm
"""A message or a form."""


def reply_view(reply: Reply, *, title: str) -> View:
    """Return ``reply`` as a modal; its short text is for notifications, which a modal has none of."""
    return modal(title, reply.blocks, close="Close")


def joined(pages: Sequence[Reply]) -> list[Block]:
    """Return the pages of one answer as one: of those after the first, their tables."""
    first, *others = pages
    return [*first.blocks, *(block for page in others for block in page.blocks if block["type"] == "table")]


def header(text: str) -> Block:
    """Return a heading; where it is longer than the 150 characters that fit, it ends in dots."""
    return {"type": "header", "text": plain_text(clipped(text, HEADER_CHARACTERS))}


def section(mrkdwn: str, accessory: Element | None = None) -> Block:
    """Return a paragraph of mrkdwn, with an element beside it; 3,000 characters fit."""
    return filled(type="section", text=_mrkdwn(mrkdwn), accessory=accessory)


def sections(lines: Sequence[str]) -> list[Block]:
    """Lines of mrkdwn in as few sections as they fit in; a line that fits in none is broken."""
    blocks: list[Block] = []
    held = ""
    for part in (part for line in lines for part in broken(line, SECTION_CHARACTERS)):
        if held and characters(held) + 1 + characters(part) > SECTION_CHARACTERS:
            blocks.append(section(held))
            held = ""
        held = f"{held}\n{part}" if held else part
    return [*blocks, section(held)] if held else blocks


def as_typed(text: str) -> list[Block]:
    """Return what somebody wrote letter by letter: no sign in it becomes bold, a link, a mention or an emoji."""
    return [
        {"type": "section", "text": {**plain_text(part), "emoji": False}} for part in broken(text, SECTION_CHARACTERS)
    ]


def broken(text: str, most_characters: int) -> list[str]:
    """Return ``text`` in parts of at most so many characters, broken at spaces where there are some.

    Nothing is left out.
    """
    parts = []
    while characters(text) > most_characters:
        part = beginning(text, most_characters) or text[0]
        part = part[: max(map(part.rfind, " \n\t")) + 1] or part
        parts.append(part)
        text = text[len(part) :]
    return [*parts, text]


def context(mrkdwn: str) -> Block:
    """Return a small line beside the answer."""
    return {"type": "context", "elements": [_mrkdwn(mrkdwn)]}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def image(file_id: str, alt_text: str) -> Block:
    """Return a picture that was uploaded to Slack, and the same in words."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt_text}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> Block:
    """Return a table with a first row of column names; the columns at the indexes ``right`` are aligned right."""
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": cell or "–"} for cell in row] for row in (columns, *rows)],
        "column_settings": [
            {"align": "right"} if index in right else {"is_wrapped": True} for index in range(len(columns))
        ],
    }


def table_parts(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, most_rows: int
) -> list[Sequence[Sequence[str]]]:
    """Return ``rows`` in parts of at most so many, each small enough for one table under these column names."""
    room = TABLE_CHARACTERS - sum(map(characters, columns))
    parts: list[list[Sequence[str]]] = []
    held = 0
    for row in rows:
        added = sum(characters(cell or "–") for cell in row)
        held += added
        if not parts or len(parts[-1]) == most_rows or held > room:
            parts.append([])
            held = added
        parts[-1].append(row)
    return list(parts)


def button(
    text: str,
    action_id: str,
    value: Any,
    *,
    style: str | None = None,
    heard_as: str | None = None,
    confirm: Element | None = None,
) -> Element:
    """Return a button whose ``value`` comes back as JSON.

    ``heard_as`` is what a screen reader says in place of ``text``, where that needs what stands around it; ``confirm``
    is what somebody is asked who presses it.

    Raises:
        ValueError: Where it is longer than Slack takes.
    """
    if not fits_in_button(value):
        raise ValueError("a button's value has at most 2,000 characters")
    return filled(
        type="button",
        text=plain_text(text),
        action_id=action_id,
        value=_encoded(value),
        style=style,
        accessibility_label=heard_as and clipped(heard_as, LABEL_CHARACTERS),
        confirm=confirm,
    )


def confirmation(title: str, text: str, *, yes: str, no: str) -> Element:
    """Return the question that a button asks before it does anything."""
    return filled(
        title=plain_text(title), text=plain_text(text), confirm=plain_text(yes), deny=plain_text(no), style="danger"
    )


def fits_in_button(value: Any) -> bool:
    """Return whether a button can carry ``value``."""
    return characters(_encoded(value)) <= BUTTON_VALUE_CHARACTERS


def _encoded(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def page_count(count: int, size: int) -> int:
    """Return how many pages of that size so many rows fill; at least one."""
    return max(1, -(-count // size))


def nearest_page(page: int, count: int, size: int = 1) -> int:
    """Return ``page`` (from 0), or the nearest there is: a list may have become shorter."""
    return min(max(page, 0), page_count(count, size) - 1)


def one_of(pages: Sequence[Reply], action: str, page: int, address: Mapping[str, Any]) -> Reply:
    """Return page ``page`` (from 0) of an answer, or the nearest there is, with buttons as ``paged`` has them."""
    page = nearest_page(page, len(pages))
    return paged(pages[page], action, page, len(pages), address)


def paged(reply: Reply, action: str, page: int, pages: int, address: Mapping[str, Any]) -> Reply:
    """Return ``reply`` as page ``page`` (from 0) of ``pages``, with buttons to the pages beside it.

    ``address`` comes back with the buttons and says what is paged through.
    """
    turns = (("Previous page", "previous", page - 1), ("Next page", "next", page + 1))
    buttons = [
        button(label, f"{action}_{name}", {**address, "page": to}) for label, name, to in turns if 0 <= to < pages
    ]
    if not buttons:
        return reply
    return Reply(reply.text, (*reply.blocks, context(f"Page {page + 1} of {pages}"), actions(*buttons)))


def actions(*elements: Element) -> Block:
    """Return a row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}
