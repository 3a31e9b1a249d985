"""A recorded fact as a row of its import file: the way back from ``fact_reading``, for forms, files and programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from ledger.patients.fact_values import Mark
from ledger.patients.facts import Fact, FactKind, ReadingsKnown
from ledger.practice.practice import Practice
from ledger.recording.fact_rows import WITHDRAWN
from ledger.values.phrases import spelled


@dataclass(frozen=True, slots=True)
class FactLayout:
    """How a kind of fact stands in its file: what its day, end and subject are called there.

    Every detail stands under its own name, but for those in ``renamed``; ``always`` is what says which kind it is.
    """

    file: str
    day: str = "date"
    end: str = ""
    subject: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    always: Mapping[str, str] = field(default_factory=dict)
    is_of_month: bool = False


def _mark(mark: Mark, subject: str = "") -> FactLayout:
    return FactLayout("marks", day="month", subject=subject, always={"mark": mark.value}, is_of_month=True)


LAYOUTS: Mapping[FactKind, FactLayout] = MappingProxyType(
    {
        FactKind.ENROLLMENT: FactLayout("enrollments", day="from", end="to", subject="program"),
        FactKind.CONSENT: FactLayout("consents", end="revoked", subject="program"),
        FactKind.INITIATING_VISIT: FactLayout("visits"),
        FactKind.CARE_PLAN: FactLayout("care-plans"),
        FactKind.STAY: FactLayout("stays", day="admitted", end="discharged", subject="setting"),
        FactKind.COMPLEXITY: FactLayout("complexity", renamed={"staff_id": "by"}),
        FactKind.DEVICE: FactLayout("devices", day="set_up"),
        FactKind.READINGS: FactLayout("readings", day="month", is_of_month=True),
        FactKind.BILLED_ELSEWHERE: _mark(Mark.BILLED_ELSEWHERE, subject="program"),
        FactKind.APCM: _mark(Mark.APCM),
        FactKind.OTHER_SERVICE: FactLayout("marks", day="month", subject="mark", is_of_month=True),
    }
)
"""By kind; several kinds may stand in one file."""
_READINGS_BY_DAYS = {
    ReadingsKnown.PERIOD.value: FactLayout("readings", day="from"),
    ReadingsKnown.DATES.value: FactLayout("readings", day=""),
}


def layout_of(fact: Fact) -> FactLayout:
    """Return how the fact stands in its file: readings that are known by days have other columns than a month's."""
    if fact.kind is FactKind.READINGS:
        return _READINGS_BY_DAYS.get(fact.subject, LAYOUTS[fact.kind])
    return LAYOUTS[fact.kind]


def cells_of_fact(fact: Fact, practice: Practice) -> dict[str, str]:
    """Return the fact by the columns of its file, times on the practice's clock; what it does not say is left out.

    Read again by ``read_fact`` they are the same fact.
    """
    layout = layout_of(fact)
    details = dict(fact.details)
    cells = {"patient": fact.patient_code, **layout.always}
    for column, day in ((layout.day, fact.on_date), (layout.end, fact.until_date)):
        at = details.pop(f"{column}_at", None)
        if at is not None:
            cells[column] = _local(practice, at)
        elif column and day is not None:
            cells[column] = f"{day:%Y-%m}" if layout.is_of_month else day.isoformat()
    if layout.subject:
        cells[layout.subject] = fact.subject
    cells |= {layout.renamed.get(name, name): _text(value) for name, value in details.items() if value is not None}
    return cells | ({WITHDRAWN: "yes"} if fact.withdrawn else {})


def _local(practice: Practice, at: str) -> str:
    local = practice.local(datetime.fromisoformat(at)).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return spelled([_text(each) for each in value])
    return value.isoformat() if isinstance(value, date) else str(value)
