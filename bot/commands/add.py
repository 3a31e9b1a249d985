"""``/ccm add ENTRY TEXT``: an addendum; the note stays as it was, and both keep their times (E5)."""

from bot.commands.call import Call
from bot.commands.entries import named_entry
from bot.views.correction import added
from bot.views.reply import Reply
from ledger.addenda import add_addendum
from ledger.rules.warnings import note_advice
from ledger.stored_entries import find_entry


def add(call: Call) -> Reply:
    """Adds to the note of the entry the call names; raises ``LedgerError`` where it may not or there is no text."""
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
