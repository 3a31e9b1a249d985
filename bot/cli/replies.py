"""Slack's answers, printed block by block."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.markup import escape

from bot.cli.console import out, print_table
from bot.views.blocks import Block
from bot.views.reply import Reply, joined


def print_pages(replies: Sequence[Reply]) -> None:
    """Print the pages of one answer as one: of the pages after the first, what is in their tables."""
    print_blocks(joined(replies))


def print_reply(reply: Reply) -> None:
    """Print the same answer that Slack shows, block by block."""
    print_blocks(reply.blocks or [{"type": "section", "text": {"text": reply.text}}])


def print_blocks(blocks: Iterable[Block]) -> None:
    """Print blocks as Slack shows them; buttons and menus are left out."""
    for block in blocks:
        _print_block(block)


def _print_block(block: Block) -> None:
    kind = block["type"]
    if kind == "header":
        out.print(f"[bold]{escape(block['text']['text'])}[/]")
    elif kind == "section":
        out.print(_shown(block["text"]), soft_wrap=True)
    elif kind == "context":
        for element in block["elements"]:
            out.print(f"[dim]{_plain(element['text'])}[/]", soft_wrap=True)
    elif kind == "table":
        columns, *rows = ([cell["text"] for cell in row] for row in block["rows"])
        print_table(columns, rows)


def _shown(text: dict[str, Any]) -> str:
    """Return a text object as rich markup: plain text letter by letter."""
    return escape(text["text"]) if text.get("type") == "plain_text" else _plain(text["text"])


def _plain(mrkdwn: str) -> str:
    """Slack's mrkdwn as rich markup."""
    text = mrkdwn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = escape(text).replace("```", "")
    return re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"[bold]\1[/]", text)
