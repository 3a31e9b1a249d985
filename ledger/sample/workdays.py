"""On which days the invented practice works, and when its people are free."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from ledger.clock import last_of_month

_SATURDAY = 5
_OPENS_MINUTE = 8 * 60
_CLOSES_MINUTE = 18 * 60
_LONGEST_PAUSE_MINUTES = 9
_LATEST_BEGIN_MINUTES = 150


def month_days(month: date, until: date | None = None) -> Sequence[date]:
    """Return the weekdays of the month that begins on ``month``, up to ``until``.

    All days where no weekday has come yet.
    """
    last = last_of_month(month) if until is None else min(last_of_month(month), until)
    days = [month + timedelta(days=number) for number in range((last - month).days + 1)]
    return [day for day in days if day.weekday() < _SATURDAY] or days


@dataclass(slots=True)
class Diary:
    """When each staff member is next free, so that nobody is in two places (billing-rules E6)."""

    rng: Random
    _free_minute: dict[tuple[str, date], int] = field(default_factory=dict)

    def book(self, staff_ids: Sequence[str], day: date, duration_minutes: int) -> datetime | None:
        """Return the local start of the next such time that all of them have free on ``day``.

        None where the day has none left.
        """
        start = max(self._free_from(staff_id, day) for staff_id in staff_ids)
        if start + duration_minutes > _CLOSES_MINUTE:
            return None
        for staff_id in staff_ids:
            self._free_minute[staff_id, day] = start + duration_minutes
        return datetime.combine(day, time(start // 60, start % 60))

    def _free_from(self, staff_id: str, day: date) -> int:
        """Return the minute of ``day``, after a pause; care time begins at another hour every morning."""
        free = self._free_minute.get((staff_id, day))
        if free is None:
            return _OPENS_MINUTE + self.rng.randint(0, _LATEST_BEGIN_MINUTES)
        return free + self.rng.randint(0, _LONGEST_PAUSE_MINUTES)
