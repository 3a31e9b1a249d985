"""``/ccm void ENTRY REASON``: an entry no longer counts, and the record says why (E5)."""

from bot.commands.call import Call
from bot.commands.entries import named_entry
from bot.views.correction import voided
from bot.views.reply import Reply
from ledger.voiding import void_entry


def void(call: Call) -> Reply:
    """Voids the entry the call names; raises ``LedgerError`` where it may not, was voided, or no reason is given."""
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
