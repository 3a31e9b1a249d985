"""What is planned for a practice, and when: each kind of run with its schedule, from the practice's policy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobs.calendar import BusinessCalendar, Schedule, on_business_days_left, on_days
from ledger.practice import Practice, zone_named
from ledger.roster import Team

DIGEST = "digest"

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


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run of a plan whose time has come, and that time in UTC."""

    plan: Plan
    scheduled_at: datetime


def calendar_of(practice: Practice) -> BusinessCalendar:
    """The days on which the practice works."""
    return BusinessCalendar(practice.conduct.days_off)


def plans(practice: Practice, known: Sequence[Team]) -> list[Plan]:
    """Everything that is planned for the practice and its teams."""
    return [Plan(DIGEST, team, digest_schedule(practice, team)) for team in known]


def digest_schedule(practice: Practice, team: Team) -> Schedule:
    """When the team's digests come: as its own schedule says, and the practice's policy where that says nothing.

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
    return Schedule(dates, hour, practice.zone if own.timezone is None else zone_named(own.timezone))


def due(planned: Iterable[Plan], now: datetime) -> list[DueRun]:
    """The runs whose time has come on their local day, in the order of the plans. Those of earlier days are past."""
    return [
        DueRun(plan, instant.astimezone(UTC))
        for plan in planned
        for instant in plan.schedule.between(now - _A_DAY_AND_ITS_CHANGE_OF_CLOCKS, now)
        if plan.schedule.is_of_day(instant, now)
    ]


def is_late(scheduled_at: datetime, at: datetime) -> bool:
    """Whether what was due at ``scheduled_at`` comes late at ``at``."""
    return at - scheduled_at > LATE_AFTER
