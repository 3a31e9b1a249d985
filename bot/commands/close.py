"""``/ccm close [MONTH]``: what a close of the month would freeze, and the close itself (E9)."""

from dataclasses import dataclass
from datetime import date

from bot.commands.call import Call
from bot.commands.command import Command, Paging
from bot.grammar.months import parse_month
from bot.permissions import CLOSING
from bot.views.closing import CHANGES_PAGE, close_preview, closed, closed_already, closing_now
from bot.views.help import Topic
from bot.views.reply import Reply
from ledger.clock import month_of, previous_month
from ledger.closing.changes import CloseChanges, changes_since_last_close
from ledger.closing.freezing import Progress
from ledger.closing.month_close import (
    ClosePreview,
    ClosingReceipt,
    close_month,
    earlier_receipt,
    preview_close,
    refuse_provisional,
    refuse_to_close,
)
from ledger.errors import LedgerError
from ledger.months.closed_months import Action, Closing, closing_in_force, closings_of
from ledger.storage.idempotency import Request

EXAMPLE = "For example: /ccm close 2026-10"


def close(call: Call) -> Reply:
    """Return what a close would freeze, with the button; of a closed month who closed and reopened it.

    Without a month it is the last one.

    Raises:
        LedgerError: For words that are no month and for one that is not over.
    """
    found = find_closings(call)
    if found.preview is None:
        return closed_already(found.history, call.practice)
    return close_preview(found.preview, found.history, call.practice)


@dataclass(frozen=True, slots=True)
class Closings:
    """A month's closes and reopens, and of one that may be closed what that would freeze: for a terminal."""

    month: date
    history: list[Closing]
    preview: ClosePreview | None


def find_closings(call: Call) -> Closings:
    """Return what ``close`` shows, without words; raises as ``close`` does."""
    month = asked_month(call)
    with call.database.reading() as connection:
        history = closings_of(connection, call.practice.practice_id, month)
        if history and history[-1].action is Action.CLOSE:
            return Closings(month, history, None)
        return Closings(month, history, preview_close(connection, call.practice, month, at=call.at))


def asked_month(call: Call) -> date:
    """Return the month that the call names, or the last one that ended.

    Raises:
        LedgerError: For other words.
    """
    if not call.text.strip():
        return previous_month(month_of(call.today))
    month = parse_month(call.text, today=call.today)
    if not isinstance(month, date):
        raise LedgerError(month.code, month.message, EXAMPLE)
    return month


def begin_close(call: Call, *, provisionally: bool) -> Reply:
    """Return the card for the time that the close takes; ``provisionally`` as ``close_month`` has it.

    Raises:
        LedgerError: Where the month may not be closed.
    """
    month = asked_month(call)
    with call.database.reading() as connection:
        if earlier_receipt(connection, call.practice, _request(call, month)) is None:
            closing = closing_in_force(connection, call.practice.practice_id, month)
            refuse_to_close(call.practice, month, closing, at=call.at)
            if not provisionally:
                refuse_provisional(month)
    return closing_now(month)


def save_close(call: Call, *, provisionally: bool) -> Reply:
    """Close the month, once however often it is asked for, and say what differs from the close before it."""
    receipt, changes = do_close(call, provisionally=provisionally)
    return closed(receipt, changes, call.practice)


def do_close(
    call: Call, progress: Progress = lambda _done, _all: None, *, provisionally: bool
) -> tuple[ClosingReceipt, CloseChanges]:
    """Close the month for a terminal: what was frozen, and all that differs."""
    month = asked_month(call)
    receipt = close_month(
        call.database,
        call.practice,
        month,
        request=_request(call, month),
        at=call.at,
        by=call.person.staff_id,
        provisionally=provisionally,
        progress=progress,
    )
    return receipt, _changes(call, receipt.closing)


def _request(call: Call, month: date) -> Request:
    return call.request({"close": f"{month:%Y-%m}"})


def changes_at_page(call: Call, page: int) -> Reply:
    """Page ``page`` (from 0) of the answer to a close: the text names the month and the close's number."""
    month, _, number = call.text.partition(" ")
    with call.database.reading() as connection:
        history = closings_of(connection, call.practice.practice_id, date.fromisoformat(f"{month}-01"))
    closing = next(one for one in history if one.number == int(number) and one.action is Action.CLOSE)
    return closed(ClosingReceipt(closing, 0), _changes(call, closing), call.practice, page=page)


def _changes(call: Call, closing: Closing) -> CloseChanges:
    with call.database.reading() as connection:
        return changes_since_last_close(connection, call.practice, closing)


CLOSE = Command(
    "close",
    CLOSING,
    close,
    Topic(
        "close [MONTH]",
        "What a close would freeze: who is billable, who is blocked; the button closes. Who closed a closed month.",
        ("/ccm close", "/ccm close october"),
        (
            "*MONTH* `last`, `oct`, `oct 2025`, `2026-10`; without one it is the last month that ended.",
            "A closed month keeps its statements and takes no entry, correction or addendum (rule E9).",
            "Closed again after a reopen, it shows what changed since the close before, patient by patient.",
        ),
    ),
    saves=False,
    paging=Paging(CHANGES_PAGE, changes_at_page),
)
