"""``/ccm undo``: voids my last entry if it is under 15 minutes old."""

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.permissions import DOCUMENTING
from bot.views.help import Topic
from bot.views.receipt import undone
from bot.views.reply import Reply
from ledger.recording.voids import undo_last


def undo(call: Call, *, patient_code: str | None = None, position: int | None = None) -> Reply:
    """Void the person's last entry, or the one a button names; raise ``LedgerError`` where there is none."""
    with call.database.writing() as connection:
        voided = undo_last(
            connection,
            call.practice,
            call.person.staff_id,
            request=call.request({"undo": patient_code, "position": position}),
            at=call.at,
            patient_code=patient_code,
            position=position,
        )
    return undone(voided)


UNDO = Command(
    "undo",
    DOCUMENTING,
    undo,
    Topic("undo", "Voids your last entry if it is under 15 minutes old.", ("/ccm undo",)),
    terminal=Saving(undo, takes_words=False),
)
