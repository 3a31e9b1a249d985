"""``/ccm attest [WHAT]``: what the practice attests once a year, and the form that records one."""

from collections.abc import Mapping
from datetime import date

from bot.commands.call import Call
from bot.commands.command import Command
from bot.permissions import ADMINISTERING
from bot.views import attestations as views
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply
from ledger.attestations import DATE_FAULT, KINDS, Asked, AttestationReceipt, attestations, kind_named
from ledger.attestations import attest as record
from ledger.errors import LedgerError


def attest(call: Call) -> Reply | OpenForm:
    """Return what is attested and what is due, or the form of the kind that the call names.

    Raises:
        LedgerError: For another word.
    """
    if call.text.strip():
        return OpenForm(views.attestation_form(kind_named(call.text), call.today))
    with call.database.reading() as connection:
        recorded = attestations(connection, call.practice)
    return views.attestation_list(recorded, call.today, call.practice.local)


def save_attestation(call: Call, asked: Asked) -> AttestationReceipt:
    """Record what was asked, once however often the call comes."""
    content = {"attest": asked.kind.name, "on": asked.attested_on.isoformat(), "attested_by": asked.attested_by}
    with call.database.writing() as connection:
        return record(
            connection, call.practice, asked, request=call.request(content), at=call.at, by=call.person.staff_id
        )


def submit_attestation(call: Call, values: Mapping[str, str]) -> Reply | dict[str, str]:
    """Record what the form says of the kind that the call names, or return what is wrong, by input."""
    name = None if views.WITHDRAW in values else values.get(views.BY, "")
    asked = Asked(kind_named(call.text), date.fromisoformat(values[views.ON]), name)
    try:
        return views.attested(save_attestation(call, asked))
    except LedgerError as error:
        return {views.ON if error.code == DATE_FAULT else views.BY: f"{error.title} {error.remedy}"}


ATTEST = Command(
    "attest",
    ADMINISTERING,
    attest,
    Topic(
        "attest [WHAT]",
        "What the practice attests once a year, with a date and the name of who attests it: what is due, and the form.",
        ("/ccm attest", "/ccm attest access"),
        (f"*WHAT* {', '.join(f'`{name}`' for name in KINDS)}.",),
    ),
)
