"""R10 and R11: 30-day periods with readings, the line of each, and the set-up's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rules.oracle.facts import Case, consented, day, enrolled, first_day, last_day
from rules.oracle.figures import (
    DEVICE_AT,
    DEVICE_CODE,
    FEW_DAYS_AT,
    FEW_DAYS_CODE,
    FEW_DAYS_FROM_YEAR,
    PERIOD_DAYS,
    SET_UP_CODE,
    SET_UP_WITHIN_DAYS,
    payment,
)


@dataclass
class Period:
    first: date
    count: int | None  # as told, or None where the days are known
    dates: list[date]
    stands: bool = True

    @property
    def last(self) -> date:
        return self.first + timedelta(days=PERIOD_DAYS - 1)


def set_ups(case: Case) -> list[date]:
    return sorted(day(row["set_up"]) for row in case.get("device", []))


def periods(case: Case) -> list[Period]:
    """All periods whose days are known, by their first day; which of them begin too early is marked."""
    found = []
    loose: set[date] = set()
    for row in case.get("readings", []):
        if "from" in row and row["days"]:
            found.append(Period(day(row["from"]), row["days"], []))
        loose |= {day(text) for text in row.get("dates", [])}
    found += periods_of_dates(sorted(loose), set_ups(case))
    found.sort(key=lambda period: period.first)
    stood_until = date.min
    for period in found:
        period.stands = period.first > stood_until
        if period.stands:
            stood_until = period.last
    return found


def periods_of_dates(dates: list[date], started: list[date]) -> list[Period]:
    """From the set-up or the first reading; the next 30 days later, or after an empty one with the next reading."""
    found = []
    at = date.min
    while later := [on for on in dates if on >= at]:
        begin = at
        if (later[0] - at).days >= PERIOD_DAYS:
            with_set_up = [on for on in started if at <= on <= later[0] and later[0] < on + timedelta(days=PERIOD_DAYS)]
            begin = with_set_up[0] if with_set_up else later[0]
        end = begin + timedelta(days=PERIOD_DAYS)
        found.append(Period(begin, None, [on for on in dates if begin <= on < end]))
        at = end
    return found


def days_of(case: Case, period: Period) -> int:
    if period.count is not None:
        return period.count
    return len({on for on in period.dates if enrolled(case, "RPM", on) and consented(case, "RPM", on)})


def code_for(year: int, days: int) -> str | None:
    if days >= DEVICE_AT:
        return DEVICE_CODE
    return FEW_DAYS_CODE if year >= FEW_DAYS_FROM_YEAR and days >= FEW_DAYS_AT else None


def holds_on(case: Case, on: date) -> bool:
    return enrolled(case, "RPM", on) and consented(case, "RPM", on)


def in_month(case: Case, on: date) -> bool:
    return first_day(case) <= on <= last_day(case)


def device_lines(case: Case) -> list[dict[str, Any]]:
    year = first_day(case).year
    lines = []

    def line(code: str, on: date) -> None:
        lines.append({"code": code, "units": 1, "date_of_service": on, "cents": payment(year, code)})

    reached = [
        period for period in periods(case) if period.stands and code_for(period.last.year, days_of(case, period))
    ]
    for period in reached:
        if in_month(case, period.last) and holds_on(case, period.last):
            line(str(code_for(year, days_of(case, period))), period.last)
    for set_up in set_ups(case):
        for period in [period for period in reached if period.first >= set_up][:1]:
            soon = period.first <= set_up + timedelta(days=SET_UP_WITHIN_DAYS)
            if soon and in_month(case, period.last) and holds_on(case, period.last):
                line(SET_UP_CODE, period.last)
    for count in bare_counts(case):
        code = code_for(year, count)
        if code and holds_on(case, last_day(case)):
            line(code, last_day(case))
    return lines


def bare_counts(case: Case) -> list[int]:
    """Counts of no known period; beside a known period of the month they are ignored."""
    if any(in_month(case, period.last) for period in periods(case)):
        return []
    return [row["days"] for row in case.get("readings", []) if "from" not in row and "days" in row]
