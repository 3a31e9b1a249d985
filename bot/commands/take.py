"""Taking a patient of a digest, giving one back, and taking one over."""

from collections.abc import Mapping

from bot.commands.call import Call
from bot.views.reply import Reply
from bot.views.taking import taking
from jobs.digests.listing import Place, find_message
from ledger.errors import LedgerError
from ledger.reports.takes import take_or_release, take_over


def find_place(call: Call, channel: str, ts: str) -> Place:
    """Return the digest and month that a message belongs to.

    Raises:
        LedgerError: Where it is none of a digest.
    """
    with call.database.reading() as connection:
        place = find_message(connection, call.practice.practice_id, channel, ts)
    if place is None:
        raise LedgerError(
            "DIGEST_UNKNOWN",
            "This message belongs to no digest that is kept here.",
            "If it was posted just now, try again in a moment; otherwise see who is near now: /ccm near",
        )
    return place


def take(call: Call, place: Place, patient_code: str, address: Mapping[str, str]) -> Reply:
    """Take the patient for the month of that digest, or give back the person's own; ask where another has it."""
    with call.database.writing() as connection:
        asked = take_or_release(
            connection,
            call.practice,
            place.month,
            patient_code,
            call.person.staff_id,
            request=call.request({"take": patient_code, "month": place.month}),
            at=call.at,
        )
    return taking(asked, call.practice, patient_code, place.month, address=address)


def take_from(call: Call, place: Place, patient_code: str, holder: str, address: Mapping[str, str]) -> Reply:
    """Take the patient over from ``holder``; ask again where a third person has taken the patient meanwhile."""
    with call.database.writing() as connection:
        asked = take_over(
            connection,
            call.practice,
            place.month,
            patient_code,
            call.person.staff_id,
            instead_of=holder,
            request=call.request({"take over": patient_code, "month": place.month, "from": holder}),
            at=call.at,
        )
    return taking(asked, call.practice, patient_code, place.month, address=address)
