"""``/ccm add ENTRY TEXT``: an addendum; the note stays as it was, and both keep their times (E5)."""

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.commands.corrections.entries import bare_entry, named_entry
from bot.permissions import CORRECTING
from bot.views.correction import added
from bot.views.forms.corrections import add_form
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply
from ledger.recording.addenda import add_addendum
from ledger.recording.stored_entries import find_entry
from ledger.rules.warnings import note_advice


def add(call: Call) -> Reply | OpenForm:
    """Return what ``save_addendum`` does; without a text a form shows what the note lacks and takes it."""
    entry = bare_entry(call, command="add")
    return save_addendum(call) if entry is None else OpenForm(add_form(entry, call.practice))


def save_addendum(call: Call) -> Reply:
    """Add to the note of the entry the call names; raise ``LedgerError`` where it may not or there is no text."""
    with call.database.writing() as connection:
        entry, text = named_entry(call, connection, command="add")
        receipt = add_addendum(
            connection,
            call.practice,
            entry.patient_code,
            entry.position,
            text=text,
            request=call.request({"add": call.text}),
            at=call.at,
            by=call.person.staff_id,
        )
        whole = find_entry(connection, call.practice.practice_id, entry.patient_code, entry.position)
    return added(receipt, text, note_advice=note_advice(whole.note))


ADD = Command(
    "add",
    CORRECTING,
    add,
    Topic(
        "add ENTRY TEXT",
        "Adds to a note; the note before it stays as it was. To your own, or as a lead to your team's.",
        ("/ccm add P-1042#1 The pharmacy confirmed the new dose.",),
    ),
    terminal=Saving(save_addendum, "ccm add --as coord1 P-1042#7 The pharmacy confirmed the new dose."),
)
