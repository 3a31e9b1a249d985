"""``/ccm void ENTRY REASON``: an entry no longer counts, and the record says why (E5)."""

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.commands.corrections.entries import bare_entry, named_entry
from bot.permissions import CORRECTING
from bot.views.correction import voided
from bot.views.forms.corrections import void_form
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply
from ledger.recording.voids import void_entry


def void(call: Call) -> Reply | OpenForm:
    """Return what ``save_void`` does; without a reason a form shows the entry and asks for it."""
    entry = bare_entry(call, command="void")
    return save_void(call) if entry is None else OpenForm(void_form(entry, call.practice))


def save_void(call: Call) -> Reply:
    """Void the entry the call names; raise ``LedgerError`` where it may not, was voided, or no reason is given."""
    with call.database.writing() as connection:
        entry, reason = named_entry(call, connection, command="void")
        receipt = void_entry(
            connection,
            call.practice,
            entry.patient_code,
            entry.position,
            reason=reason,
            request=call.request({"void": call.text}),
            at=call.at,
            by=call.person.staff_id,
        )
    return voided(receipt, reason)


VOID = Command(
    "void",
    CORRECTING,
    void,
    Topic(
        "void ENTRY REASON",
        "An entry no longer counts; it stays on record with the reason. Your own, or as a lead your team's.",
        ("/ccm void P-1042#1 Logged for the wrong patient.",),
    ),
    terminal=Saving(save_void, "ccm void --as coord1 P-1042#7 Logged for the wrong patient."),
)
