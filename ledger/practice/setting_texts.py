"""Every setting in the words of whoever runs a clinic: the one place that Slack, the terminal and docs quote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ledger.practice.settings import WORKDAYS


class SettingGroup(StrEnum):
    """Under which heading a setting stands."""

    BILLING = "Billing rules"
    LISTS = "Worklist and digest"
    MONTH = "Messages of the month"
    TIMERS = "Timers"
    PRIVACY = "Exports and privacy"
    PAYMENTS = "Payments"


@dataclass(frozen=True, slots=True)
class SettingText:
    """A setting's title, its group, what it changes, and what each value means where there are few."""

    group: SettingGroup
    title: str
    changes: str
    choices: Mapping[Any, str] = field(default_factory=dict)
    unit: str = ""


_SENT: Mapping[Any, str] = {True: "Sent", False: "Not sent"}
_WEEKDAYS: Mapping[Any, str] = {day: day.capitalize() for day in WORKDAYS}

SETTING_TEXTS: Mapping[str, SettingText] = {
    "qualifying_credentials": SettingText(
        SettingGroup.BILLING,
        "Credentials whose time counts",
        "Time counts only where the person who logged it holds one of these credentials (rule C4).",
    ),
    "count_outreach_attempts": SettingText(
        SettingGroup.BILLING,
        "Voicemails and unanswered calls",
        "Whether minutes spent on a voicemail or an unanswered call count toward a code (rule C9).",
        {False: "They do not count", True: "They count"},
    ),
    "rpm_time": SettingText(
        SettingGroup.BILLING,
        "RPM minutes that count",
        "Whether reviewing and managing counts as RPM time beside live contact (rules R7 and C10).",
        {"management": "Care management and live contact", "interactive": "Live contact alone"},
    ),
    "complex_needs_plan_revision": SettingText(
        SettingGroup.BILLING,
        "Complex care and the care plan",
        "Whether complex care needs a care plan established or substantially revised in that month (rule R5).",
        {True: "A new or substantially revised plan is needed", False: "The designation is enough"},
    ),
    "honor_complexity_designation": SettingText(
        SettingGroup.BILLING,
        "Designated complex care",
        "What is billed for a month that a practitioner designated as complex care (rule R5).",
        {True: "Complex care, even where plain codes pay more", False: "Whatever pays more"},
    ),
    "care_plan_max_days": SettingText(
        SettingGroup.BILLING,
        "Longest age of a care plan",
        "After so many days without a revision the care plan blocks the bill (CARE_PLAN_EXPIRED).",
        unit="day",
    ),
    "initiating_visit": SettingText(
        SettingGroup.BILLING,
        "Initiating visit",
        "Whether a month can be billed only after a visit that opens care management (NO_INITIATING_VISIT).",
        {True: "Needed", False: "Not needed"},
    ),
    "claim_date": SettingText(
        SettingGroup.BILLING,
        "Date of service on the claim",
        "Which date the claim carries (rule R8).",
        {"threshold": "The day on which the minutes were reached", "month_end": "The last day of the month"},
    ),
    "bands": SettingText(
        SettingGroup.LISTS,
        "Minutes that count as near",
        "Who stands on the worklist and in the digest: with so many minutes, 1 to 5 short of the next code (rule N2).",
    ),
    "digest_days": SettingText(
        SettingGroup.LISTS,
        "Days of the digest",
        "On which days of the month digests are posted; one that is no business day moves to the last one before it.",
    ),
    "digest_hour": SettingText(
        SettingGroup.LISTS, "Hour of the digest", "At which local hour digests are posted on those days."
    ),
    "digest_business_days": SettingText(
        SettingGroup.LISTS,
        "Business days of the digest",
        "In place of days of the month: with how many business days left, that day included, digests are posted.",
    ),
    "days_off": SettingText(
        SettingGroup.LISTS,
        "Days off",
        "On which days the practice does not work, beside weekends and US federal holidays.",
    ),
    "digest_picture": SettingText(
        SettingGroup.LISTS,
        "Picture in the digest",
        "Whether a digest has a picture of how many patients stand at which minute.",
        {True: "With the picture", False: "Without the picture"},
    ),
    "month_end_notice": SettingText(
        SettingGroup.MONTH,
        "Before the month's end",
        "Whether each team's leads are told before the month's end who has little or no time, by direct message.",
        _SENT,
    ),
    "month_end_notice_days": SettingText(
        SettingGroup.MONTH,
        "Days before the month's end",
        "So many days before the month's last one the leads are told; no business day: on the last one before it.",
        unit="day",
    ),
    "month_end_notice_hour": SettingText(
        SettingGroup.MONTH, "Hour before the month's end", "At which local hour the leads are told on that day."
    ),
    "weekly_summary": SettingText(
        SettingGroup.MONTH,
        "Weekly summary",
        "Whether each team's leads get a summary of the week by direct message: what is billable, minutes by person, "
        "what blocks.",
        _SENT,
    ),
    "weekly_summary_weekday": SettingText(
        SettingGroup.MONTH,
        "Day of the weekly summary",
        "On which day of the week it comes; no business day: on the first one after it.",
        _WEEKDAYS,
    ),
    "weekly_summary_hour": SettingText(
        SettingGroup.MONTH, "Hour of the weekly summary", "At which local hour it comes."
    ),
    "care_plan_notice": SettingText(
        SettingGroup.MONTH,
        "Care plans and consents",
        "Whether each team's channel is told every week which care plans run out and which consents are missing.",
        _SENT,
    ),
    "care_plan_notice_weekday": SettingText(
        SettingGroup.MONTH,
        "Day of care plans and consents",
        "On which day of the week the channel is told; no business day: on the first one after it.",
        _WEEKDAYS,
    ),
    "care_plan_notice_hour": SettingText(
        SettingGroup.MONTH, "Hour of care plans and consents", "At which local hour the channel is told."
    ),
    "care_plan_notice_days": SettingText(
        SettingGroup.MONTH,
        "Care plans so far ahead",
        "So many days before a care plan runs out the channel is told of it.",
        unit="day",
    ),
    "month_start_notice": SettingText(
        SettingGroup.MONTH,
        "Totals of the month before",
        "Whether billers are told on the first business day what the month before came to, by direct message.",
        _SENT,
    ),
    "month_start_notice_hour": SettingText(
        SettingGroup.MONTH, "Hour of the totals", "At which local hour the billers are told."
    ),
    "timer_reminder": SettingText(
        SettingGroup.TIMERS,
        "Question about a running timer",
        "Whether the owner of a timer that runs long is asked by direct message whether the work goes on.",
        {True: "Asked", False: "Not asked"},
    ),
    "timer_reminder_minutes": SettingText(
        SettingGroup.TIMERS,
        "Reminder of a running timer",
        "After so many minutes a timer that still runs reminds its owner.",
        unit="minute",
    ),
    "export_staff_names": SettingText(
        SettingGroup.PRIVACY,
        "Names of the staff in the workbook",
        "Whether the workbook of /ccm export names the staff; otherwise it has their ids alone.",
        {False: "Ids alone", True: "Names beside the ids"},
    ),
    "export_notes": SettingText(
        SettingGroup.PRIVACY,
        "Notes in the workbook",
        "Whether the workbook of /ccm export has the note of each entry.",
        {False: "No notes", True: "With the notes"},
    ),
    "allow_identifiers": SettingText(
        SettingGroup.PRIVACY,
        "Identifiers in notes",
        "Whether a note may hold what looks like a Social Security or Medicare number, an email address, a phone "
        "number or a date of birth. Allow it only where your agreement with Slack covers such data.",
        {False: "Refused before they are stored", True: "Allowed: a signed agreement covers them"},
    ),
    "payments": SettingText(
        SettingGroup.PAYMENTS,
        "Payments of your locality",
        "What a code pays where you are, in place of the rulebook's national figure (rule B3).",
    ),
}
"""Every setting by its name, group by group."""


def said(name: str, value: Any) -> str:
    """A value of the setting, as it is written (``written_settings``), in words."""
    text = SETTING_TEXTS[name]
    if text.choices:
        return text.choices[value]
    if text.unit:
        return f"{value} {text.unit}{'' if value == 1 else 's'}"
    if is_hour(name):
        return _hour(value)
    return _SAID[name](value)


def is_hour(name: str) -> bool:
    """Whether the setting's value is an hour of the day, 0 to 23."""
    return name.endswith("_hour")


def _hour(hour: int) -> str:
    return f"{hour % 12 or 12}:00 {'am' if hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def _payments(cents_by_code: Mapping[str, int]) -> str:
    own = ", ".join(f"{code} ${cents / 100:,.2f}" for code, cents in sorted(cents_by_code.items()))
    return f"{own}; the rulebook's for every other code" if own else "The rulebook's for every code"


def _bands(bands: Sequence[Sequence[int]]) -> str:
    return f"{', '.join(f'{low}-{high}' for low, high in bands)} minutes"


_SAID: Mapping[str, Callable[[Any], str]] = {
    "bands": _bands,
    "qualifying_credentials": ", ".join,
    "digest_days": lambda days: ", ".join(map(str, days)),
    "digest_business_days": lambda lefts: ", ".join(map(str, lefts)) or "None: days of the month hold",
    "days_off": lambda days: ", ".join(days) or "None of its own",
    "payments": _payments,
}
