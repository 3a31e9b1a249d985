"""What is typed behind ``/ccm claims mark``: which claim line, and what became of it."""

import re
from dataclasses import dataclass
from datetime import date

from bot.grammar.days import DAY, read_day
from bot.grammar.months import parse_month
from bot.grammar.resolve import DAY_TROUBLES
from ledger.claims.states import ClaimStatus
from ledger.errors import LedgerError
from ledger.values.amounts import read_dollars
from ledger.values.reading import UnreadableValueError

EXAMPLE = "/ccm claims mark P-1042 99490 oct paid 64.13"
_STATUS = re.compile(rf"(?<!\S)({'|'.join(ClaimStatus)})(?!\S)", re.IGNORECASE)
_ON_DAY = re.compile(rf"(?<!\S)on\s+({DAY})(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A line in words. ``code`` is the billing code, ``month`` its first day; None where nothing is said of it."""

    patient: str
    code: str
    month: date | None
    status: ClaimStatus
    on_date: date | None
    paid_cents: int | None
    reason: str


def parse_mark(text: str, *, today: date) -> MarkLine:
    """Return ``PATIENT CODE [MONTH] STATUS [AMOUNT] [on DAY] [REASON]``.

    Raises:
        LedgerError: Where something is missing or cannot be read; the remedy is an example.
    """
    found = _STATUS.search(text)
    words = text[: found.start()].split() if found else []
    if found is None or len(words) < len(("patient", "code")):
        raise _unclear("Say which line and what became of it: submitted, paid, denied, or open again.")
    patient, code, *month_words = words
    on_date, rest = _day(text[found.end() :].strip(), today)
    status = ClaimStatus(found[1].lower())
    is_paid = status is ClaimStatus.PAID
    return MarkLine(
        patient=patient,
        code=code.upper(),
        month=_month(" ".join(month_words), today),
        status=status,
        on_date=on_date,
        paid_cents=_amount(rest) if is_paid and rest else None,
        reason="" if is_paid else rest,
    )


def _day(text: str, today: date) -> tuple[date | None, str]:
    """Return the day that stands behind ``on``, and the text without it."""
    found = _ON_DAY.search(text)
    if found is None:
        return None, text
    day, trouble = read_day(found[1], today)
    if day is None:
        words = DAY_TROUBLES[trouble] if trouble else "cannot be read."
        raise _unclear(f'"{found[1]}" {words}')
    return day, f"{text[: found.start()]} {text[found.end() :]}".strip()


def _month(text: str, today: date) -> date | None:
    if not text:
        return None
    month = parse_month(text, today=today)
    if not isinstance(month, date):
        raise _unclear(month.message)
    return month


def _amount(text: str) -> int:
    try:
        return read_dollars(text)
    except UnreadableValueError as error:
        raise _unclear(error.message) from error


def _unclear(message: str) -> LedgerError:
    return LedgerError("CLAIM_UNCLEAR", f"{message} Nothing was saved.", f"For example: {EXAMPLE}")
