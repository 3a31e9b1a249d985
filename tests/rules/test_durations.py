from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.rules.durations import EntryPart, duration_minutes, is_late, spans_minutes, split_at_midnight, without

NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = NEW_YORK, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def shape(parts: tuple[EntryPart, ...]) -> list[tuple[str, int]]:
    return [(part.date_of_service.isoformat(), part.duration_minutes) for part in parts]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-03T10:00:00", "2026-11-03T10:12:00", 12),
        ("2026-11-03T10:00:00", "2026-11-03T10:07:29", 7),
        ("2026-11-03T10:00:00", "2026-11-03T10:07:30", 7),
        ("2026-11-03T10:00:00", "2026-11-03T10:07:30.000001", 8),
        ("2026-11-03T10:00:00", "2026-11-03T10:07:31", 8),
        ("2026-11-03T10:00:00", "2026-11-03T10:00:30", 0),
        ("2026-11-03T10:00:00", "2026-11-03T10:00:31", 1),
    ],
)
def test_e2_the_length_is_the_nearest_minute_and_an_exact_half_goes_down(start: str, end: str, minutes: int) -> None:
    assert duration_minutes(local(start), local(end)) == minutes


def test_e2_a_night_when_the_clocks_change_has_the_minutes_that_passed() -> None:
    assert duration_minutes(local("2026-03-08T01:50"), local("2026-03-08T03:10")) == 20
    assert duration_minutes(local("2026-11-01T00:50"), local("2026-11-01T02:10")) == 140
    assert duration_minutes(local("2026-11-01T01:50"), local("2026-11-01T01:10", fold=1)) == 20


def test_e3_work_within_one_date_stays_whole() -> None:
    parts = split_at_midnight(local("2026-11-03T10:00"), local("2026-11-03T10:12"), NEW_YORK)
    assert parts == (EntryPart(date(2026, 11, 3), local("2026-11-03T10:00"), local("2026-11-03T10:12"), 12),)


def test_e3_work_over_midnight_gives_each_date_its_minutes() -> None:
    parts = split_at_midnight(local("2026-11-30T23:50"), local("2026-12-01T00:10"), NEW_YORK)
    assert shape(parts) == [("2026-11-30", 10), ("2026-12-01", 10)]
    assert parts[0].ended_at == parts[1].started_at == local("2026-12-01T00:00")


def test_e3_midnight_is_that_of_the_practice_whatever_zone_the_times_are_in() -> None:
    start = local("2026-11-30T23:50").astimezone(UTC)
    assert shape(split_at_midnight(start, start + timedelta(minutes=20), NEW_YORK)) == [
        ("2026-11-30", 10),
        ("2026-12-01", 10),
    ]


def test_e3_parts_add_up_to_the_whole_when_each_alone_would_not() -> None:
    # 30 s + 31 s: each part alone rounds to 0 and 1, the whole is 1; 90 s + 90 s: 1 and 1, the whole is 3.
    one = split_at_midnight(local("2026-11-03T23:59:30"), local("2026-11-04T00:00:31"), NEW_YORK)
    assert shape(one) == [("2026-11-04", 1)]
    three = split_at_midnight(local("2026-11-03T23:58:30"), local("2026-11-04T00:01:30"), NEW_YORK)
    assert shape(three) == [("2026-11-03", 1), ("2026-11-04", 2)]


def test_e3_work_that_ends_at_midnight_has_one_part() -> None:
    parts = split_at_midnight(local("2026-11-03T23:40"), local("2026-11-04T00:00"), NEW_YORK)
    assert shape(parts) == [("2026-11-03", 20)]


def test_e3_work_of_half_a_minute_has_no_part() -> None:
    assert split_at_midnight(local("2026-11-03T10:00:00"), local("2026-11-03T10:00:30"), NEW_YORK) == ()
    assert split_at_midnight(local("2026-11-03T10:00:00"), local("2026-11-03T10:00:00"), NEW_YORK) == ()


@pytest.mark.parametrize(
    ("zone", "start", "end", "parts"),
    [
        ("America/New_York", "2026-10-31T23:50", "2026-11-01T03:00", [("2026-10-31", 10), ("2026-11-01", 240)]),
        ("America/New_York", "2026-03-07T23:50", "2026-03-08T03:00", [("2026-03-07", 10), ("2026-03-08", 120)]),
        # In Havana the clocks jump at midnight itself: 00:00 does not exist in March and is there twice in November.
        ("America/Havana", "2026-03-07T23:50", "2026-03-08T01:10", [("2026-03-07", 10), ("2026-03-08", 10)]),
        ("America/Havana", "2026-10-31T23:50", "2026-11-01T01:10", [("2026-10-31", 10), ("2026-11-01", 130)]),
    ],
)
def test_e3_nights_when_the_clocks_change(zone: str, start: str, end: str, parts: list[tuple[str, int]]) -> None:
    where = ZoneInfo(zone)
    assert shape(split_at_midnight(local(start, where), local(end, where), where)) == parts


def test_e8_late_is_more_than_72_hours_after_the_work() -> None:
    worked = local("2026-11-03T10:00")
    assert not is_late(worked + timedelta(hours=72), worked)
    assert is_late(worked + timedelta(hours=72, seconds=1), worked)


def test_e8_the_72_hours_are_hours_that_passed_when_the_clocks_change() -> None:
    worked = local("2026-10-30T10:00")
    assert not is_late(local("2026-11-02T09:00"), worked)
    assert is_late(local("2026-11-02T09:01"), worked)


def test_spans_lose_what_is_taken_from_them() -> None:
    ten, eleven, noon, one = (datetime(2026, 11, 3, hour, tzinfo=UTC) for hour in (10, 11, 12, 13))
    assert without([(ten, one)], [(eleven, noon)]) == ((ten, eleven), (noon, one))
    assert without([(ten, noon)], [(noon, one)]) == ((ten, noon),)
    assert without([(eleven, noon)], [(ten, one)]) == ()
    assert spans_minutes([(ten, eleven), (noon, one)]) == 120


def test_time_taken_at_an_end_leaves_nothing_there() -> None:
    ten, eleven, noon, one = (datetime(2026, 11, 3, hour, tzinfo=UTC) for hour in (10, 11, 12, 13))
    assert without([(ten, noon)], [(ten, eleven)]) == ((eleven, noon),)
    assert without([(ten, noon)], [(eleven, noon)]) == ((ten, eleven),)
    assert without([(ten, eleven), (noon, one)], [(noon, one)]) == ((ten, eleven),)
    assert without([(ten, eleven), (noon, one)], [(ten, eleven)]) == ((noon, one),)
    half_past = noon + timedelta(minutes=30)
    assert without([(ten, eleven), (noon, one)], [(noon, half_past)]) == ((ten, eleven), (half_past, one))


def test_e3_parts_carry_the_clock_of_the_practice() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    start = datetime(2026, 11, 3, 18, 20, tzinfo=UTC)
    parts = split_at_midnight(start, start + timedelta(minutes=20), zone)
    assert [(part.started_at.tzinfo, part.ended_at.tzinfo) for part in parts] == [(zone, zone), (zone, zone)]
