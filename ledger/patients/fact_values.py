"""What a fact about a patient may say where it is one of a few words: in files, in the terminal and in Slack alike."""

from datetime import date
from enum import StrEnum


class ConsentForm(StrEnum):
    """How a patient consented."""

    VERBAL = "verbal"
    WRITTEN = "written"


class VisitType(StrEnum):
    """The visits that may open care management."""

    AWV = "AWV"
    IPPE = "IPPE"
    EM = "E/M"
    TCM = "TCM"


class Setting(StrEnum):
    """Where a stay is (billing-rules C7)."""

    INPATIENT = "inpatient"
    SNF = "snf"
    INPATIENT_REHAB = "inpatient_rehab"
    HOSPICE = "hospice"


class Mdm(StrEnum):
    """Medical decision making of a complexity designation (billing-rules R5)."""

    MODERATE = "moderate"
    HIGH = "high"


class EndReason(StrEnum):
    """Why an enrollment ended (N4)."""

    DIED = "died"
    MOVED = "moved"
    DECLINED = "declined"
    OTHER_PRACTICE = "other_practice"
    OTHER = "other"


def ended_words(last_day: date, reason: str | None, *, on: date) -> str:
    """Return when an enrollment ended and why, where that is known, for example ``ended Nov 10 (died)``.

    The year is left out where it is that of ``on``.
    """
    year = "" if last_day.year == on.year else f", {last_day.year}"
    why = f" ({reason.replace('_', ' ')})" if reason else ""
    return f"ended {last_day:%b} {last_day.day}{year}{why}"
