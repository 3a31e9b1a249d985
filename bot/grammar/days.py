"""Days as people write them: ``today``, ``mon``, ``11/03``, ``2026-11-03``."""

import re
from datetime import date, timedelta
from enum import StrEnum

from bot.grammar.vocabulary import WEEKDAYS

DAY_WORDS = frozenset({"today", "yesterday", *WEEKDAYS})
"""The days that are written as words."""

DAY_DIGITS = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}(?:/(?:[0-9]{4}|[0-9]{2}))?"
"""Days written in digits, as a pattern."""

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


def read_day(word: str, today: date) -> tuple[date | None, DayTrouble | None]:
    """Return the day ``word`` names as seen from ``today``, and what is wrong with it.

    A weekday is the latest such day, today included; a month and day without a year is the latest such date that is
    not in the future. A day LONG_AGO is returned with its trouble, so that a form can show it.
    """
    word = word.lower()
    if word in DAY_WORDS:
        return _named(word, today), None
    numbers = [int(part) for part in re.split("[-/]", word)]
    if len(numbers) == 2:  # noqa: PLR2004 a month and a day
        return _without_year(numbers[0], numbers[1], today)
    year, month, day = numbers if "-" in word else (_full_year(numbers[2]), numbers[0], numbers[1])
    found = _date_or_none(year, month, day)
    if found is None or year < EARLIEST_YEAR:
        return None, DayTrouble.UNREADABLE
    return (None, DayTrouble.FUTURE) if found > today else (found, None)


def read_end_day(word: str, first: date | None, today: date) -> tuple[date | None, DayTrouble | None]:
    """Return the day on which something ends or will end, as seen from ``today``, and what is wrong with it.

    A month and day without a year is the first such date from ``first`` on; where it is not known when the thing
    began, the one that is at most LONG_AGO back or ahead. A day with its year may be any.
    """
    word = word.lower()
    if word in DAY_WORDS:
        return _named(word, today), None
    numbers = [int(part) for part in re.split("[-/]", word)]
    if len(numbers) == 2:  # noqa: PLR2004 a month and a day
        return _end_without_year(numbers[0], numbers[1], first, today)
    year, month, day = numbers if "-" in word else (_full_year(numbers[2]), numbers[0], numbers[1])
    found = _date_or_none(year, month, day) if year >= EARLIEST_YEAR else None
    return found, None if found else DayTrouble.UNREADABLE


def _end_without_year(month: int, day: int, first: date | None, today: date) -> tuple[date | None, DayTrouble | None]:
    begin = first or today - LONG_AGO
    years = range(begin.year, begin.year + _YEARS_TO_A_LEAP_DAY + 1)
    candidates = (_date_or_none(year, month, day) for year in years)
    found = next((candidate for candidate in candidates if candidate is not None and candidate >= begin), None)
    if found is None:
        return None, DayTrouble.UNREADABLE
    return found, DayTrouble.FAR if first is None and found - today > LONG_AGO else None


def _named(word: str, today: date) -> date:
    if word == "today":
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    return today - timedelta(days=(today.weekday() - WEEKDAYS[word]) % 7)


def _without_year(month: int, day: int, today: date) -> tuple[date | None, DayTrouble | None]:
    years = range(today.year, today.year - _YEARS_TO_A_LEAP_DAY - 1, -1)
    candidates = (_date_or_none(year, month, day) for year in years)
    found = next((candidate for candidate in candidates if candidate is not None and candidate <= today), None)
    if found is None:
        return None, DayTrouble.UNREADABLE
    return found, DayTrouble.LONG_AGO if today - found > LONG_AGO else None


def _full_year(year: int) -> int:
    return year if year >= 100 else 2000 + year  # noqa: PLR2004 two digits mean this century


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
