"""What is planned for a practice, and when: each kind of run with its schedule, from the practice's policy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from jobs.scheduling.calendar import (
    BusinessCalendar,
    Schedule,
    on_business_days_left,
    on_days,
    on_days_before_end,
    on_first_business_day,
    on_weekday,
)
from ledger.practice.practice import Practice, zone_named
from ledger.practice.settings import WORKDAYS
from ledger.roster.directory import Person, Role, Team

DIGEST = "digest"
MONTH_END = "month_end"
WEEKLY = "weekly"
CARE_PLANS = "care_plans"
MONTH_START = "month_start"

TITLES: Mapping[str, str] = {
    DIGEST: "Digest",
    MONTH_END: "Notice before the month's end",
    WEEKLY: "Weekly summary",
    CARE_PLANS: "List of care plans and consents",
    MONTH_START: "Summary of the month before",
}
"""What each kind of run is called."""
TO_A_CHANNEL = frozenset({DIGEST, CARE_PLANS})
"""The kinds that a team's channel is told; people are told the others, each by direct message."""

LATE_AFTER = timedelta(minutes=15)
"""How long after its time a run is called late."""
_A_DAY_AND_ITS_CHANGE_OF_CLOCKS = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run for a team, or with None for the whole practice, whenever the schedule says."""

    kind: str
    team: Team | None
    schedule: Schedule

    @property
    def team_id(self) -> str:
        """The team's id, empty for the whole practice."""
        return self.team.team_id if self.team else ""

    @property
    def is_for_people(self) -> bool:
        """Whether people are told, each by direct message, and no channel."""
        return self.kind not in TO_A_CHANNEL


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run of a plan whose time has come, and that time in UTC."""

    plan: Plan
    scheduled_at: datetime


def calendar_of(practice: Practice) -> BusinessCalendar:
    """Return the days on which the practice works."""
    return BusinessCalendar(practice.conduct.days_off)


def plans(practice: Practice, known: Sequence[Team]) -> list[Plan]:
    """Return everything that is planned for the practice and its teams, as far as policy has it switched on.

    A team without a channel is told nothing there but its digest, whose failure says what is missing.
    """
    policy, calendar = practice.conduct, calendar_of(practice)
    found = [Plan(DIGEST, team, digest_schedule(practice, team)) for team in known]
    for team in known:
        found += [Plan(kind, team, schedule) for kind, schedule in _team_schedules(practice, team).items()]
    if policy.month_start_notice:
        dates = on_first_business_day(calendar)
        found.append(Plan(MONTH_START, None, Schedule(dates, policy.month_start_notice_hour, practice.zone)))
    return found


def _team_schedules(practice: Practice, team: Team) -> dict[str, Schedule]:
    """Return when the team and its leads are told what else there is beside the digest, by kind."""
    policy, calendar, zone = practice.conduct, calendar_of(practice), zone_of(practice, team)
    found: dict[str, Schedule] = {}
    if policy.month_end_notice:
        dates = on_days_before_end(policy.month_end_notice_days, calendar)
        found[MONTH_END] = Schedule(dates, policy.month_end_notice_hour, zone)
    if policy.weekly_summary:
        dates = on_weekday(WORKDAYS.index(policy.weekly_summary_weekday), calendar)
        found[WEEKLY] = Schedule(dates, policy.weekly_summary_hour, zone)
    if policy.care_plan_notice and team.channel_id:
        dates = on_weekday(WORKDAYS.index(policy.care_plan_notice_weekday), calendar)
        found[CARE_PLANS] = Schedule(dates, policy.care_plan_notice_hour, zone)
    return found


def digest_schedule(practice: Practice, team: Team) -> Schedule:
    """Return when the team's digests come: as its own schedule says, and the practice's policy where that says nothing.

    Days of the month and business days left replace each other: a team's own are asked before the practice's.
    """
    own, policy, calendar = team.schedule, practice.conduct, calendar_of(practice)
    business_days = own.business_days
    if business_days is None and own.days is None:
        business_days = policy.digest_business_days
    if business_days:
        dates = on_business_days_left(business_days, calendar)
    else:
        dates = on_days(policy.digest_days if own.days is None else own.days, calendar)
    hour = policy.digest_hour if own.hour is None else own.hour
    return Schedule(dates, hour, zone_of(practice, team))


def zone_of(practice: Practice, team: Team) -> ZoneInfo:
    """On whose clock the team is told things: its own where it has one."""
    own = team.schedule.timezone
    return practice.zone if own is None else zone_named(own)


def due(planned: Iterable[Plan], now: datetime) -> list[DueRun]:
    """Return the runs whose time has come on their local day, in the order of the plans.

    Those of earlier days are past.
    """
    return [
        DueRun(plan, instant.astimezone(UTC))
        for plan in planned
        for instant in plan.schedule.between(now - _A_DAY_AND_ITS_CHANGE_OF_CLOCKS, now)
        if plan.schedule.is_of_day(instant, now)
    ]


def is_late(scheduled_at: datetime, at: datetime) -> bool:
    """Return whether what was due at ``scheduled_at`` comes late at ``at``."""
    return at - scheduled_at > LATE_AFTER


def waiting_people(staff: Iterable[Person], plan: Plan, on: date) -> list[Person]:
    """Return who waits for the plan of those who work on that date: the team's leads, or billers."""
    return [person for person in staff if person.is_active(on) and _waits(person, plan)]


def _waits(person: Person, plan: Plan) -> bool:
    if plan.team is None:
        return Role.BILLER in person.roles
    return Role.LEAD in person.roles and plan.team_id in person.team_ids
