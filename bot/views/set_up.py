"""What is still missing in the set-up: for administrators with the commands that enter it, for others whom to ask."""

from bot.setup import INVITE, SetUp, Step
from bot.views import formatting
from bot.views.blocks import Block
from bot.views.reply import divider, sections


def set_up_lines(set_up: SetUp) -> list[str]:
    """In lines of mrkdwn; none where nothing is missing."""
    steps = set_up.steps
    if not steps:
        return []
    if set_up.to_ask is not None:
        missing = ", ".join(formatting.escaped(step.missing) for step in steps)
        asked = " or ".join(f"<@{user}>" for user in set_up.to_ask) or "whoever runs the bot"
        return [f"*This practice is not set up yet:* {missing}. Please ask {asked}."]
    lines = ["*Set-up* · still missing, in this order:", *map(_line, steps)]
    if any(step.comes_first for step in steps):
        lines.append(f"Type `{INVITE}` in each team's channel, or the bot cannot post there.")
    return lines


def set_up_blocks(set_up: SetUp) -> list[Block]:
    """Return the part of the Home tab: for an administrator always, for others where something is missing."""
    lines = set_up_lines(set_up)
    if set_up.to_ask is None:
        lines = lines or ["*Set-up* · nothing is missing."]
    return [divider(), *sections(lines)] if lines else []


def _line(step: Step) -> str:
    commands = f"`{formatting.escaped(step.slack)}`, or in the terminal `{step.terminal}`"
    return f"• {formatting.escaped(step.missing)}: {commands}"
