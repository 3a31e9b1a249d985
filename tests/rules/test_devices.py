"""R10, R11: device periods of 30 days, their codes and dates, and the code for the set-up."""

from datetime import date, timedelta
from typing import Any

import pytest

from ledger.rules.facts import Consent, DeviceSetUp, Enrollment, PatientMonth, Program, Readings

RPM = Program("RPM")
SINCE = date(2025, 6, 1)


def days(first: date, count: int) -> tuple[date, ...]:
    """So many days in a row."""
    return tuple(first + timedelta(days=number) for number in range(count))


def a_month(build: Any, month: date, *readings: Readings, set_up: tuple[date, ...] = (), **facts: Any) -> PatientMonth:
    given: dict[str, Any] = {
        "month": month,
        "enrollments": (Enrollment(RPM, SINCE),),
        "consents": (Consent(RPM, SINCE),),
        "readings": readings,
        "devices": tuple(DeviceSetUp(day) for day in set_up),
    }
    found: PatientMonth = build.month(**{**given, **facts})
    return found


def lines(build: Any, facts: PatientMonth) -> list[tuple[str, int, str]]:
    """Code, units and the period as text."""
    return [
        (line.code, line.units, f"{line.first_day or '?'}..{line.date_of_service}")
        for line in build.statement(facts).codes
    ]


def warned(build: Any, facts: PatientMonth) -> set[str]:
    return {one.code for part in build.statement(facts).programs for one in part.warnings} & {"W16", "W18"}


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (date(2026, 1, 1), []),
        (date(2026, 2, 1), [("99454", 1, "2026-01-15..2026-02-13"), ("99453", 1, "2026-01-15..2026-02-13")]),
        (date(2026, 3, 1), [("99454", 1, "2026-02-14..2026-03-15")]),
        (date(2026, 4, 1), [("99454", 1, "2026-03-16..2026-04-14")]),
        (date(2026, 5, 1), [("99454", 1, "2026-04-15..2026-05-14")]),
        (date(2026, 6, 1), []),
    ],
)
def test_r10_set_up_on_january_15_with_readings_on_20_days_of_each_period(
    build: Any, month: date, expected: list[tuple[str, int, str]]
) -> None:
    begins = (date(2026, 1, 15), date(2026, 2, 14), date(2026, 3, 16), date(2026, 4, 15))
    read = Readings(dates=tuple(day for begin in begins for day in days(begin + timedelta(days=5), 20)))
    assert lines(build, a_month(build, month, read, set_up=(date(2026, 1, 15),))) == expected


def test_r10_two_periods_that_end_in_one_month_are_two_lines(build: Any) -> None:
    facts = a_month(
        build, date(2026, 3, 1), *(Readings(days=18, from_date=day) for day in (date(2026, 1, 31), date(2026, 3, 2)))
    )
    assert lines(build, facts) == [
        ("99454", 1, "2026-01-31..2026-03-01"),
        ("99454", 1, "2026-03-02..2026-03-31"),
    ]


@pytest.mark.parametrize(
    ("count", "in_2025", "in_2026"),
    [(1, [], []), (2, [], ["99445"]), (15, [], ["99445"]), (16, ["99454"], ["99454"]), (30, ["99454"], ["99454"])],
)
def test_r10_a_count_with_its_first_day_is_dated_on_the_periods_last_day(
    build: Any, count: int, in_2025: list[str], in_2026: list[str]
) -> None:
    for year, expected in ((2025, in_2025), (2026, in_2026)):
        period = Readings(days=count, from_date=date(year, 10, 12))
        facts = a_month(build, date(year, 11, 1), period)
        assert lines(build, facts) == [(code, 1, f"{year}-10-12..{year}-11-10") for code in expected]
        assert lines(build, a_month(build, date(year, 10, 1), period)) == []


def test_r10_after_a_pause_the_next_period_begins_with_the_first_day_with_readings(build: Any) -> None:
    read = Readings(dates=(*days(date(2026, 6, 1), 16), *days(date(2026, 10, 20), 16)))
    assert lines(build, a_month(build, date(2026, 11, 1), read)) == [("99454", 1, "2026-10-20..2026-11-18")]


def test_r10_without_a_pause_a_period_begins_right_after_the_last_though_its_first_days_have_no_readings(
    build: Any,
) -> None:
    read = Readings(dates=(*days(date(2026, 10, 1), 16), *days(date(2026, 11, 5), 16)))
    assert lines(build, a_month(build, date(2026, 11, 1), read)) == [("99454", 1, "2026-10-31..2026-11-29")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"consents": (Consent(RPM, date(2026, 11, 5)),)}, ["99445"]),  # 15 of the 20 days lie on or after it
        ({"consents": (Consent(RPM, date(2026, 11, 4)),)}, ["99454"]),
        ({"enrollments": (Enrollment(RPM, date(2026, 11, 5)),)}, ["99445"]),
        ({"enrollments": (Enrollment(RPM, SINCE, date(2026, 11, 28)),)}, []),  # over on the period's last day
        ({"enrollments": (Enrollment(RPM, SINCE, date(2026, 11, 29)),)}, ["99454"]),
        ({"consents": (Consent(RPM, SINCE, revoked_on=date(2026, 10, 30)),)}, []),
        ({"consents": (Consent(RPM, SINCE, revoked_on=date(2026, 11, 2)),)}, ["99454"]),
    ],
)
def test_r10_days_before_consent_or_outside_enrollment_do_not_count(
    build: Any, facts: dict[str, Any], expected: list[str]
) -> None:
    month = a_month(build, date(2026, 11, 1), Readings(dates=days(date(2026, 10, 31), 20)), **facts)
    assert [code for code, _, _ in lines(build, month)] == expected


def test_r10_a_bare_count_is_dated_on_the_months_last_day_with_a_warning(build: Any) -> None:
    facts = a_month(build, date(2026, 11, 1), Readings(days=18))
    assert (lines(build, facts), warned(build, facts)) == ([("99454", 1, "?..2026-11-30")], {"W16"})


def test_r10_two_bare_counts_are_two_periods_each_judged_alone(build: Any) -> None:
    facts = a_month(build, date(2026, 11, 1), Readings(days=16), Readings(days=18))
    assert [code for code, _, _ in lines(build, facts)] == ["99454", "99454"]


def test_r10_a_bare_count_beside_a_known_period_of_the_month_is_ignored(build: Any) -> None:
    known = Readings(days=16, from_date=date(2026, 10, 12))
    facts = a_month(build, date(2026, 11, 1), known, Readings(days=18))
    assert (lines(build, facts), warned(build, facts)) == ([("99454", 1, "2026-10-12..2026-11-10")], set())


@pytest.mark.parametrize(("second", "overlaps"), [(date(2026, 10, 30), True), (date(2026, 10, 31), False)])
def test_r10_a_period_that_begins_before_the_last_one_has_ended_is_no_line(
    build: Any, second: date, overlaps: bool
) -> None:
    read = [Readings(days=16, from_date=day) for day in (date(2026, 10, 1), second)]
    facts = a_month(build, date(2026, 11, 1), *read)
    assert warned(build, facts) == ({"W18"} if overlaps else set())
    assert [code for code, _, _ in lines(build, facts)] == ([] if overlaps else ["99454"])


def test_r10_of_two_counts_from_one_day_the_larger_stands(build: Any) -> None:
    read = [Readings(days=count, from_date=date(2026, 10, 12)) for count in (1, 17)]
    facts = a_month(build, date(2026, 11, 1), *read)
    assert ([code for code, _, _ in lines(build, facts)], warned(build, facts)) == (["99454"], {"W18"})


def test_r10_what_overlapped_is_no_period_that_another_could_overlap(build: Any) -> None:
    begins = (date(2026, 9, 1), date(2026, 9, 20), date(2026, 10, 5))
    facts = a_month(build, date(2026, 11, 1), *(Readings(days=16, from_date=day) for day in begins))
    assert lines(build, facts) == [("99454", 1, "2026-10-05..2026-11-03")]


@pytest.mark.parametrize(
    ("set_up", "expected"),
    [
        (date(2026, 10, 12), 1),
        (date(2026, 8, 13), 1),  # 60 days before the period
        (date(2026, 8, 12), 0),
        (date(2026, 10, 13), 0),  # after the period had begun
    ],
)
def test_r11_the_set_up_is_billed_with_the_first_period_within_60_days(build: Any, set_up: date, expected: int) -> None:
    facts = a_month(build, date(2026, 11, 1), Readings(days=18, from_date=date(2026, 10, 12)), set_up=(set_up,))
    assert [code for code, _, _ in lines(build, facts)] == ["99454", *["99453"] * expected]


@pytest.mark.parametrize(
    ("year", "first", "in_november"), [(2025, 15, True), (2025, 16, False), (2026, 1, True), (2026, 2, False)]
)
def test_r11_the_first_period_is_the_first_that_reaches_the_days_of_its_year(
    build: Any, year: int, first: int, in_november: bool
) -> None:
    read = (
        Readings(days=first, from_date=date(year, 9, 12)),
        Readings(days=18, from_date=date(year, 10, 12)),
    )
    facts = a_month(build, date(year, 11, 1), *read, set_up=(date(year, 9, 12),))
    assert ("99453" in [code for code, _, _ in lines(build, facts)]) == in_november


def test_r11_a_period_of_last_year_is_judged_by_last_years_days(build: Any) -> None:
    read = (Readings(days=5, from_date=date(2025, 11, 20)), Readings(days=5, from_date=date(2025, 12, 20)))
    facts = a_month(build, date(2026, 1, 1), *read, set_up=(date(2025, 11, 20),))
    assert lines(build, facts) == [
        ("99445", 1, "2025-12-20..2026-01-18"),
        ("99453", 1, "2025-12-20..2026-01-18"),
    ]


def test_r11_a_second_device_is_set_up_once_and_its_readings_are_of_the_same_periods(build: Any) -> None:
    read = Readings(dates=days(date(2026, 9, 1), 90))
    facts = a_month(build, date(2026, 10, 1), read, set_up=(date(2026, 9, 1), date(2026, 9, 20)))
    assert lines(build, facts) == [("99454", 1, "2026-10-01..2026-10-30"), ("99453", 1, "2026-10-01..2026-10-30")]


def test_the_device_is_not_billed_where_the_program_is_blocked(build: Any) -> None:
    facts = a_month(build, date(2026, 11, 1), Readings(days=18), designations=())
    assert lines(build, facts) == []
