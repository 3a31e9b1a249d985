"""Days, times and numbers as spreadsheets write them; what could be read in two ways is refused."""

import re
from calendar import month_abbr, month_name
from datetime import date, datetime, time, timedelta

from ledger.values.reading import UnreadableValueError, shown

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 a spreadsheet's days have no zone: 1 is 1899-12-31
_SERIAL = re.compile(r"[2-7][0-9]{4}(?:[.,][0-9]+)?")
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})")
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})[-/](?P<year>[0-9]{4}|[0-9]{2})")
_NAMED = re.compile(r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>[0-9]{1,2})(?:,\s*|\s+)(?P<year>[0-9]{4})", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})[- ](?P<name>[a-z]{3,9})\.?[- ](?P<year>[0-9]{4}|[0-9]{2})", re.IGNORECASE)
_DOTTED = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}")
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.0+)?)?\s*(?P<half>[ap])?\.?m?\.?",
    re.IGNORECASE,
)
_NOON = 12
_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
_MONTH = re.compile(
    r"(?:(?P<name>[a-z]{3,9})\.?[\s-]*(?P<of>[0-9]{4}|[0-9]{2})|(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4}))",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?P<number>[0-9]{1,9})(?:[.,]0{1,2})?")
_MINUTES = re.compile(r"(?P<number>[0-9]{1,9})(?:[.,]0{1,2})?\s*(?:m|min|mins|minutes?)?\.?", re.IGNORECASE)
_WRITE_DATE = "Write it as 2026-11-03."


def read_date(text: str) -> date:
    """Return the day that a cell names: ``2026-11-03``, ``11/3/2026``, ``Nov 3, 2026``, midnight of it, its number.

    Raises:
        UnreadableValueError: It names none, holds a time of day, or could be day first.
    """
    if _SERIAL.fullmatch(text):
        moment = _of_serial(text)
    elif _DOTTED.fullmatch(text):
        raise UnreadableValueError(f"{shown(text)} may have the day or the month first.", _WRITE_DATE)
    else:
        words, _, rest = text.replace("T", " ", 1).partition(" ") if text[:1].isdigit() else (text, "", "")
        at = _time(rest) if rest and ":" in rest else None
        moment = datetime.combine(_date(text if at is None else words), at or time())
    if moment.time() != time():
        raise UnreadableValueError(f"{shown(text)} holds a time of day; this is a date.", _WRITE_DATE)
    return moment.date()


def read_moment(text: str, day: date | None = None) -> datetime:
    """Return the local moment that a cell names: date and time, or a time on ``day``; aware where an offset stands.

    Raises:
        UnreadableValueError: It names none.
    """
    if _SERIAL.fullmatch(text):
        return _of_serial(text)
    try:
        if ":" in text and not _MONTH_FIRST.match(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    alone = _time(text)
    if alone is not None and day is not None:
        return datetime.combine(day, alone)
    words, _, rest = text.replace("T", " ", 1).partition(" ")
    at = _time(rest)
    if at is None:
        raise UnreadableValueError(f"{shown(text)} is not a date and time.", "Write it as 2026-11-03T10:05.")
    return datetime.combine(_date(words), at)


def read_month(text: str) -> date:
    """Return the first day of the month that a cell names: ``2026-11``, ``11/2026``, ``Nov-26``, its first day.

    Raises:
        UnreadableValueError: It names none.
    """
    found = _MONTH.fullmatch(text)
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}", text):
            return date.fromisoformat(f"{text}-01")
        if found:
            month = _MONTHS[found["name"].lower()] if found["name"] else int(found["month"])
            return date(_full_year(found["of"] or found["year"]), month, 1)
        day = read_date(text)
    except (ValueError, KeyError):
        day = None
    if day is None or day.day != 1:
        raise UnreadableValueError(f"{shown(text)} is not a month." if text else "is empty.", "Write it as 2026-11.")
    return day


def read_whole_number(text: str, *, minutes: bool = False) -> int:
    """Return a whole number, also as ``12.0``; of ``minutes`` also with their unit.

    Raises:
        UnreadableValueError: It is none.
    """
    found = (_MINUTES if minutes else _WHOLE).fullmatch(text) if text.isascii() else None
    if found is None:
        remedy = "Write whole minutes as they were, for example: 12" if minutes else "For example: 12"
        raise UnreadableValueError(f"{text!r} is not a whole number.", remedy)
    return int(found["number"])


def _of_serial(text: str) -> datetime:
    seconds = round(float(text.replace(",", ".")) * 86400)
    return _EPOCH + timedelta(seconds=seconds)


def _date(text: str) -> date:
    found = next(
        (each for form in (_YEAR_FIRST, _MONTH_FIRST, _NAMED, _DAY_FIRST) if (each := form.fullmatch(text))), None
    )
    parts = found.groupdict() if found else {}
    month = _MONTHS.get(parts["name"].lower()) if parts.get("name") else int(parts.get("month") or 0)
    try:
        return date(_full_year(parts.get("year") or "0"), month or 0, int(parts.get("day") or 0))
    except ValueError as error:
        is_month_first = _MONTH_FIRST.fullmatch(text) is not None
        remedy = f"The month comes first in 11/3/2026. {_WRITE_DATE}" if is_month_first else _WRITE_DATE
        raise UnreadableValueError(f"{text!r} is not a date.", remedy) from error


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found["half"].lower() == "p" else 0)
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None


def _full_year(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)  # noqa: PLR2004 two digits mean this century
