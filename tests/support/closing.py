"""Months closed and reopened, each in a request of its own."""

from datetime import date, datetime
from typing import Any

from support.practice import AT, a_request

from ledger.closing.month_close import ClosingReceipt, close_month, reopen_month
from ledger.months.closed_months import closings_of
from ledger.practice.practice import Practice
from ledger.storage.database import Database
from ledger.storage.idempotency import Request

OCTOBER = date(2026, 10, 1)
"""The month before that of ``support.practice.TODAY``."""
REASON = "A visit of the last week was logged late."


def close(
    database: Database,
    practice: Practice,
    month: date = OCTOBER,
    *,
    at: datetime = AT,
    request: Request | None = None,
    **how: Any,
) -> ClosingReceipt:
    """Closes the month, as biller1 would."""
    mine = database.of(practice.practice_id)
    return close_month(
        mine, practice, month, request=request or a_request({"close": f"{month}"}), at=at, by="biller1", **how
    )


def reopen(
    database: Database,
    practice: Practice,
    month: date = OCTOBER,
    *,
    reason: str = REASON,
    at: datetime = AT,
    request: Request | None = None,
) -> ClosingReceipt:
    """Opens the month again, as biller1 would."""
    asked = request or a_request({"reopen": f"{month}"})
    mine = database.of(practice.practice_id)
    return reopen_month(mine, practice, month, reason=reason, request=asked, at=at, by="biller1")


def actions(database: Database, practice: Practice, month: date = OCTOBER) -> list[str]:
    """What was done with the month, in order."""
    with database.of(practice.practice_id).reading() as connection:
        return [one.action.value for one in closings_of(connection, practice.practice_id, month)]
