"""When digests are due: US business days, and the days near a month's end that fall on them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import holidays

from ledger.conduct import DEFAULT_CONDUCT

DIGEST_DAYS = DEFAULT_CONDUCT.digest_days
"""The days of the month on which a digest is posted, each moved to a business day, unless a practice has others."""

DIGEST_HOUR = DEFAULT_CONDUCT.digest_hour
"""The local hour at which a digest is posted, unless a practice has another."""

_SATURDAY = 5
_LAST_DAY_OF_EVERY_MONTH = 28


def is_business_day(day: date) -> bool:
    """Whether ``day`` is neither on a weekend nor a US federal holiday, as observed."""
    return day.weekday() < _SATURDAY and day not in _federal_holidays(day.year)


def business_day_for(day: date) -> date:
    """``day``, or the last business day before it."""
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def business_days_left(today: date) -> int:
    """How many business days the month still has, ``today`` included."""
    last = _following_month(today) - timedelta(days=1)
    days = (today + timedelta(days=number) for number in range((last - today).days + 1))
    return sum(is_business_day(day) for day in days)


def digest_dates(month: date, days: Sequence[int] = DIGEST_DAYS) -> tuple[date, ...]:
    """The dates in order on which the month's digests are posted; days that fall on one business day count once.

    The first days of a month can fall on the last business day of the month before.

    Raises:
        ValueError: a day is not among 1 to 28, which every month has.
    """
    if not all(1 <= day <= _LAST_DAY_OF_EVERY_MONTH for day in days):
        raise ValueError(f"digest days must be between 1 and {_LAST_DAY_OF_EVERY_MONTH}, as every month has them")
    return tuple(sorted({business_day_for(month.replace(day=day)) for day in days}))


def digest_instants(
    month: date, zone: tzinfo, hour: int = DIGEST_HOUR, days: Sequence[int] = DIGEST_DAYS
) -> tuple[datetime, ...]:
    """The instants in order at which the month's digests are posted, in ``zone``.

    Where clocks skip that hour it is the same time after the change; where they show it twice, the first.

    Raises:
        ValueError: a day is not among 1 to 28, or the hour not among 0 to 23.
    """
    return tuple(_at_hour(day, hour, zone) for day in digest_dates(month, days))


def due(
    now: datetime, zone: tzinfo, hour: int = DIGEST_HOUR, days: Sequence[int] = DIGEST_DAYS
) -> tuple[datetime, ...]:
    """The digests scheduled for the local day of ``now`` whose time has come. Those of earlier days are past.

    Raises:
        ValueError: as for ``digest_instants``.
    """
    today = now.astimezone(zone).date()
    months = (today.replace(day=1), _following_month(today))
    instants = {instant for month in months for instant in digest_instants(month, zone, hour, days)}
    return tuple(sorted(instant for instant in instants if instant.date() == today and _utc(instant) <= _utc(now)))


def next_instant(
    after: datetime, zone: tzinfo, hour: int = DIGEST_HOUR, days: Sequence[int] = DIGEST_DAYS
) -> datetime | None:
    """The first digest later than ``after``, in ``zone``; None where no day has a digest.

    Raises:
        ValueError: as for ``digest_instants``.
    """
    this_month = after.astimezone(zone).date().replace(day=1)
    following = _following_month(this_month)
    months = (this_month, following, _following_month(following))
    instants = (instant for month in months for instant in digest_instants(month, zone, hour, days))
    return min((instant for instant in instants if _utc(instant) > _utc(after)), key=_utc, default=None)


@lru_cache(maxsize=64)
def _federal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year, observed=True))


def _following_month(day: date) -> date:
    return (day.replace(day=_LAST_DAY_OF_EVERY_MONTH) + timedelta(days=4)).replace(day=1)


def _at_hour(day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC).astimezone(zone)


def _utc(instant: datetime) -> datetime:
    """``instant`` in UTC: Python compares two datetimes of one zone by their clocks, which repeat an hour."""
    return instant.astimezone(UTC)
