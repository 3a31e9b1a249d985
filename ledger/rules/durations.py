"""Lengths of time: from instants to whole minutes (E2), over midnight (E3), late (E8), and spans of work.

Everything is computed on instants in UTC: Python subtracts two times of one zone by their clock faces, which is an
hour wrong over a night when the clocks change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
LATE_AFTER = timedelta(hours=72)
"""An entry recorded longer than this after the work is late (billing-rules E8)."""

Span = tuple[datetime, datetime]
"""A stretch of work from an instant to a later one, both in UTC."""


@dataclass(frozen=True, slots=True)
class EntryPart:
    """The part of a piece of work that lies in one local date (billing-rules E3). Its times are in the given zone."""

    date_of_service: date
    started_at: datetime
    ended_at: datetime
    duration_minutes: int


def nearest_minutes(length: timedelta) -> int:
    """Return the nearest whole minute of ``length``, an exact half going down (billing-rules E2)."""
    minutes, rest = divmod(length, MINUTE)
    return minutes + (rest * 2 > MINUTE)


def duration_minutes(started_at: datetime, ended_at: datetime) -> int:
    """Return the length between two instants in whole minutes (billing-rules E2).

    The number is not positive where the end is no later than the start.
    """
    return nearest_minutes(ended_at.astimezone(UTC) - started_at.astimezone(UTC))


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of the local date ``day``, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the local date ``day`` is over, in UTC."""
    return first_instant(day + timedelta(days=1), zone)


def split_at_midnight(started_at: datetime, ended_at: datetime, zone: ZoneInfo) -> tuple[EntryPart, ...]:
    """Return the parts of a piece of work, one a local date, earliest first (billing-rules E3).

    Their minutes add up to ``duration_minutes`` of the whole: each part gets what the running total, rounded by E2,
    grows by. A part with no minute is left out; work that rounds to no minute has no part.
    """
    start, end = started_at.astimezone(UTC), ended_at.astimezone(UTC)
    parts: list[EntryPart] = []
    minutes_before = 0
    part_start = start
    while part_start < end:
        day = part_start.astimezone(zone).date()
        part_end = min(end, end_of_day(day, zone))
        minutes_until = nearest_minutes(part_end - start)
        if minutes_until > minutes_before:
            parts.append(
                EntryPart(day, part_start.astimezone(zone), part_end.astimezone(zone), minutes_until - minutes_before)
            )
        minutes_before = minutes_until
        part_start = part_end
    return tuple(parts)


def is_late(recorded_at: datetime, work_ended_at: datetime) -> bool:
    """Return whether a record made at ``recorded_at`` came more than 72 hours after the work (billing-rules E8)."""
    return recorded_at.astimezone(UTC) - work_ended_at.astimezone(UTC) > LATE_AFTER


def without(spans: Iterable[Span], taken: Sequence[Span]) -> tuple[Span, ...]:
    """Return what is left of ``spans`` outside ``taken``, in order of time."""
    left = tuple(spans)
    for taken_start, taken_end in taken:
        remaining: list[Span] = []
        for start, end in left:
            if taken_end <= start or end <= taken_start:
                remaining.append((start, end))
                continue
            if start < taken_start:
                remaining.append((start, taken_start))
            if taken_end < end:
                remaining.append((taken_end, end))
        left = tuple(remaining)
    return left


def spans_minutes(spans: Iterable[Span]) -> int:
    """Return the length of all ``spans`` together in whole minutes (billing-rules E2)."""
    return nearest_minutes(sum((end - start for start, end in spans), timedelta()))
