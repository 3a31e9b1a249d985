"""Business days as Medicare counts them: Monday to Friday without federal holidays, as observed (T2)."""

from datetime import date, timedelta
from functools import lru_cache

_SATURDAY = 5


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> frozenset[date]:
    """Return the federal holidays that are observed in that year."""
    import holidays  # noqa: PLC0415 - it loads slowly, and few patient-months ask

    return frozenset(holidays.country_holidays("US", years=year, observed=True))


def is_federal_business_day(day: date) -> bool:
    """Return whether ``day`` is neither on a weekend nor a federal holiday."""
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year)


def business_days_after(day: date, count: int) -> date:
    """Return the business day that is the ``count``-th after ``day``."""
    while count:
        day += timedelta(days=1)
        count -= is_federal_business_day(day)
    return day
