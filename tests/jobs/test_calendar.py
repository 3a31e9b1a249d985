from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from jobs.calendar import (
    business_day_for,
    business_days_left,
    digest_dates,
    digest_instants,
    due,
    is_business_day,
    next_instant,
)

NEW_YORK = ZoneInfo("America/New_York")

# Worked out from a paper calendar: the 25th to 28th, moved back over weekends and federal holidays.
EXPECTED_DAYS = {
    (2026, 1): (23, 26, 27, 28),  # the 25th is a Sunday
    (2026, 2): (25, 26, 27),  # the 28th is a Saturday
    (2026, 3): (25, 26, 27),
    (2026, 4): (24, 27, 28),  # the 25th and 26th are a weekend
    (2026, 5): (22, 26, 27, 28),  # the 25th is Memorial Day
    (2026, 6): (25, 26),  # the 28th is a Sunday
    (2026, 7): (24, 27, 28),
    (2026, 8): (25, 26, 27, 28),
    (2026, 9): (25, 28),
    (2026, 10): (23, 26, 27, 28),
    (2026, 11): (25, 27),  # the 26th is Thanksgiving, the 28th a Saturday
    (2026, 12): (24, 28),  # the 25th is Christmas, a Friday
    (2027, 1): (25, 26, 27, 28),
    (2027, 2): (25, 26),
    (2027, 3): (25, 26),
    (2027, 4): (23, 26, 27, 28),
    (2027, 5): (25, 26, 27, 28),
    (2027, 6): (25, 28),
    (2027, 7): (23, 26, 27, 28),
    (2027, 8): (25, 26, 27),
    (2027, 9): (24, 27, 28),
    (2027, 10): (25, 26, 27, 28),
    (2027, 11): (24, 26),  # the 25th is Thanksgiving
    (2027, 12): (23, 27, 28),  # Christmas, a Saturday, is observed on the 24th
}


@pytest.mark.parametrize(("year", "month"), EXPECTED_DAYS)
def test_digests_come_on_business_days_near_the_months_end(year: int, month: int) -> None:
    expected = tuple(date(year, month, day) for day in EXPECTED_DAYS[year, month])
    assert digest_dates(date(year, month, 1)) == expected


@pytest.mark.parametrize(
    "holiday",
    [
        date(2026, 1, 1),
        date(2026, 1, 19),  # Martin Luther King Jr.
        date(2026, 2, 16),  # Washington's Birthday
        date(2026, 5, 25),  # Memorial Day
        date(2026, 6, 19),  # Juneteenth
        date(2026, 7, 3),  # Independence Day, a Saturday, observed
        date(2026, 9, 7),  # Labor Day
        date(2026, 10, 12),  # Columbus Day
        date(2026, 11, 11),  # Veterans Day
        date(2026, 11, 26),  # Thanksgiving
        date(2026, 12, 25),
        date(2027, 7, 5),  # Independence Day, a Sunday, observed
        date(2027, 12, 31),  # New Year 2028, a Saturday, observed in the year before
    ],
)
def test_federal_holidays_are_no_business_days(holiday: date) -> None:
    assert not is_business_day(holiday)


def test_ordinary_weekdays_are_business_days_and_weekends_are_not() -> None:
    assert [is_business_day(date(2026, 8, day)) for day in range(3, 10)] == [True] * 5 + [False] * 2


def test_days_that_only_some_states_keep_are_business_days() -> None:
    assert is_business_day(date(2026, 11, 27))  # the Friday after Thanksgiving
    assert is_business_day(date(2026, 4, 3))  # Good Friday


def test_a_holiday_weekend_falls_on_the_business_day_before_it() -> None:
    assert business_day_for(date(2027, 12, 26)) == date(2027, 12, 23)
    assert business_day_for(date(2026, 1, 1)) == date(2025, 12, 31)
    assert business_day_for(date(2026, 8, 5)) == date(2026, 8, 5)


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 11, 1), 19),  # 21 weekdays, less Veterans Day and Thanksgiving
        (date(2026, 11, 25), 3),
        (date(2026, 11, 26), 2),
        (date(2026, 11, 30), 1),
        (date(2026, 2, 28), 0),
        (date(2026, 12, 31), 1),
        (date(2027, 12, 31), 0),
        (date(2028, 2, 29), 1),
    ],
)
def test_business_days_left_count_today(today: date, left: int) -> None:
    assert business_days_left(today) == left


def test_digests_are_posted_at_nine_local_time_on_both_sides_of_a_change_of_clocks() -> None:
    instants = digest_instants(date(2026, 3, 1), NEW_YORK) + digest_instants(date(2026, 11, 1), NEW_YORK)
    assert [instant.hour for instant in instants] == [9] * 5
    assert [instant.astimezone(UTC).hour for instant in instants] == [13, 13, 13, 14, 14]


def test_an_hour_that_clocks_skip_is_the_time_right_after() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # clocks go from 0 to 1 on Friday, April 24, 2026
    (instant,) = digest_instants(date(2026, 4, 1), cairo, hour=0, days=(24,))
    assert (instant.hour, instant.astimezone(UTC)) == (1, datetime(2026, 4, 23, 22, 0, tzinfo=UTC))


def test_an_hour_that_clocks_show_twice_is_the_first() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # clocks went from 24 back to 23 at the end of Thursday, October 26, 2023
    (instant,) = digest_instants(date(2023, 10, 1), cairo, hour=23, days=(26,))
    assert instant.astimezone(UTC) == datetime(2023, 10, 26, 20, 0, tzinfo=UTC)


def test_a_digest_is_due_from_its_time_to_the_end_of_its_day() -> None:
    nine = datetime(2026, 8, 25, 9, 0, tzinfo=NEW_YORK)
    assert due(nine.replace(hour=8, minute=59), NEW_YORK) == ()
    assert due(nine, NEW_YORK) == (nine,)
    assert due(nine.replace(hour=23, minute=59).astimezone(UTC), NEW_YORK) == (nine,)
    assert due(datetime(2026, 8, 29, 10, 0, tzinfo=NEW_YORK), NEW_YORK) == ()


def test_a_day_moved_into_the_month_before_is_due_there() -> None:
    friday = datetime(2026, 7, 31, 9, 0, tzinfo=NEW_YORK)  # August 1, 2026 is a Saturday
    assert due(friday, NEW_YORK, days=(1,)) == (friday,)
    assert next_instant(friday.replace(hour=8), NEW_YORK, days=(1,)) == friday


def test_the_next_digest_is_later_than_the_moment_asked_about() -> None:
    first, second = datetime(2026, 11, 25, 9, 0, tzinfo=NEW_YORK), datetime(2026, 11, 27, 9, 0, tzinfo=NEW_YORK)
    assert next_instant(first.replace(hour=8), NEW_YORK) == first
    assert next_instant(first, NEW_YORK) == second
    assert next_instant(second.astimezone(UTC), NEW_YORK) == datetime(2026, 12, 24, 9, 0, tzinfo=NEW_YORK)
    assert next_instant(first, NEW_YORK, days=()) is None


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 28"):
        digest_dates(date(2026, 1, 1), days=(day,))
