"""What blocks say, in lines of text: for a message that Slack does not take as blocks."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.views.blocks import Block
from bot.views.formatting import clipped, escaped

TEXT_CHARACTERS = 4000
"""As much text as Slack takes in a message that is changed (chat.update); posted ones may have more."""
_BETWEEN_CELLS = " · "


def as_text(blocks: Sequence[Block]) -> str:
    """Return the text of ``blocks`` as mrkdwn, a line for each row of a table; what is pressed is left out.

    More than Slack takes ends in dots.
    """
    lines = [line for block in blocks for line in _LINES.get(block["type"], _nothing)(block)]
    return clipped("\n".join(lines), TEXT_CHARACTERS)


def _nothing(_block: Block) -> Iterator[str]:
    yield from ()


def _header(block: Block) -> Iterator[str]:
    yield f"*{_shown(block['text'])}*"


def _section(block: Block) -> Iterator[str]:
    yield _shown(block["text"])


def _context(block: Block) -> Iterator[str]:
    yield from map(_shown, block["elements"])


def _table(block: Block) -> Iterator[str]:
    for row in block["rows"]:
        yield _BETWEEN_CELLS.join(escaped(cell["text"]) for cell in row)


def _image(block: Block) -> Iterator[str]:
    yield escaped(block["alt_text"])


def _shown(text: Mapping[str, str]) -> str:
    return text["text"] if text["type"] == "mrkdwn" else escaped(text["text"])


_LINES: Mapping[str, Callable[[Block], Iterator[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "table": _table,
    "image": _image,
}
