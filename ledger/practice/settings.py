"""How the bot behaves, and every setting as it is written: in a case file, a terminal, Slack, the ledger."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, TypeAdapter

from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.setting import About, SettingGroup, hour_words, settings_of
from ledger.rules.toml_files import Positive, Whole, YesNo

Workday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]


WORKDAYS: tuple[Workday, ...] = get_args(Workday)
"""The days of the week on which something may come, Monday first, as ``date.weekday`` counts them."""


LAST_DAY_OF_EVERY_MONTH = 28
LAST_HOUR = 23
MOST_BUSINESS_DAYS = 15
"""So many business days every month has, whatever its holidays and some days off."""
MOST_DAYS_BEFORE_END = 20
"""So far before its end every month is well under way, also where weekends and holidays come before that day."""
MOST_DAYS_AHEAD = 365


def days_of_month(days: tuple[int, ...]) -> tuple[int, ...]:
    """Days of the month in order.

    Raises:
        ValueError: For one that not every month has.
    """
    if all(1 <= day <= LAST_DAY_OF_EVERY_MONTH for day in days):
        return tuple(sorted(set(days)))
    raise ValueError("must be days from 1 to 28, which every month has, such as [25, 26, 27, 28]")


def business_days(lefts: tuple[int, ...]) -> tuple[int, ...]:
    """Return business days left, in the order in which they come.

    Raises:
        ValueError: For what no month has.
    """
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


_SENT: Mapping[Any, str] = {True: "Sent", False: "Not sent"}
_WEEKDAYS: Mapping[Any, str] = {day: day.capitalize() for day in WORKDAYS}


def _numbers(days: Sequence[int]) -> str:
    return ", ".join(map(str, days))


def _lefts(lefts: Sequence[int]) -> str:
    return _numbers(lefts) or "None: days of the month hold"


def _days_off(days: Sequence[str]) -> str:
    return ", ".join(days) or "None of its own"


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a practice may decide for itself of how the bot behaves; no patient-month depends on it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    digest_days: Annotated[
        tuple[Positive, ...],
        AfterValidator(days_of_month),
        About(
            SettingGroup.LISTS,
            "Days of the digest",
            "On which days of the month digests are posted; one that is no business day moves to the last one "
            "before it.",
            say=_numbers,
        ),
    ] = (25, 26, 27, 28)
    digest_hour: Annotated[
        Whole,
        AfterValidator(_hour),
        About(
            SettingGroup.LISTS,
            "Hour of the digest",
            "At which local hour digests are posted on those days.",
            say=hour_words,
        ),
    ] = 9
    digest_business_days: Annotated[
        tuple[Positive, ...],
        AfterValidator(business_days),
        About(
            SettingGroup.LISTS,
            "Business days of the digest",
            "In place of days of the month: with how many business days left, that day included, digests are posted.",
            say=_lefts,
        ),
    ] = ()
    days_off: Annotated[
        frozenset[Annotated[date, BeforeValidator(_written_day)]],
        About(
            SettingGroup.LISTS,
            "Days off",
            "On which days the practice does not work, beside weekends and US federal holidays.",
            say=_days_off,
        ),
    ] = frozenset()
    digest_picture: Annotated[
        YesNo,
        About(
            SettingGroup.LISTS,
            "Picture in the digest",
            "Whether a digest has a picture of how many patients stand at which minute.",
            {True: "With the picture", False: "Without the picture"},
        ),
    ] = True
    month_end_notice: Annotated[
        YesNo,
        About(
            SettingGroup.MONTH,
            "Before the month's end",
            "Whether each team's leads are told before the month's end who has little or no time, by direct message.",
            _SENT,
        ),
    ] = True
    month_end_notice_days: Annotated[
        Positive,
        AfterValidator(_days_before_end),
        About(
            SettingGroup.MONTH,
            "Days before the month's end",
            "So many days before the month's last one the leads are told; no business day: on the last one before it.",
            unit="day",
        ),
    ] = 7
    month_end_notice_hour: Annotated[
        Whole,
        AfterValidator(_hour),
        About(
            SettingGroup.MONTH,
            "Hour before the month's end",
            "At which local hour the leads are told on that day.",
            say=hour_words,
        ),
    ] = 9
    weekly_summary: Annotated[
        YesNo,
        About(
            SettingGroup.MONTH,
            "Weekly summary",
            "Whether each team's leads get a summary of the week by direct message: what is billable, minutes by "
            "person, what blocks.",
            _SENT,
        ),
    ] = True
    weekly_summary_weekday: Annotated[
        Workday,
        About(
            SettingGroup.MONTH,
            "Day of the weekly summary",
            "On which day of the week it comes; no business day: on the first one after it.",
            _WEEKDAYS,
        ),
    ] = "monday"
    weekly_summary_hour: Annotated[
        Whole,
        AfterValidator(_hour),
        About(SettingGroup.MONTH, "Hour of the weekly summary", "At which local hour it comes.", say=hour_words),
    ] = 8
    care_plan_notice: Annotated[
        YesNo,
        About(
            SettingGroup.MONTH,
            "Care plans and consents",
            "Whether each team's channel is told every week which care plans run out and which consents are missing.",
            _SENT,
        ),
    ] = True
    care_plan_notice_weekday: Annotated[
        Workday,
        About(
            SettingGroup.MONTH,
            "Day of care plans and consents",
            "On which day of the week the channel is told; no business day: on the first one after it.",
            _WEEKDAYS,
        ),
    ] = "tuesday"
    care_plan_notice_hour: Annotated[
        Whole,
        AfterValidator(_hour),
        About(
            SettingGroup.MONTH,
            "Hour of care plans and consents",
            "At which local hour the channel is told.",
            say=hour_words,
        ),
    ] = 9
    care_plan_notice_days: Annotated[
        Positive,
        AfterValidator(_days_ahead),
        About(
            SettingGroup.MONTH,
            "Care plans so far ahead",
            "So many days before a care plan runs out the channel is told of it.",
            unit="day",
        ),
    ] = 30
    month_start_notice: Annotated[
        YesNo,
        About(
            SettingGroup.MONTH,
            "Totals of the month before",
            "Whether billers are told on the first business day what the month before came to, by direct message.",
            _SENT,
        ),
    ] = True
    month_start_notice_hour: Annotated[
        Whole,
        AfterValidator(_hour),
        About(SettingGroup.MONTH, "Hour of the totals", "At which local hour the billers are told.", say=hour_words),
    ] = 9
    timer_reminder: Annotated[
        YesNo,
        About(
            SettingGroup.TIMERS,
            "Question about a running timer",
            "Whether the owner of a timer that runs long is asked by direct message whether the work goes on.",
            {True: "Asked", False: "Not asked"},
        ),
    ] = True
    timer_reminder_minutes: Annotated[
        Positive,
        About(
            SettingGroup.TIMERS,
            "Reminder of a running timer",
            "After so many minutes a timer that still runs reminds its owner.",
            unit="minute",
        ),
    ] = 45
    place_of_service: Annotated[
        Literal["02", "10", "11", "12", "19", "22", "49", "50", "71", "72"],
        About(
            SettingGroup.PRIVACY,
            "Place of service",
            "Which place of service (CMS) a claim line has, unless the patient's own is recorded.",
            {
                "02": "02 Telehealth, not at home",
                "10": "10 Telehealth at home",
                "11": "11 Office",
                "12": "12 Home",
                "19": "19 Off-campus outpatient hospital",
                "22": "22 On-campus outpatient hospital",
                "49": "49 Independent clinic",
                "50": "50 Federally qualified health center",
                "71": "71 Public health clinic",
                "72": "72 Rural health clinic",
            },
        ),
    ] = "11"
    export_staff_names: Annotated[
        YesNo,
        About(
            SettingGroup.PRIVACY,
            "Names of the staff in the workbook",
            "Whether a month's workbook names who did the work; otherwise it has their ids alone. Who bills "
            "is always named: a claim asks for it.",
            {False: "Ids alone", True: "Names beside the ids"},
        ),
    ] = False
    export_notes: Annotated[
        YesNo,
        About(
            SettingGroup.PRIVACY,
            "Notes in the workbook",
            "Whether a month's workbook has the note of each entry.",
            {False: "No notes", True: "With the notes"},
        ),
    ] = False
    allow_identifiers: Annotated[
        YesNo,
        About(
            SettingGroup.PRIVACY,
            "Identifiers in notes",
            "Whether a note may hold what looks like a Social Security or Medicare number, an email address, a phone "
            "number or a date of birth. Allow it only where your agreement with Slack covers such data.",
            {False: "Refused before they are stored", True: "Allowed: a signed agreement covers them"},
        ),
    ] = False


DEFAULT_CONDUCT = Conduct()

_POLICY, _CONDUCT = TypeAdapter(Policy), TypeAdapter(Conduct)
_OF_POLICY, _OF_CONDUCT = settings_of(Policy), settings_of(Conduct)

KNOWN_SETTINGS: Mapping[str, About] = dict(
    sorted({**_OF_POLICY, **_OF_CONDUCT}.items(), key=lambda named: list(SettingGroup).index(named[1].group))
)
"""What every setting says of itself, by name, group by group."""


def is_of_policy(name: str) -> bool:
    """Return whether bills depend on the setting, so that months are evaluated again when it changes."""
    return name in _OF_POLICY


def read_setting(name: str, value: Any) -> Any:
    """Return the value of a setting as the program uses it.

    Raises:
        ValidationError: Of pydantic, where it cannot have that value.
    """
    adapter: TypeAdapter[Any] = _POLICY if is_of_policy(name) else _CONDUCT
    return getattr(adapter.validate_python({name: value}), name)


def policy_of(settings: Mapping[str, Any]) -> Policy:
    """Return the policy that a practice's stored settings make."""
    own = _among(_OF_POLICY, settings)
    return _policy_of(json.dumps(own, sort_keys=True)) if own else DEFAULT_POLICY


def conduct_of(settings: Mapping[str, Any]) -> Conduct:
    """Return how the bot behaves by a practice's stored settings."""
    own = _among(_OF_CONDUCT, settings)
    return _conduct_of(json.dumps(own, sort_keys=True)) if own else DEFAULT_CONDUCT


def written_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting by name with its value as it is written, the default where the practice decided nothing."""
    written: dict[str, Any] = {
        **_POLICY.dump_python(policy_of(settings), mode="json"),
        **_CONDUCT.dump_python(conduct_of(settings), mode="json"),
    }
    unordered = ("qualifying_credentials", "days_off")
    return written | {name: sorted(written[name]) for name in unordered}


def said(name: str, value: Any) -> str:
    """Return a value of the setting, as it is written, in words."""
    return KNOWN_SETTINGS[name].said(value)


def is_hour(name: str) -> bool:
    """Return whether the setting's value is an hour of the day, 0 to 23."""
    return KNOWN_SETTINGS[name].say is hour_words


def _among(known: Mapping[str, About], settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name in known}


@lru_cache(maxsize=64)
def _policy_of(settings: str) -> Policy:
    return _POLICY.validate_json(settings)


@lru_cache(maxsize=64)
def _conduct_of(settings: str) -> Conduct:
    return _CONDUCT.validate_json(settings)


EXAMPLES: Mapping[str, Any] = {**written_settings({}), "payments": {"2026": {"99490": 6500}}}
"""A value of each setting, as it is written: the default, where that shows anything."""
