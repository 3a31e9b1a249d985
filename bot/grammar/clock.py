"""Times of day and local dates as people write them, turned into instants."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

CLOCK = r"[0-9]{1,2}(?::[0-9]{2})?(?:\s*[ap]\.?m\.?|[ap])?"
"""A time of day as a pattern: ``14:05``, ``2:05pm``, ``2:05 pm``, ``2:05p``, ``2pm``."""

_CLOCK_PARTS = re.compile(r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?\s*(?P<half>[ap])?\.?m?\.?", re.IGNORECASE)
_NOON = 12
_LAST_HOUR_IN_DOUBT = 6


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day as written: ``half`` is "a", "p" or, where neither was said, ""."""

    hour: int
    minute: int
    half: str
    has_minutes: bool
    has_leading_zero: bool

    @property
    def exists(self) -> bool:
        """Whether a clock can show it."""
        hours = range(1, _NOON + 1) if self.half else range(24)
        return self.hour in hours and self.minute in range(60)

    @property
    def is_in_doubt(self) -> bool:
        """Whether morning and afternoon are equally likely: 1 to 6 o'clock, written as ``2:05``."""
        return not self.half and not self.has_leading_zero and 1 <= self.hour <= _LAST_HOUR_IN_DOUBT

    @property
    def is_24_hour(self) -> bool:
        """Whether it can only be meant on a 24-hour clock: ``14:05``, ``0:10``, ``02:05``."""
        return not self.half and (self.has_leading_zero or self.hour == 0 or self.hour > _NOON)

    def with_half(self, half: str) -> "ClockTime":
        """Return this time with its digits in the given half of the day."""
        return ClockTime(self.hour, self.minute, half, self.has_minutes, self.has_leading_zero)

    def as_time(self) -> time:
        """Return the time of day it names."""
        hour = self.hour
        if self.half:
            hour = hour % _NOON + (_NOON if self.half == "p" else 0)
        return time(hour, self.minute)


def read_clock(text: str) -> ClockTime:
    """Return ``text``, which matches ``CLOCK``, as a time of day; whether such a time ``exists`` is not yet said."""
    parts = _CLOCK_PARTS.fullmatch(text.strip())
    if parts is None:
        raise ValueError("not a time of day: it must match CLOCK")
    return ClockTime(
        hour=int(parts["hour"]),
        minute=int(parts["minute"] or 0),
        half=(parts["half"] or "").lower(),
        has_minutes=parts["minute"] is not None,
        has_leading_zero=len(parts["hour"]) > 1 and parts["hour"].startswith("0"),
    )


def settle_halves(first: ClockTime, last: ClockTime) -> tuple[ClockTime, ClockTime] | None:
    """Return both ends of a range with morning and afternoon settled, or None where that would be a guess.

    Where one end says am or pm, the other takes the half that makes the range shorter (``2:05-2:17pm``,
    ``11:50-12:10pm``). Where neither does, the clock has 24 hours, but ``2:05-2:17`` is in doubt.
    """
    if bool(first.half) != bool(last.half):
        loose = last if first.half else first
        if loose.is_24_hour:
            return first, last
        choices = [(first, last.with_half(half)) if first.half else (first.with_half(half), last) for half in "ap"]
        return min(choices, key=lambda ends: minutes_between(*ends))
    in_doubt = first.is_in_doubt or last.is_in_doubt
    return None if in_doubt and not (first.is_24_hour or last.is_24_hour) else (first, last)


def minutes_between(first: ClockTime, last: ClockTime) -> int:
    """Minutes on the clock from ``first`` to the next ``last``; 0 where they are the same."""
    start, end = first.as_time(), last.as_time()
    return (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % (24 * 60)


def local_instant(day: date, at: time, zone: tzinfo | None) -> datetime | None:
    """Return the instant at which clocks in ``zone`` show ``at`` on ``day``.

    None where clocks skip that time; the earlier of the two where they show it twice.
    """
    instant = datetime.combine(day, at, tzinfo=zone)
    seen = instant.astimezone(UTC).astimezone(zone)
    return instant if seen.replace(tzinfo=None) == instant.replace(tzinfo=None) else None


def later(instant: datetime, minutes: int) -> datetime:
    """Return the instant ``minutes`` of elapsed time later (earlier, where negative), in the same zone."""
    return (instant.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(instant.tzinfo)


def elapsed_minutes(start: datetime, end: datetime) -> int:
    """Whole minutes that pass between two instants, whatever clocks do in between."""
    return int((end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(minutes=1))


def is_after(instant: datetime, other: datetime) -> bool:
    """Return whether ``instant`` is later.

    Python compares two datetimes of one zone by their clocks, which repeat an hour.
    """
    return instant.astimezone(UTC) > other.astimezone(UTC)
