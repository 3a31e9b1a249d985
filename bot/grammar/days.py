"""Days as people write them: ``today``, ``mon``, ``11/03``, ``Nov 3rd``, ``2026-11-03``, ``2 days ago``."""

import re
from datetime import date, timedelta
from enum import StrEnum

from bot.grammar.months import MONTH_NUMBERS
from bot.grammar.vocabulary import WEEKDAYS

DAY_WORDS = frozenset({"today", "yesterday", "yday", *WEEKDAYS})
"""The days that are written as one word."""

_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3}
_MONTH = rf"(?:{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\.?"
_DATE = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:[0-9]{4}|[0-9]{2})"
_WEEKDAY = rf"(?:{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})"
_PART_OF_DAY = r"(?:\s+(?:morning|afternoon|evening|night|noon|am|pm))?"

DAY = "|".join(
    (
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}",
        rf"[0-9]{{1,2}}/[0-9]{{1,2}}(?:/{_YEAR})?|[0-9]{{1,2}}-[0-9]{{1,2}}(?:-{_YEAR})?",
        rf"{_MONTH}[\s-]*{_DATE}(?:(?:,\s*|\s+|-)20[0-9]{{2}}|(?:-|,?\s+')[0-9]{{2}})?(?![0-9])",
        rf"(?:the\s+)?{_DATE}(?:[\s-]*|\s+of\s+){_MONTH}(?:(?:,\s*|\s+|-)20[0-9]{{2}}|(?:-|,?\s+')[0-9]{{2}})?(?![0-9])",
        rf"(?:[0-9]{{1,2}}|{'|'.join(_COUNTS)})\s+days?\s+ago",
        r"(?:the\s+)?day\s+before\s+yesterday",
        rf"last\s+{_WEEKDAY}{_PART_OF_DAY}",
        rf"(?:today|yesterday|yday|{_WEEKDAY}){_PART_OF_DAY}",
    )
)
"""A day as a pattern, to be matched whatever its case."""

_BY_NUMBERS = re.compile(r"(?P<month>[0-9]+)[-/](?P<day>[0-9]+)(?:[-/](?P<year>[0-9]+))?")
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]+)[-/](?P<day>[0-9]+)")
_MONTH_FIRST = re.compile(rf"(?P<month>{_MONTH})[\s-]*(?P<day>[0-9]+)(?:st|nd|rd|th)?(?:[,\s'-]+(?P<year>[0-9]+))?")
_DATE_FIRST = re.compile(
    rf"(?:the\s+)?(?P<day>[0-9]+)(?:st|nd|rd|th)?(?:[\s-]*|\s+of\s+)(?P<month>{_MONTH})(?:[,\s'-]+(?P<year>[0-9]+))?"
)
_AGO = re.compile(r"(?P<count>\w+)\s+days?\s+ago")
_LAST = re.compile(rf"last\s+(?P<weekday>{_WEEKDAY})")

EARLIEST_YEAR = 2000
LONG_AGO = timedelta(days=62)
"""A month and day further back than this, written without a year, is more likely a fraction or a slip."""

_YEARS_TO_A_LEAP_DAY = 8


class DayTrouble(StrEnum):
    """Why a written day is not accepted as it is."""

    UNREADABLE = "DATE_UNREADABLE"
    FUTURE = "DATE_IN_FUTURE"
    LONG_AGO = "DATE_LONG_AGO"
    FAR = "DATE_FAR"
    AMBIGUOUS = "DATE_AMBIGUOUS"


def read_day(word: str, today: date) -> tuple[date | None, DayTrouble | None]:
    """Return the day ``word``, which matches ``DAY``, names as seen from ``today``, and what is wrong with it.

    A weekday is the latest such day, today included; a month and day without a year is the latest such date that is
    not in the future. A day LONG_AGO is returned with its trouble, so that a form can show it.
    """
    named = _named(word.lower(), today)
    if named is not None:
        return named
    year, month, day = _numbers(word.lower())
    if year is None:
        return _without_year(month, day, today)
    found = _date_or_none(year, month, day)
    if found is None:
        return None, DayTrouble.UNREADABLE
    return (None, DayTrouble.FUTURE) if found > today else (found, None)


def read_end_day(word: str, first: date | None, today: date) -> tuple[date | None, DayTrouble | None]:
    """Return the day on which something ends or will end, as seen from ``today``, and what is wrong with it.

    A month and day without a year is the first such date from ``first`` on; where it is not known when the thing
    began, the one that is at most LONG_AGO back or ahead. A day with its year may be any.
    """
    named = _named(word.lower(), today)
    if named is not None:
        return named
    year, month, day = _numbers(word.lower())
    if year is None:
        return _end_without_year(month, day, first, today)
    found = _date_or_none(year, month, day)
    return found, None if found else DayTrouble.UNREADABLE


def _numbers(word: str) -> tuple[int | None, int, int]:
    """Return the year (None where none is written), month and day of a date."""
    found = next(
        found for form in (_YEAR_FIRST, _BY_NUMBERS, _MONTH_FIRST, _DATE_FIRST) if (found := form.fullmatch(word))
    )
    written, year = found["month"].rstrip("."), found["year"]
    month = int(written) if written.isdecimal() else MONTH_NUMBERS[written]
    return _full_year(int(year)) if year else None, month, int(found["day"])


def _end_without_year(month: int, day: int, first: date | None, today: date) -> tuple[date | None, DayTrouble | None]:
    begin = first or today - LONG_AGO
    found = _first_on(month, day, begin)
    if found is None:
        return None, DayTrouble.UNREADABLE
    return found, DayTrouble.FAR if first is None and found - today > LONG_AGO else None


def _first_on(month: int, day: int, begin: date) -> date | None:
    years = range(begin.year, begin.year + _YEARS_TO_A_LEAP_DAY + 1)
    return next((found for year in years if (found := _date_or_none(year, month, day)) and found >= begin), None)


def _named(word: str, today: date) -> tuple[date | None, DayTrouble | None] | None:
    """Return a day that is written without its date; None for another."""
    ago, last = _AGO.fullmatch(word), _LAST.match(word)
    if ago:
        count = ago["count"]
        return today - timedelta(days=_COUNTS[count] if count in _COUNTS else int(count)), None
    if last:
        days_back = (today.weekday() - WEEKDAYS[last["weekday"]]) % 7
        return (None, DayTrouble.AMBIGUOUS) if days_back else (today - timedelta(days=7), None)
    if word.endswith("before yesterday"):
        return today - timedelta(days=2), None
    first = word.split(maxsplit=1)[0]
    if first in WEEKDAYS:
        return today - timedelta(days=(today.weekday() - WEEKDAYS[first]) % 7), None
    return (today - timedelta(days=first != "today"), None) if first in DAY_WORDS else None


def _without_year(month: int, day: int, today: date) -> tuple[date | None, DayTrouble | None]:
    """Return the latest such date; one that is near ahead is meant, and refused, rather than one of long ago."""
    years = range(today.year, today.year - _YEARS_TO_A_LEAP_DAY - 1, -1)
    past = next((found for year in years if (found := _date_or_none(year, month, day)) and found <= today), None)
    ahead = _first_on(month, day, today)
    if past is None:
        return None, DayTrouble.UNREADABLE
    if today - past <= LONG_AGO:
        return past, None
    is_near_ahead = ahead is not None and ahead - today <= LONG_AGO
    return (None, DayTrouble.FUTURE) if is_near_ahead else (past, DayTrouble.LONG_AGO)


def _full_year(year: int) -> int:
    return year if year >= 100 else 2000 + year  # noqa: PLR2004 two digits mean this century


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= EARLIEST_YEAR else None
    except ValueError:
        return None
