"""When each message of the month comes: by policy, on business days, on the clock of its team."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from support.practice import local

from jobs.scheduling.schedules import CARE_PLANS, DIGEST, MONTH_END, MONTH_START, TITLES, WEEKLY, Plan, plans
from ledger.practice.practice import Practice
from ledger.practice.settings import DEFAULT_CONDUCT
from ledger.roster.directory import Team, TeamSchedule

BLUE = Team("blue-team", "Blue Team", "C0BLUE")
GREEN = Team("green-team", "Green Team", "C0GREEN")


def planned(*teams: Team, **policy: Any) -> list[Plan]:
    """What is planned for a practice in New York with these teams."""
    return plans(Practice("T0TEST", "Test", "America/New_York", conduct=replace(DEFAULT_CONDUCT, **policy)), teams)


def days(kind: str, month: date, **policy: Any) -> list[str]:
    """The instants that belong to the month, on the schedule's clock."""
    (plan,) = [plan for plan in planned(BLUE, **policy) if plan.kind == kind]
    return [f"{instant:%a %Y-%m-%d %H:%M}" for instant in plan.schedule.instants(month)]


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2026, 11, 1), "Mon 2026-11-23 09:00"),
        (date(2026, 12, 1), "Thu 2026-12-24 09:00"),
        (date(2027, 1, 1), "Fri 2027-01-22 09:00"),  # the 24th is a Sunday, and so is the month's last day
        (date(2027, 2, 1), "Fri 2027-02-19 09:00"),
        (date(2027, 7, 1), "Fri 2027-07-23 09:00"),  # the month ends on a Saturday
    ],
)
def test_leads_are_told_seven_days_before_the_months_end_or_on_the_business_day_before(month: date, day: str) -> None:
    assert days(MONTH_END, month) == [day]


def test_a_day_off_and_other_days_and_hours_move_it() -> None:
    december = date(2026, 12, 1)
    assert days(MONTH_END, december, days_off=frozenset({date(2026, 12, 24)})) == ["Wed 2026-12-23 09:00"]
    # Six days before the 31st is Christmas.
    assert days(MONTH_END, december, month_end_notice_days=6, month_end_notice_hour=16) == ["Thu 2026-12-24 16:00"]


def test_the_weekly_summary_comes_on_mondays_or_after_a_holiday_on_the_next_day() -> None:
    assert days(WEEKLY, date(2027, 1, 1)) == [
        "Mon 2027-01-04 08:00",
        "Mon 2027-01-11 08:00",
        "Tue 2027-01-19 08:00",
        "Mon 2027-01-25 08:00",
    ]
    assert days(WEEKLY, date(2026, 12, 1), weekly_summary_weekday="friday", weekly_summary_hour=15) == [
        "Fri 2026-12-04 15:00",
        "Fri 2026-12-11 15:00",
        "Fri 2026-12-18 15:00",
        "Mon 2026-12-28 15:00",
    ]


def test_care_plans_are_told_of_every_tuesday() -> None:
    assert days(CARE_PLANS, date(2026, 11, 1))[:2] == ["Tue 2026-11-03 09:00", "Tue 2026-11-10 09:00"]


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2026, 8, 1), "Mon 2026-08-03 09:00"),
        (date(2026, 11, 1), "Mon 2026-11-02 09:00"),
        (date(2027, 1, 1), "Mon 2027-01-04 09:00"),  # New Year is a Friday
        (date(2026, 12, 1), "Tue 2026-12-01 09:00"),
    ],
)
def test_billers_are_told_on_the_first_business_day(month: date, day: str) -> None:
    assert days(MONTH_START, month) == [day]


def test_each_team_has_its_messages_and_the_practice_one() -> None:
    by_team = [(plan.kind, plan.team_id) for plan in planned(BLUE, GREEN)]
    assert by_team == [
        (DIGEST, "blue-team"),
        (DIGEST, "green-team"),
        (MONTH_END, "blue-team"),
        (WEEKLY, "blue-team"),
        (CARE_PLANS, "blue-team"),
        (MONTH_END, "green-team"),
        (WEEKLY, "green-team"),
        (CARE_PLANS, "green-team"),
        (MONTH_START, ""),
    ]
    assert {kind for kind, _ in by_team} == set(TITLES)


@pytest.mark.parametrize(
    ("switch", "kind"),
    [
        ("month_end_notice", MONTH_END),
        ("weekly_summary", WEEKLY),
        ("care_plan_notice", CARE_PLANS),
        ("month_start_notice", MONTH_START),
    ],
)
def test_what_is_switched_off_is_not_planned(switch: str, kind: str) -> None:
    assert {plan.kind for plan in planned(BLUE, **{switch: False})} == set(TITLES) - {kind}


def test_a_team_without_a_channel_is_planned_no_message_into_one() -> None:
    assert CARE_PLANS not in [plan.kind for plan in planned(replace(BLUE, channel_id=""))]


def test_a_team_is_told_things_on_its_own_clock() -> None:
    western = replace(BLUE, schedule=TeamSchedule(timezone="America/Los_Angeles"))
    next_one = {plan.kind: plan.schedule.next_after(local("2026-11-20 12:00")) for plan in planned(western)}

    def utc(kind: str) -> datetime | None:
        return next_one[kind]

    assert utc(MONTH_END) == local("2026-11-23 12:00")
    assert utc(WEEKLY) == local("2026-11-23 11:00")
    assert utc(MONTH_START) == local("2026-12-01 09:00")
