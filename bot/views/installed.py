"""What whoever installed the bot is told: which practice it is for, and what to do first."""

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.reply import Reply, header, sections
from ledger.roster.setup import Beginning


def next_steps(beginning: Beginning, *, theirs: str, is_first_administrator: bool) -> tuple[str, ...]:
    """In plain lines, with commands between backticks; ``theirs`` is the zone in their Slack profile, or ""."""
    practice = beginning.practice
    if not beginning.is_new:
        return (
            f"It knows this practice already: its ledger is as it was, with the dates of {practice.timezone}.",
            "Go on where you were: type `/ccm`.",
        )
    move = f"`ccm practices --workspace {practice.practice_id} --timezone America/Chicago`"
    zone = f"Its dates are those of {practice.timezone}"
    if beginning.is_zone_theirs:
        zone += ", the zone in your Slack profile."
    else:
        zone += f": your Slack profile {f'has {theirs}, where no practice is' if theirs else 'does not say a zone'}."
    first = (
        "Type `/ccm` now: you are the practice's first administrator."
        if is_first_administrator
        else "Ask the primary owner of this workspace to type `/ccm`: they are the practice's first administrator."
    )
    return (
        f"{zone} If the practice is elsewhere, whoever runs the bot can change that until time is logged: {move}",
        first,
        "An administrator then adds teams, people and patients: `/ccm team`, `/ccm staff` and `/ccm patients`.",
        "Invite the bot to each team's channel: `/invite @CCM Ledger`",
    )


def welcome(beginning: Beginning, steps: tuple[str, ...]) -> Reply:
    """Return the direct message to whoever installed the bot."""
    title = f"CCM Ledger is installed for {beginning.practice.name}"
    blocks: list[Block] = [header(title), *sections([f"• {formatting.escaped(step)}" for step in steps])]
    return Reply("CCM Ledger is installed. What to do first is in this message.", tuple(blocks))
