"""When the practice works: business days, and the schedules of what happens on them. Pure: nothing reads a clock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ledger.clock import last_of_month, month_of, next_month
from ledger.rules.business_days import is_federal_business_day

_SATURDAY = 5
_LAST_DAY_OF_EVERY_MONTH = 28
_MOST_MONTHS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Business days: neither on a weekend, nor a US federal holiday as observed, nor one of the practice's days off."""

    days_off: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        """Return whether the practice works on ``day``."""
        return is_federal_business_day(day) and day not in self.days_off

    def on_or_before(self, day: date) -> date:
        """Return ``day``, or the last business day before it."""
        while not self.is_business_day(day):
            day -= timedelta(days=1)
        return day

    def on_or_after(self, day: date) -> date:
        """Return ``day``, or the first business day after it."""
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day

    def days_left(self, today: date) -> int:
        """Return how many business days the month still has, ``today`` included."""
        last = last_of_month(today)
        days = (today + timedelta(days=number) for number in range((last - today).days + 1))
        return sum(self.is_business_day(day) for day in days)

    def with_left(self, month: date, left: int) -> date | None:
        """Return the business day of the month on which so many business days are left, itself included.

        1 is the month's last business day; None where the month has not so many.
        """
        day = last_of_month(month)
        while day >= month_of(month):
            if self.is_business_day(day):
                left -= 1
                if left == 0:
                    return day
            day -= timedelta(days=1)
        return None


Dates = Callable[[date], Iterable[date]]
"""The dates on which something happens because of a month, whose first day is given; most lie within the month."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What happens at one local hour, 0 to 23, on some dates of every month, in a zone."""

    dates: Dates
    hour: int
    zone: tzinfo

    def instants(self, month: date) -> tuple[datetime, ...]:
        """Return the instants in order that belong to the month, in the schedule's zone.

        Where clocks skip that hour it is the same time after the change; where they show it twice, the first.
        """
        return tuple(_at_hour(day, self.hour, self.zone) for day in sorted(set(self.dates(month_of(month)))))

    def between(self, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """Return the instants in order that are later than ``after`` and not later than ``until``."""
        month = month_of(after.astimezone(self.zone).date())
        last = next_month(until.astimezone(self.zone).date())
        found: set[datetime] = set()
        while month <= last:
            found |= {instant for instant in self.instants(month) if _utc(after) < _utc(instant) <= _utc(until)}
            month = next_month(month)
        return tuple(sorted(found, key=_utc))

    def next_after(self, after: datetime) -> datetime | None:
        """Return the first instant later than ``after``; None where there is none in the months ahead."""
        month = month_of(after.astimezone(self.zone).date())
        for _ in range(_MOST_MONTHS_AHEAD):
            later = [instant for instant in self.instants(month) if _utc(instant) > _utc(after)]
            # A date of the month that follows may be moved into this one, before what this one still has.
            later += [instant for instant in self.instants(next_month(month)) if _utc(instant) > _utc(after)]
            if later:
                return min(later, key=_utc)
            month = next_month(month)
        return None

    def is_of_day(self, instant: datetime, now: datetime) -> bool:
        """Return whether ``now`` lies on the local day of ``instant``."""
        return instant.astimezone(self.zone).date() == now.astimezone(self.zone).date()


def on_days(days: Sequence[int], calendar: BusinessCalendar) -> Dates:
    """Return these days of the month, 1 to 28, each moved to the last business day before it if it is none.

    Raises:
        ValueError: a day is not among 1 to 28, which every month has.
    """
    if not all(1 <= day <= _LAST_DAY_OF_EVERY_MONTH for day in days):
        raise ValueError(f"days must be between 1 and {_LAST_DAY_OF_EVERY_MONTH}, as every month has them")
    return lambda month: [calendar.on_or_before(month.replace(day=day)) for day in days]


def on_business_days_left(lefts: Sequence[int], calendar: BusinessCalendar) -> Dates:
    """Return the business days on which so many business days of the month are left, themselves included.

    A month that has too few of them has none for that number.
    """
    return lambda month: [day for left in lefts if (day := calendar.with_left(month, left)) is not None]


def on_days_before_end(count: int, calendar: BusinessCalendar) -> Dates:
    """Return the day ``count`` days before the month's last, moved to the last business day before it if it is none."""
    return lambda month: [calendar.on_or_before(last_of_month(month) - timedelta(days=count))]


def on_weekday(weekday: int, calendar: BusinessCalendar) -> Dates:
    """Return each such day of the week (0 is Monday), moved to the first business day after it if it is none."""

    def weekdays(month: date) -> Iterable[date]:
        first = month + timedelta(days=(weekday - month.weekday()) % 7)
        weeks = (first + timedelta(weeks=number) for number in range(5))
        return [calendar.on_or_after(day) for day in weeks if day < next_month(month)]

    return weekdays


def on_first_business_day(calendar: BusinessCalendar) -> Dates:
    """Return the month's first business day."""
    return lambda month: [calendar.on_or_after(month)]


def _at_hour(day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC).astimezone(zone)


def _utc(instant: datetime) -> datetime:
    """Return ``instant`` in UTC: Python compares two datetimes of one zone by their clocks, which repeat an hour."""
    return instant.astimezone(UTC)
