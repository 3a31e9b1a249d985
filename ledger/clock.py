"""The one place that reads a clock, and the calendar words everybody shares (design 6)."""

from datetime import UTC, date, datetime, timedelta


def now() -> datetime:
    """Return the present instant, in UTC. Everything below the edge takes ``at`` instead."""
    return datetime.now(UTC)


def month_of(day: date) -> date:
    """Return the first day of the month that ``day`` lies in."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the month after that of ``day``."""
    return _months_later(day, 1)


def previous_month(day: date) -> date:
    """Return the first day of the month before that of ``day``."""
    return _months_later(day, -1)


def last_of_month(day: date) -> date:
    """Return the last day of the month that ``day`` lies in."""
    return next_month(day) - timedelta(days=1)


def year_after(day: date) -> date:
    """Return the same day of the next year; of February 29 the day before March."""
    import pendulum  # noqa: PLC0415 - it loads slowly, and not every command of the terminal needs it

    found = pendulum.date(day.year, day.month, day.day).add(years=1)
    return date(found.year, found.month, found.day)


def _months_later(day: date, months: int) -> date:
    import pendulum  # noqa: PLC0415 - it loads slowly, and not every command of the terminal needs it

    found = pendulum.date(day.year, day.month, 1).add(months=months)
    return date(found.year, found.month, found.day)
