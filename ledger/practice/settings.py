"""Practice policy as it is written: in a case file, in a terminal, in Slack, in the ledger."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.toml_files import Name, Positive, Table, Whole, YesNo

Workday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]


WORKDAYS: tuple[Workday, ...] = get_args(Workday)
"""The days of the week on which something may come, Monday first, as ``date.weekday`` counts them."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a practice may decide for itself of how the bot behaves; no patient-month depends on it."""

    digest_days: tuple[int, ...] = (25, 26, 27, 28)
    """The days of the month on which digests are posted, each moved to the last business day before it."""
    digest_hour: int = 9
    """The local hour at which they are posted, 0 to 23."""
    digest_business_days: tuple[int, ...] = ()
    """In place of days of the month: with how many business days left they are posted; 1 is the last."""
    days_off: frozenset[date] = frozenset()
    """Days on which the practice does not work, beside weekends and federal holidays."""
    digest_picture: bool = True
    """Whether a digest has the picture of how many patients stand at which minute."""
    month_end_notice: bool = True
    """Whether each team's leads are told before the month's end who has hardly any time or none."""
    month_end_notice_days: int = 7
    """How many days before the month's last one, moved to the last business day before that."""
    month_end_notice_hour: int = 9
    """The local hour, 0 to 23, as of all messages below."""
    weekly_summary: bool = True
    """Whether each team's leads get a summary of the week."""
    weekly_summary_weekday: Workday = "monday"
    """On which day of the week, moved to the first business day after it."""
    weekly_summary_hour: int = 8
    care_plan_notice: bool = True
    """Whether each team's channel is told every week which care plans run out and which consents are missing."""
    care_plan_notice_weekday: Workday = "tuesday"
    care_plan_notice_hour: int = 9
    care_plan_notice_days: int = 30
    """How many days ahead a care plan is told of before it runs out."""
    month_start_notice: bool = True
    """Whether billers are told on the month's first business day what the month before came to."""
    month_start_notice_hour: int = 9
    timer_reminder: bool = True
    """Whether a timer that runs long reminds its owner."""
    timer_reminder_minutes: int = 45
    """After how many minutes a running timer reminds its owner."""
    export_staff_names: bool = False
    """Whether the exported workbook has the names of the staff; otherwise their ids alone."""
    export_notes: bool = False
    """Whether the exported workbook has the notes."""
    allow_identifiers: bool = False
    """Whether free text may hold what looks like a Social Security number, a date of birth and the like."""


DEFAULT_CONDUCT = Conduct()


LAST_DAY_OF_EVERY_MONTH = 28
LAST_HOUR = 23
MOST_BUSINESS_DAYS = 15
"""So many business days every month has, whatever its holidays and some days off."""
MOST_DAYS_BEFORE_END = 20
"""So far before its end every month is well under way, also where weekends and holidays come before that day."""
MOST_DAYS_AHEAD = 365


def _band(band: tuple[int, ...]) -> tuple[int, ...]:
    match band:
        case (low, high) if low <= high:
            return band
    raise ValueError("must be two minutes, the lower first, such as [15, 19]")


def days_of_month(days: tuple[int, ...]) -> tuple[int, ...]:
    """Days of the month in order; raises ``ValueError`` for one that not every month has."""
    if all(1 <= day <= LAST_DAY_OF_EVERY_MONTH for day in days):
        return tuple(sorted(set(days)))
    raise ValueError("must be days from 1 to 28, which every month has, such as [25, 26, 27, 28]")


def business_days(lefts: tuple[int, ...]) -> tuple[int, ...]:
    """Business days left, in the order in which they come; raises ``ValueError`` for what no month has."""
    if all(1 <= left <= MOST_BUSINESS_DAYS for left in lefts):
        return tuple(sorted(set(lefts), reverse=True))
    raise ValueError(f"must be business days left, from 1 to {MOST_BUSINESS_DAYS}, such as [6, 5, 4]")


def _written_day(day: object) -> date:
    try:
        return day if type(day) is date else date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError as error:
        raise ValueError('must be dates, such as ["2026-12-24", "2026-12-31"]') from error


def _hour(hour: int) -> int:
    if hour <= LAST_HOUR:
        return hour
    raise ValueError("must be an hour from 0 to 23, such as 9")


def _days_before_end(days: int) -> int:
    if days <= MOST_DAYS_BEFORE_END:
        return days
    raise ValueError(f"must be days before the month's end, from 1 to {MOST_DAYS_BEFORE_END}, such as 7")


def _days_ahead(days: int) -> int:
    if days <= MOST_DAYS_AHEAD:
        return days
    raise ValueError(f"must be days ahead, from 1 to {MOST_DAYS_AHEAD}, such as 30")


_Hour = Annotated[Whole, AfterValidator(_hour)]


class PolicySettings(Table):
    """What may be written of a policy; names and defaults are those of billing-rules, payments are cents by code."""

    bands: Annotated[tuple[Annotated[tuple[Whole, ...], AfterValidator(_band)], ...], Field(min_length=1)] = (
        DEFAULT_POLICY.bands
    )
    qualifying_credentials: frozenset[Name] = DEFAULT_POLICY.qualifying_credentials
    count_outreach_attempts: YesNo = DEFAULT_POLICY.count_outreach_attempts
    rpm_time: Literal["management", "interactive"] = DEFAULT_POLICY.rpm_time
    complex_needs_plan_revision: YesNo = DEFAULT_POLICY.complex_needs_plan_revision
    honor_complexity_designation: YesNo = DEFAULT_POLICY.honor_complexity_designation
    care_plan_max_days: Positive = DEFAULT_POLICY.care_plan_max_days
    initiating_visit: YesNo = DEFAULT_POLICY.initiating_visit
    claim_date: Literal["threshold", "month_end"] = DEFAULT_POLICY.claim_date
    payments: dict[str, Whole] = Field(default_factory=dict)

    def policy(self) -> Policy:
        """The policy as the rules take it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields if name != "payments"}
        return Policy(**fields, payments=tuple(sorted(self.payments.items())))


class ConductSettings(Table):
    """What may be written of how the bot behaves (``Conduct``)."""

    digest_days: Annotated[tuple[Positive, ...], AfterValidator(days_of_month)] = DEFAULT_CONDUCT.digest_days
    digest_hour: _Hour = DEFAULT_CONDUCT.digest_hour
    digest_business_days: Annotated[tuple[Positive, ...], AfterValidator(business_days)] = (
        DEFAULT_CONDUCT.digest_business_days
    )
    days_off: frozenset[Annotated[date, BeforeValidator(_written_day)]] = DEFAULT_CONDUCT.days_off
    digest_picture: YesNo = DEFAULT_CONDUCT.digest_picture
    month_end_notice: YesNo = DEFAULT_CONDUCT.month_end_notice
    month_end_notice_days: Annotated[Positive, AfterValidator(_days_before_end)] = DEFAULT_CONDUCT.month_end_notice_days
    month_end_notice_hour: _Hour = DEFAULT_CONDUCT.month_end_notice_hour
    weekly_summary: YesNo = DEFAULT_CONDUCT.weekly_summary
    weekly_summary_weekday: Workday = DEFAULT_CONDUCT.weekly_summary_weekday
    weekly_summary_hour: _Hour = DEFAULT_CONDUCT.weekly_summary_hour
    care_plan_notice: YesNo = DEFAULT_CONDUCT.care_plan_notice
    care_plan_notice_weekday: Workday = DEFAULT_CONDUCT.care_plan_notice_weekday
    care_plan_notice_hour: _Hour = DEFAULT_CONDUCT.care_plan_notice_hour
    care_plan_notice_days: Annotated[Positive, AfterValidator(_days_ahead)] = DEFAULT_CONDUCT.care_plan_notice_days
    month_start_notice: YesNo = DEFAULT_CONDUCT.month_start_notice
    month_start_notice_hour: _Hour = DEFAULT_CONDUCT.month_start_notice_hour
    timer_reminder: YesNo = DEFAULT_CONDUCT.timer_reminder
    timer_reminder_minutes: Positive = DEFAULT_CONDUCT.timer_reminder_minutes
    export_staff_names: YesNo = DEFAULT_CONDUCT.export_staff_names
    export_notes: YesNo = DEFAULT_CONDUCT.export_notes
    allow_identifiers: YesNo = DEFAULT_CONDUCT.allow_identifiers

    def conduct(self) -> Conduct:
        """The same as a value."""
        return Conduct(**{name: getattr(self, name) for name in type(self).model_fields})


EXAMPLES: Mapping[str, Any] = {
    **PolicySettings().model_dump(mode="json"),
    "qualifying_credentials": sorted(DEFAULT_POLICY.qualifying_credentials),
    "payments": {"99490": 6500},
    **ConductSettings().model_dump(mode="json"),
}
"""A value of each policy, as it is written: the default, where that shows anything."""


def policy_of(settings: Mapping[str, Any]) -> Policy:
    """The policy that a practice's stored settings make."""
    own = _of_table(PolicySettings, settings)
    return _policy_of(json.dumps(own, sort_keys=True)) if own else DEFAULT_POLICY


def conduct_of(settings: Mapping[str, Any]) -> Conduct:
    """How the bot behaves by a practice's stored settings."""
    own = _of_table(ConductSettings, settings)
    return _conduct_of(json.dumps(own, sort_keys=True)) if own else DEFAULT_CONDUCT


def written_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Every policy by name with its value as it is written, the default where the practice decided nothing."""
    written: dict[str, Any] = {}
    for table in (PolicySettings, ConductSettings):
        own = json.dumps(_of_table(table, settings))
        written |= table.model_validate_json(own).model_dump(mode="json")
    unordered = ("qualifying_credentials", "days_off")
    return written | {name: sorted(written[name]) for name in unordered}


def _of_table(table: type[Table], settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name in table.model_fields}


@lru_cache(maxsize=64)
def _policy_of(settings: str) -> Policy:
    return PolicySettings.model_validate_json(settings).policy()


@lru_cache(maxsize=64)
def _conduct_of(settings: str) -> Conduct:
    return ConductSettings.model_validate_json(settings).conduct()
