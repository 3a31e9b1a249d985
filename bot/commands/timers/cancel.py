"""``/ccm cancel``: the running timer is thrown away; nothing is logged."""

from datetime import datetime

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.permissions import DOCUMENTING
from bot.views.help import Topic
from bot.views.reply import Reply
from bot.views.timer import cancelled
from ledger.recording.timers import cancel_timer


def cancel(call: Call, *, started_at: datetime | None = None) -> Reply:
    """Cancel the person's timer; raise ``LedgerError`` where none runs, or not the one that a button is about."""
    with call.database.writing() as connection:
        receipt = cancel_timer(
            connection,
            call.practice,
            call.person.staff_id,
            request=call.request({"cancel": started_at}),
            at=call.at,
            started_at=started_at,
        )
    return cancelled(receipt, call.practice)


CANCEL = Command(
    "cancel",
    DOCUMENTING,
    cancel,
    Topic("cancel", "Throws your running timer away: nothing is logged.", ("/ccm cancel",)),
    terminal=Saving(cancel, takes_words=False),
)
