"""The set-up's part of the Home tab."""

from bot.setup import SetUp
from bot.views.blocks import Block
from bot.views.reply import divider, sections
from bot.views.set_up import set_up_lines


def set_up_blocks(set_up: SetUp) -> list[Block]:
    """Return the part as blocks: for an administrator always, for others where something is missing."""
    lines = set_up_lines(set_up)
    if set_up.to_ask is None:
        lines = lines or ["*Set-up* · nothing is missing."]
    return [divider(), *sections(lines)] if lines else []
