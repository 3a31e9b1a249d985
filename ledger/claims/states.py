"""What became of each claim line: against the last export, and at the payer. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from ledger.claims.lines import ClaimLine, difference, differs


class Change(StrEnum):
    """How a line stands to the last export, or to what was sent to the payer."""

    NEW = "new"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    CORRECTION = "correction"
    """It was submitted, and is something else now: until it is marked again it is listed so."""
    AS_BEFORE = "as before"


class ClaimStatus(StrEnum):
    """What the payer has of a line; ``open`` is not submitted, or no longer."""

    OPEN = "open"
    SUBMITTED = "submitted"
    PAID = "paid"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Mark:
    """What was recorded of a line, the ``number``-th time; ``line`` is what was sent to the payer.

    ``paid_cents`` is 0 unless it is paid; ``reason`` is the payer's where it is denied.
    """

    line_key: str
    number: int
    status: ClaimStatus
    on_date: date
    line: ClaimLine
    paid_cents: int
    reason: str | None
    recorded_at: datetime
    recorded_by: str

    @property
    def is_claimed(self) -> bool:
        """Whether the payer has the line."""
        return self.status is not ClaimStatus.OPEN


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line with what became of it. One that is gone is as it was exported or submitted; ``what_changed`` says so."""

    line: ClaimLine
    change: Change
    status: ClaimStatus
    what_changed: str = ""
    mark: Mark | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class ClaimTotals:
    """Lines at the payer in cents: what those were expected to pay, what was paid, and what is neither paid nor denied.

    ``denied_cents`` is what the denied lines were expected to pay. ``lines`` is how many the payer has.
    """

    lines: int = 0
    billed_cents: int = 0
    paid_cents: int = 0
    denied_cents: int = 0
    outstanding_cents: int = 0


NOTHING_CLAIMED = ClaimTotals()


@dataclass(frozen=True, slots=True)
class Export:
    """An export of a month's lines, the ``number``-th."""

    number: int
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class ClaimList:
    """All lines of a month with what became of each; ``export`` is the last one, None where there was none."""

    month: date
    lines: tuple[ListedLine, ...]
    export: Export | None

    def count(self, change: Change) -> int:
        """Return how many lines stand so to the last export."""
        return Counter(one.change for one in self.lines)[change]

    @property
    def expected_cents(self) -> int:
        """What the lines that still stand are expected to pay, in cents."""
        return sum(one.line.expected_cents or 0 for one in self.lines if not one.is_gone)

    @property
    def to_submit(self) -> int:
        """How many lines still stand and were not submitted."""
        return sum(one.status is ClaimStatus.OPEN and not one.is_gone for one in self.lines)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What keeps lines that were not submitted from being filed, in words, each once."""
        still = (one.line.lacks for one in self.lines if one.status is ClaimStatus.OPEN and not one.is_gone)
        return tuple(sorted({words for lacks in still for words in lacks}))


class HandedOver(NamedTuple):
    """A line that an export has otherwise than the one before it; without ``line``, one that is gone."""

    line_key: str
    patient_code: str
    line: ClaimLine | None


def listed_lines(
    now: Mapping[str, ClaimLine], exported: Mapping[str, ClaimLine | None], marks: Mapping[str, Mark]
) -> tuple[ListedLine, ...]:
    """Return every line that stands ``now``, and those that are gone and have to be spoken of, by patient and date.

    ``exported`` has the lines as the last export had them, None for one that it withdrew.
    """
    return tuple(sorted(_listed(now, exported, marks), key=_place))


def _place(one: ListedLine) -> tuple[str, str, date, str, str]:
    line = one.line
    return line.patient_code, line.program, line.to_date, line.code, line.key


def _listed(
    now: Mapping[str, ClaimLine], exported: Mapping[str, ClaimLine | None], marks: Mapping[str, Mark]
) -> Iterator[ListedLine]:
    for key in now.keys() | exported.keys() | marks.keys():
        line, before, mark = now.get(key), exported.get(key), marks.get(key)
        if mark is not None and mark.is_claimed:
            yield _claimed(line, mark)
        elif line is not None:
            change = Change.NEW if before is None else Change.CHANGED if differs(before, line) else Change.AS_BEFORE
            said = difference(before, line) if before is not None else ""
            yield ListedLine(line, change, ClaimStatus.OPEN, said, mark)
        elif before is not None:
            yield ListedLine(before, Change.WITHDRAWN, ClaimStatus.OPEN, "no longer billable", mark, is_gone=True)


def _claimed(line: ClaimLine | None, mark: Mark) -> ListedLine:
    if line is None:
        return ListedLine(mark.line, Change.CORRECTION, mark.status, "no longer billable", mark, is_gone=True)
    if differs(mark.line, line, for_payer=True):
        return ListedLine(line, Change.CORRECTION, mark.status, difference(mark.line, line), mark)
    return ListedLine(line, Change.AS_BEFORE, mark.status, "", mark)


def handed_over(now: Mapping[str, ClaimLine], exported: Mapping[str, ClaimLine | None]) -> list[HandedOver]:
    """Return what an export hands over otherwise than the one before it, by key."""
    found = [
        HandedOver(key, line.patient_code, line)
        for key, line in now.items()
        if (old := exported.get(key)) is None or differs(old, line)
    ]
    found += [HandedOver(key, old.patient_code, None) for key, old in exported.items() if old and key not in now]
    return sorted(found, key=lambda one: one.line_key)


def totals_of_marks(marks: Iterable[Mark]) -> ClaimTotals:
    """Return what the payer has, by the latest mark of each line."""
    total = NOTHING_CLAIMED
    for mark in marks:
        if not mark.is_claimed:
            continue
        expected = mark.line.expected_cents or 0
        total = ClaimTotals(
            lines=total.lines + 1,
            billed_cents=total.billed_cents + expected,
            paid_cents=total.paid_cents + mark.paid_cents,
            denied_cents=total.denied_cents + (expected if mark.status is ClaimStatus.DENIED else 0),
            outstanding_cents=total.outstanding_cents + (expected if mark.status is ClaimStatus.SUBMITTED else 0),
        )
    return total
