"""What people and channels are told in the course of a month beside the digest, made from stored figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from jobs.scheduling.schedules import CARE_PLANS, MONTH_END, MONTH_START, WEEKLY, DueRun, calendar_of, is_late
from ledger.clock import month_of, previous_month
from ledger.months.closed_months import Closing, closing_in_force
from ledger.practice.practice import Practice
from ledger.practice.settings import WORKDAYS
from ledger.reports.diagnostic import Diagnosis, diagnose
from ledger.reports.expiring import Lapsing, lapsing
from ledger.reports.month_lists import (
    Blocked,
    MonthCounts,
    Scope,
    Untouched,
    blocked_by,
    count_untouched,
    month_counts,
    untouched,
)
from ledger.reports.summaries import (
    FewMinutes,
    StaffMinutes,
    became_billable,
    few_minutes,
    minutes_by_person,
    units_billed,
)
from ledger.roster.directory import Team

LISTED = 25
"""How many patients of each kind a message names; it says how many more there are and where to see them."""
_WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why something is told: what concerns which team (None for the whole practice), and on which day it was due.

    ``late_since`` is when it was due on the practice's or the team's clock, where it comes late.
    """

    practice: Practice
    team: Team | None
    today: date
    late_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """To a team's leads some days before the month's end: who has hardly any time, and who has none."""

    occasion: Occasion
    month: date
    business_days_left: int
    few: FewMinutes
    untouched_count: int
    untouched: tuple[Untouched, ...]


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """To a team's leads: the seven days from ``first`` to ``last``, and the month in which most of them lie.

    ``became_billable`` is how many patients reached their first code of the month in those days, None where no date
    says so.
    """

    occasion: Occasion
    first: date
    last: date
    counts: MonthCounts
    became_billable: int | None
    minutes: tuple[StaffMinutes, ...]
    blocked: Blocked
    diagnosed: tuple[Diagnosis, ...] = ()
    """That month and the three before it."""


@dataclass(frozen=True, slots=True)
class CarePlans:
    """To a team's channel: which care plans run out within so many days, and which consents are missing."""

    occasion: Occasion
    days_ahead: int
    lapsing: Lapsing


@dataclass(frozen=True, slots=True)
class MonthStart:
    """To billers on the first business day: what the month before came to, and what still blocks some of it.

    ``closing`` is the close of that month where it is closed already.
    """

    occasion: Occasion
    counts: MonthCounts
    units: int
    blocked: Blocked
    closing: Closing | None = None


MonthNotice = MonthEnd | WeeklySummary | CarePlans | MonthStart


def month_notice(connection: Connection, practice: Practice, run: DueRun, *, at: datetime) -> MonthNotice | None:
    """Return what is to be told in that run, as it stands now; None where there is nothing to say."""
    due_at = run.scheduled_at.astimezone(run.plan.schedule.zone)
    late_since = due_at if is_late(run.scheduled_at, at) else None
    occasion = Occasion(practice, run.plan.team, due_at.date(), late_since)
    return _MAKERS[run.plan.kind](connection, occasion)


def _month_end(connection: Connection, occasion: Occasion) -> MonthEnd | None:
    practice, today = occasion.practice, occasion.today
    scope = Scope(month_of(today), _team_ids(occasion))
    lowest = min(low for low, _ in practice.policy.bands)
    notice = MonthEnd(
        occasion=occasion,
        month=scope.month,
        business_days_left=calendar_of(practice).days_left(today),
        few=few_minutes(connection, practice, scope, below_minutes=lowest, most=LISTED, on=today),
        untouched_count=count_untouched(connection, practice, scope, on=today),
        untouched=tuple(untouched(connection, practice, scope, first=0, most=LISTED, on=today)),
    )
    return notice if notice.few.patients or notice.untouched_count else None


def _weekly(connection: Connection, occasion: Occasion) -> WeeklySummary | None:
    practice = occasion.practice
    weekday = WORKDAYS.index(practice.conduct.weekly_summary_weekday)
    # A summary that a holiday has moved is of the same week as it would have been.
    last = occasion.today - timedelta(days=(occasion.today.weekday() - weekday) % 7) - _DAY
    first = last - _WEEK + _DAY
    team_ids = _team_ids(occasion)
    scope = Scope(month_of(first + _WEEK / 2), team_ids)
    counts = month_counts(connection, practice, scope)
    minutes = minutes_by_person(connection, practice, team_ids, before=first - _WEEK, first=first, last=last)
    if not counts.enrolled_patients and not minutes:
        return None
    return WeeklySummary(
        occasion=occasion,
        first=first,
        last=last,
        counts=counts,
        became_billable=became_billable(connection, practice, scope, first=first, last=last),
        minutes=tuple(minutes),
        blocked=blocked_by(connection, practice, scope),
        diagnosed=diagnose(connection, practice, scope),
    )


def _care_plans(connection: Connection, occasion: Occasion) -> CarePlans | None:
    practice = occasion.practice
    (team_id,) = _team_ids(occasion)
    days_ahead = practice.conduct.care_plan_notice_days
    found = lapsing(connection, practice, team_id, on=occasion.today, days_ahead=days_ahead)
    return CarePlans(occasion, days_ahead, found) if found.plans or found.consents else None


def _month_start(connection: Connection, occasion: Occasion) -> MonthStart | None:
    practice = occasion.practice
    scope = Scope(previous_month(occasion.today))
    counts = month_counts(connection, practice, scope)
    if not counts.enrolled_patients:
        return None
    return MonthStart(
        occasion=occasion,
        counts=counts,
        units=units_billed(connection, practice, scope),
        blocked=blocked_by(connection, practice, scope),
        closing=closing_in_force(connection, practice.practice_id, scope.month),
    )


def _team_ids(occasion: Occasion) -> list[str]:
    return [occasion.team.team_id] if occasion.team else []


_MAKERS: Mapping[str, Callable[[Connection, Occasion], MonthNotice | None]] = {
    MONTH_END: _month_end,
    WEEKLY: _weekly,
    CARE_PLANS: _care_plans,
    MONTH_START: _month_start,
}
