"""``/ccm`` alone: a short card with what this person can do, and the running timer."""

from collections.abc import Sequence

from bot.commands.call import Call
from bot.permissions import DOCUMENTING
from bot.setup import set_up_for
from bot.views.card import card_view
from bot.views.reply import Reply
from ledger.recording.timers import running_timer


def card(call: Call, commands: Sequence[str]) -> Reply:
    """The card; ``commands`` are those that the person may use."""
    with call.database.reading() as connection:
        timer = running_timer(connection, call.practice, call.person.staff_id)
        set_up = set_up_for(connection, call.practice, call.person, call.today)
    may_log = bool(call.person.roles & DOCUMENTING)
    return card_view(call.person.name, commands, may_log=may_log, timer=timer, at=call.local_now, set_up=set_up)
