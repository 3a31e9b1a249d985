from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.scheduling.calendar import (
    BusinessCalendar,
    Schedule,
    on_business_days_left,
    on_days,
    on_days_before_end,
    on_first_business_day,
    on_weekday,
)
from ledger.clock import next_month

NEW_YORK = ZoneInfo("America/New_York")
FEDERAL = BusinessCalendar()
DAYS = on_days((25, 26, 27, 28), FEDERAL)
AT_NINE = Schedule(DAYS, 9, NEW_YORK)

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


# Worked out from the same calendar: the days on which 6, 5 and 4 business days are left, that day included.
EXPECTED_SIX_FIVE_FOUR = {
    (2026, 1): (23, 26, 27),  # the 31st is a Saturday: 30, 29, 28, 27, 26, 23
    (2026, 2): (20, 23, 24),
    (2026, 3): (24, 25, 26),
    (2026, 4): (23, 24, 27),
    (2026, 5): (21, 22, 26),  # Memorial Day, the 25th, is none
    (2026, 6): (23, 24, 25),
    (2026, 7): (24, 27, 28),
    (2026, 8): (24, 25, 26),
    (2026, 9): (23, 24, 25),
    (2026, 10): (23, 26, 27),
    (2026, 11): (20, 23, 24),  # 30, 27, 25, 24, 23, 20: Thanksgiving is none
    (2026, 12): (23, 24, 28),  # 31, 30, 29, 28, 24, 23: Christmas is none
    (2027, 1): (22, 25, 26),
    (2027, 2): (19, 22, 23),
    (2027, 3): (24, 25, 26),
    (2027, 4): (23, 26, 27),
    (2027, 5): (21, 24, 25),  # the 31st is Memorial Day
    (2027, 6): (23, 24, 25),
    (2027, 7): (23, 26, 27),
    (2027, 8): (24, 25, 26),
    (2027, 9): (23, 24, 27),
    (2027, 10): (22, 25, 26),
    (2027, 11): (22, 23, 24),  # 30, 29, 26, 24, 23, 22
    (2027, 12): (22, 23, 27),  # the 31st is New Year, observed, the 24th Christmas, observed
}


@pytest.mark.parametrize(("year", "month"), EXPECTED_DAYS)
def test_digests_come_on_business_days_near_the_months_end(year: int, month: int) -> None:
    expected = [date(year, month, day) for day in EXPECTED_DAYS[year, month]]
    assert [instant.date() for instant in AT_NINE.instants(date(year, month, 1))] == expected


@pytest.mark.parametrize(("year", "month"), EXPECTED_SIX_FIVE_FOUR)
def test_digests_come_when_so_many_business_days_are_left(year: int, month: int) -> None:
    schedule = Schedule(on_business_days_left((6, 5, 4), FEDERAL), 9, NEW_YORK)
    expected = [date(year, month, day) for day in EXPECTED_SIX_FIVE_FOUR[year, month]]
    assert [instant.date() for instant in schedule.instants(date(year, month, 1))] == expected


def test_the_practices_own_days_off_are_no_business_days() -> None:
    own = BusinessCalendar(frozenset({date(2026, 11, 27), date(2026, 11, 25)}))
    assert [day.day for day in on_days((25, 26, 27, 28), own)(date(2026, 11, 1))] == [24, 24, 24, 24]
    assert [day.day for day in on_business_days_left((3, 2, 1), own)(date(2026, 11, 1))] == [23, 24, 30]


def test_a_month_that_has_too_few_business_days_has_no_day_for_that_number() -> None:
    assert FEDERAL.with_left(date(2026, 2, 1), 19) == date(2026, 2, 2)
    assert FEDERAL.with_left(date(2026, 2, 1), 20) is None
    assert list(on_business_days_left((20, 1), FEDERAL)(date(2026, 2, 1))) == [date(2026, 2, 27)]


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
    assert not FEDERAL.is_business_day(holiday)


def test_ordinary_weekdays_are_business_days_and_weekends_are_not() -> None:
    assert [FEDERAL.is_business_day(date(2026, 8, day)) for day in range(3, 10)] == [True] * 5 + [False] * 2


def test_days_that_only_some_states_keep_are_business_days() -> None:
    assert FEDERAL.is_business_day(date(2026, 11, 27))  # the Friday after Thanksgiving
    assert FEDERAL.is_business_day(date(2026, 4, 3))  # Good Friday


def test_a_holiday_weekend_falls_on_the_business_day_before_it() -> None:
    assert FEDERAL.on_or_before(date(2027, 12, 26)) == date(2027, 12, 23)
    assert FEDERAL.on_or_before(date(2026, 1, 1)) == date(2025, 12, 31)
    assert FEDERAL.on_or_before(date(2026, 8, 5)) == date(2026, 8, 5)


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
    assert FEDERAL.days_left(today) == left


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 15))
def test_the_day_with_so_many_business_days_left_has_so_many_left(month: date, left: int) -> None:
    day = FEDERAL.with_left(month, left)
    assert day is not None
    assert (FEDERAL.days_left(day), FEDERAL.is_business_day(day), day.month) == (left, True, month.month)


def test_seven_days_before_the_end_is_a_business_day() -> None:
    before = {month: on_days_before_end(7, FEDERAL)(date(2026, month, 1)) for month in (1, 2, 5, 11)}
    assert before == {  # the 24th, a Saturday; the 21st, a Saturday; the 24th, a Sunday; the 23rd, a Monday
        1: [date(2026, 1, 23)],
        2: [date(2026, 2, 20)],
        5: [date(2026, 5, 22)],
        11: [date(2026, 11, 23)],
    }


def test_a_weekly_day_that_is_a_holiday_moves_to_the_next_business_day() -> None:
    mondays = on_weekday(0, FEDERAL)
    assert list(mondays(date(2026, 5, 1))) == [date(2026, 5, day) for day in (4, 11, 18, 26)]  # the 25th: Memorial Day
    assert list(mondays(date(2027, 5, 1)))[-1] == date(2027, 6, 1)  # the 31st is Memorial Day


def test_the_first_business_day_of_a_month() -> None:
    firsts = on_first_business_day(FEDERAL)
    assert [*firsts(date(2026, 1, 1)), *firsts(date(2026, 8, 1)), *firsts(date(2027, 1, 1))] == [
        date(2026, 1, 2),
        date(2026, 8, 3),
        date(2027, 1, 4),
    ]


def test_digests_are_posted_at_nine_local_time_on_both_sides_of_a_change_of_clocks() -> None:
    instants = AT_NINE.instants(date(2026, 3, 1)) + AT_NINE.instants(date(2026, 11, 1))
    assert [instant.hour for instant in instants] == [9] * 5
    assert [instant.astimezone(UTC).hour for instant in instants] == [13, 13, 13, 14, 14]


def test_an_hour_that_clocks_skip_is_the_time_right_after() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # clocks go from 0 to 1 on Friday, April 24, 2026
    (instant,) = Schedule(on_days((24,), FEDERAL), 0, cairo).instants(date(2026, 4, 1))
    assert (instant.hour, instant.astimezone(UTC)) == (1, datetime(2026, 4, 23, 22, 0, tzinfo=UTC))


def test_an_hour_that_clocks_show_twice_is_the_first() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # clocks went from 24 back to 23 at the end of Thursday, October 26, 2023
    (instant,) = Schedule(on_days((26,), FEDERAL), 23, cairo).instants(date(2023, 10, 1))
    assert instant.astimezone(UTC) == datetime(2023, 10, 26, 20, 0, tzinfo=UTC)
    every_second = [instant + timedelta(hours=hours) for hours in (-1, 0, 1, 2)]
    schedule = Schedule(on_days((26,), FEDERAL), 23, cairo)
    assert [len(schedule.between(one - timedelta(minutes=1), one)) for one in every_second] == [0, 1, 0, 0]


def test_a_schedule_keeps_its_own_zone_whatever_zone_it_is_asked_in() -> None:
    nine = datetime(2026, 8, 25, 9, 0, tzinfo=NEW_YORK)
    for zone in (UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu")):
        asked = nine.astimezone(zone)
        assert AT_NINE.between(asked - timedelta(minutes=1), asked) == (nine,)
        assert AT_NINE.between(asked - timedelta(minutes=2), asked - timedelta(minutes=1)) == ()
        assert AT_NINE.is_of_day(nine, asked + timedelta(hours=14, minutes=59))
        assert not AT_NINE.is_of_day(nine, asked + timedelta(hours=15))


def test_a_day_moved_into_the_month_before_is_due_there() -> None:
    friday = datetime(2026, 7, 31, 9, 0, tzinfo=NEW_YORK)  # August 1, 2026 is a Saturday
    first = Schedule(on_days((1,), FEDERAL), 9, NEW_YORK)
    assert first.between(friday - timedelta(minutes=1), friday) == (friday,)
    assert first.next_after(friday - timedelta(hours=1)) == friday


def test_the_next_digest_is_later_than_the_moment_asked_about() -> None:
    first, second = datetime(2026, 11, 25, 9, 0, tzinfo=NEW_YORK), datetime(2026, 11, 27, 9, 0, tzinfo=NEW_YORK)
    assert AT_NINE.next_after(first - timedelta(hours=1)) == first
    assert AT_NINE.next_after(first) == second
    assert AT_NINE.next_after(second.astimezone(UTC)) == datetime(2026, 12, 24, 9, 0, tzinfo=NEW_YORK)
    assert Schedule(on_days((), FEDERAL), 9, NEW_YORK).next_after(first) is None


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)), st.integers(1, 60))  # noqa: DTZ001 - UTC below
def test_walking_from_one_instant_to_the_next_finds_each_once(start: datetime, days: int) -> None:
    begin = start.replace(tzinfo=UTC)
    end = begin + timedelta(days=days)
    walked = []
    at = begin
    while (upcoming := AT_NINE.next_after(at)) is not None and upcoming <= end:
        walked.append(upcoming)
        at = upcoming
    assert tuple(walked) == AT_NINE.between(begin, end)


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 28"):
        on_days((day,), FEDERAL)


def test_the_following_month_of_a_december_is_in_the_next_year() -> None:
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
