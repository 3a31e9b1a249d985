"""What a form shows of a length says the same when it is read, or is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from bot.grammar.lengths import format_length, unread_length
from bot.grammar.log_line import LogLine, parse_log

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=NEW_YORK)
PIECES = ["12", "12m", "1h5m", "1:05", "25h", "0m", "12x", "15 min", "units", "meds", "call"]
PIECES += ["10:05-10:17", "2:05-2:17", "2:05-2:17pm", "23:50-00:10", "20:00-9:00", "at 9:05", "at 14:05", "-15"]
PIECES += ["yesterday", "today", "11/20", "11/01", "2/31"]
texts = st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join)
# The nights on which clocks are changed among them.
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(NEW_YORK)) | st.sampled_from(  # noqa: DTZ001 the strategy adds the zone
    [NOW, datetime(2026, 11, 1, 9, 0, tzinfo=NEW_YORK), datetime(2026, 3, 8, 9, 0, tzinfo=NEW_YORK)]
)


def parse(text: str, now: datetime) -> LogLine:
    return parse_log(text, now=now, find_codes=lambda _word: ())


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_what_is_shown_of_a_length_says_the_same_with_its_day(text: str, now: datetime) -> None:
    line = replace(parse(text, now), problems=())
    day = line.date_of_service.isoformat() if line.date_of_service else ""

    again = parse(f"{format_length(line, now=now)} {day}", now)

    assert again.duration_minutes == line.duration_minutes
    assert again.problems == ()
    if line.started_at and line.ended_at and not line.started_at.fold:
        assert (again.started_at, again.ended_at) == (line.started_at, line.ended_at)


@settings(max_examples=examples(400), deadline=None)
@given(texts, instants)
def test_words_that_could_not_be_read_are_shown_only_where_they_are_refused(text: str, now: datetime) -> None:
    line = parse(text, now)
    day = line.date_of_service.isoformat() if line.date_of_service else ""

    shown = unread_length(text, line.problems, line, now=now)

    assert not shown or parse(f"{shown} {day}", now).problems


@pytest.mark.parametrize(
    ("start", "minutes", "shown"),
    [
        (datetime(2026, 11, 23, 10, 5, tzinfo=NEW_YORK), 12, "10:05-10:17"),
        (datetime(2026, 11, 22, 14, 5, tzinfo=NEW_YORK), 24 * 60, "1440m at 14:05"),
        (datetime(2026, 11, 22, 20, 0, tzinfo=NEW_YORK), 13 * 60, "780m at 20:00"),
        (datetime(2026, 11, 1, 0, 30, tzinfo=NEW_YORK), 120, "120m at 00:30"),
        (datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK), 12, "12m"),
    ],
)
def test_times_are_shown_as_from_and_to_where_that_can_be_read(start: datetime, minutes: int, shown: str) -> None:
    end = (start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).astimezone(NEW_YORK)
    line = LogLine(duration_minutes=minutes, started_at=start, ended_at=end, date_of_service=start.date())

    assert format_length(line, now=NOW) == shown
