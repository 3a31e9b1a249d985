"""The card that ``/ccm`` alone shows."""

from collections.abc import Sequence
from datetime import datetime

from bot.setup import SetUp
from bot.views import formatting
from bot.views.blocks import Block
from bot.views.receipt import LOG_ANOTHER
from bot.views.reply import Reply, actions, button, context, section, sections
from bot.views.set_up import set_up_lines
from bot.views.timer import start_button, timer_blocks
from ledger.recording.timers import Timer

MY_DAY = "card_my_day"


def card_view(
    name: str, commands: Sequence[str], *, may_log: bool, timer: Timer | None, at: datetime, set_up: SetUp
) -> Reply:
    """Buttons for what is done most, the running timer, and the names of all ``commands`` this person may use.

    While something is missing in the set-up, that stands first.
    """
    blocks: list[Block] = [section(f"*Hello, {formatting.escaped(name)}.*")]
    blocks += sections(set_up_lines(set_up))
    if timer is not None:
        blocks += timer_blocks(timer, at)
    buttons = [button("Log time", LOG_ANOTHER, "", style="primary")] if may_log else []
    if may_log and timer is None:
        buttons.append(start_button())
    blocks.append(actions(*buttons, button("My day", MY_DAY, "")))
    listed = " · ".join(f"`/ccm {command}`" for command in commands)
    blocks.append(context(f"What you can do here: {listed}"))
    blocks.append(context("`/ccm help` shows each with examples that work when pasted."))
    return Reply("What you can do with /ccm", tuple(blocks))
