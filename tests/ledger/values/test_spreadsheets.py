"""Days, times and numbers as spreadsheets write them."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.values.reading import UnreadableValueError
from ledger.values.spreadsheets import read_date, read_moment, read_month, read_whole_number

DAY = date(2026, 11, 3)
days = st.dates(date(2000, 1, 1), date(2079, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "2026/11/3",
        "11/3/2026",
        "11/03/26",
        "11-03-2026",
        "Nov 3, 2026",
        "November 3 2026",
        "3-Nov-26",
        "3 Nov 2026",
        "2026-11-03 00:00:00",
        "2026-11-03T00:00",
        "11/3/2026 0:00",
        "11/3/2026 12:00:00 AM",
        "46329",
        "46329.0",
    ],
)
def test_a_day_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert read_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03.11.2026", "may have the day or the month first"),
        ("13/11/2026", "is not a date"),
        ("11/3/2026 2:05 PM", "holds a time of day"),
        ("46329.5", "holds a time of day"),
        ("soon", "is not a date"),
        ("11/3", "is not a date"),
        ("2026-02-30", "is not a date"),
    ],
)
def test_what_is_no_day_for_certain_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_date(text)
    assert said in refused.value.message


@given(days)
def test_every_day_reads_the_same_however_it_is_written(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    texts = (day.isoformat(), f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day:%d-%b-%Y}", str(serial))
    assert {read_date(text) for text in texts} == {day}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-03T14:05", time(14, 5)),
        ("11/3/2026 2:05 PM", time(14, 5)),
        ("11/3/26 14:05:30", time(14, 5, 30)),
        ("2:05 PM", time(14, 5)),
        ("12:05am", time(0, 5)),
        ("14:05", time(14, 5)),
    ],
)
def test_a_moment_is_read_and_a_time_alone_is_of_its_day(text: str, at: time) -> None:
    assert read_moment(text, DAY) == datetime.combine(DAY, at)


@pytest.mark.parametrize("text", ["2:05 PM", "13:05 PM", "25:00", "2026-11-03", "noon"])
def test_a_moment_without_a_day_or_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_moment(text)


@pytest.mark.parametrize("text", ["2026-11", "11/2026", "Nov 2026", "Nov-26", "2026-11-01", "11/1/2026"])
def test_a_month_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert read_month(text) == date(2026, 11, 1)


@pytest.mark.parametrize("text", ["", "2026-13", "11/3/2026", "Nov", "soon"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_month(text)


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("12.0", 12), ("12,0", 12), ("12.00", 12)])
def test_a_whole_number_may_have_zeros_behind_its_point(text: str, number: int) -> None:
    assert read_whole_number(text) == number
    assert read_whole_number(f"{text} min", minutes=True) == number


@pytest.mark.parametrize("text", ["12.5", "1,000", "1,200", "0:12", "-12", "12 h", "", "\u0661"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_whole_number(text, minutes=True)
