"""``/ccm reopen MONTH REASON``: a closed month takes entries again (E9)."""

from datetime import date

from bot.commands.call import Call
from bot.commands.command import Command, Later
from bot.grammar.months import split_month
from bot.permissions import CLOSING
from bot.views.closing import reopened, reopening_now
from bot.views.help import Topic
from ledger.closing.month_close import ClosingReceipt, earlier_receipt, refuse_to_reopen, reopen_month
from ledger.errors import LedgerError
from ledger.storage.idempotency import Request

EXAMPLE = "For example: /ccm reopen 2026-10 A call of that month was logged late."


def reopen(call: Call) -> Later:
    """Return the card for the time that it takes, and the reopening behind it.

    Raises:
        LedgerError: Where the month may not be reopened so.
    """
    month, reason = asked(call)
    with call.database.reading() as connection:
        if earlier_receipt(connection, call.practice, _request(call, month, reason)) is None:
            refuse_to_reopen(connection, call.practice, month, reason, at=call.at)
    return Later(reopening_now(month), lambda: reopened(do_reopen(call), call.practice))


def do_reopen(call: Call) -> ClosingReceipt:
    """Reopen the month, once however often it is asked for.

    Raises:
        LedgerError: As ``reopen`` does.
    """
    month, reason = asked(call)
    return reopen_month(
        call.database,
        call.practice,
        month,
        reason=reason,
        request=_request(call, month, reason),
        at=call.at,
        by=call.person.staff_id,
    )


def _request(call: Call, month: date, reason: str) -> Request:
    return call.request({"reopen": f"{month:%Y-%m}", "reason": reason})


def asked(call: Call) -> tuple[date, str]:
    """Return the month and the reason of the call.

    Raises:
        LedgerError: Where it begins with no month.
    """
    if not call.text.strip():
        raise LedgerError("MONTH_MISSING", "Which month, and why?", EXAMPLE)
    month, reason = split_month(call.text, today=call.today)
    if not isinstance(month, date):
        raise LedgerError(month.code, month.message, EXAMPLE)
    return month, reason


REOPEN = Command(
    "reopen",
    CLOSING,
    reopen,
    Topic(
        "reopen MONTH REASON",
        "A closed month takes entries again; the reason stays on record, and so does what was frozen.",
        ("/ccm reopen 2026-10 A call of that month was logged late.",),
    ),
)
