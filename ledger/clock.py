"""The one place that reads a clock, and the calendar words everybody shares (design 6)."""

from datetime import UTC, date, datetime, timedelta

import pendulum


def now() -> datetime:
    """The present instant, in UTC. Everything below the edge takes ``at`` instead."""
    return datetime.now(UTC)


def month_of(day: date) -> date:
    """The first day of the month that ``day`` lies in."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after ``month``."""
    following = pendulum.date(month.year, month.month, 1).add(months=1)
    return date(following.year, following.month, following.day)


def last_of_month(month: date) -> date:
    """Return the last day of ``month``."""
    return next_month(month) - timedelta(days=1)


def previous_month(month: date) -> date:
    """The first day of the month before ``month``."""
    return month_of(month - timedelta(days=1))
