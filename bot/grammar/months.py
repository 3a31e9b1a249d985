"""Months as people write them: ``last``, ``nov``, ``nov 2025``, ``2026-11``, ``11/2026``."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import islice

from bot.grammar.problems import Problem
from ledger.clock import month_of, previous_month

_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTH_NUMBERS: Mapping[str, int] = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
"""The number of each month by its names."""
IN_FUTURE = "MONTH_IN_FUTURE"
_LONGEST_MONTH_WORDS = 2
_THIS_OR_LAST = re.compile(r"(?P<which>this|last)(?:\s+month)?")
_YEAR_FIRST = re.compile(r"(?P<year>20[0-9]{2})-(?P<month>[0-9]{1,2})")
_YEAR_LAST = re.compile(r"(?P<month>[a-z]+|[0-9]{1,2})(?:[\s/-]+(?P<year>20[0-9]{2}))?")


def parse_month(text: str, *, today: date) -> date | Problem:
    """Return the first day of the month ``text`` names as seen from ``today``, or the problem it has.

    A month without a year is the latest such month that has begun. A month that has not begun is a problem.
    """
    written = text.strip().lower()
    this_month = month_of(today)
    relative = _THIS_OR_LAST.fullmatch(written)
    if relative:
        return this_month if relative["which"] == "this" else previous_month(today)
    found = _YEAR_FIRST.fullmatch(written) or _YEAR_LAST.fullmatch(written)
    number = _month_number(found["month"]) if found else None
    if found is None or number is None:
        return _problem(text, "MONTH_UNREADABLE", "cannot be read as a month.", this_month)
    if found["year"] is None:
        return date(today.year if number <= today.month else today.year - 1, number, 1)
    month = date(int(found["year"]), number, 1)
    if month > this_month:
        return _problem(text, IN_FUTURE, "has not begun.", this_month)
    return month


def split_month(text: str, *, today: date) -> tuple[date | Problem, str]:
    """Return the month that ``text`` begins with, as ``parse_month`` reads it, and what follows; or the problem it has.

    The longest beginning that is a month is it: ``oct 2025 …`` names the year as well.
    """
    ends = [found.end() for found in islice(re.finditer(r"\S+", text), _LONGEST_MONTH_WORDS)]
    for end in reversed(ends):
        month = parse_month(text[:end], today=today)
        if isinstance(month, date) or month.code == IN_FUTURE:
            return month, text[end:].strip()
    return parse_month(text[: ends[0]] if ends else text, today=today), ""


def _month_number(word: str) -> int | None:
    number = int(word) if word.isdecimal() else MONTH_NUMBERS.get(word)
    return number if number is not None and number in range(1, 13) else None


def _problem(text: str, code: str, message: str, this_month: date) -> Problem:
    start = len(text) - len(text.lstrip())
    end = max(start, len(text.rstrip()))
    return Problem(start, end, "month", code, f'"{text.strip()}" {message}', this_month.strftime("%Y-%m"))
