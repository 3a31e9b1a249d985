"""Practice policy beside the billing rules: when the practice is reminded, and what may be shown and written."""

from dataclasses import dataclass
from datetime import date


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
    timer_reminder_minutes: int = 45
    """After how many minutes a running timer reminds its owner."""
    export_staff_names: bool = False
    """Whether the exported workbook has the names of the staff; otherwise their ids alone."""
    export_notes: bool = False
    """Whether the exported workbook has the notes."""
    allow_identifiers: bool = False
    """Whether free text may hold what looks like a Social Security number, a date of birth and the like."""


DEFAULT_CONDUCT = Conduct()
