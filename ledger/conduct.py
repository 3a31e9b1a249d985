"""Practice policy beside the billing rules: when the practice is reminded, and what may be shown and written."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

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
