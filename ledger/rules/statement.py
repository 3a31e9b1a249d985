"""The statement: one evaluated patient-month, frozen.

The shapes alone; ``evaluate`` in ``ledger.rules.evaluation`` makes them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from ledger.rules.facts import Program


class Status(StrEnum):
    """A program's status for the month (billing-rules section 6)."""

    BILLABLE = "billable"
    BLOCKED = "blocked"
    BELOW_THRESHOLD = "below_threshold"


class Group(StrEnum):
    """The four groups of a month's list: each program of a patient is in exactly one."""

    BILLABLE = "billable"
    BLOCKED = "blocked"
    BELOW_THRESHOLD = "below_threshold"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Minutes of an entry that do not count, under one reason (billing-rules section 3)."""

    minutes: int
    reason: str
    rule: str
    text: str


class EntryResult(NamedTuple):
    """An entry's minutes, each counted or excluded: ``counted_minutes`` + the exclusions = ``duration_minutes``.

    ``is_part`` says that the work crossed midnight and this is one date's part of it (E3).
    """

    number: int
    date_of_service: date
    program: Program
    duration_minutes: int
    counted_minutes: int
    excluded: tuple[Exclusion, ...]
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code on the claim with its units, payment in cents and date of service (R8).

    ``first_day`` is that of a device period, whose last day the date of service is (R10); None for every other code.
    """

    code: str
    units: int
    program: Program
    family: str
    amount_cents: int
    date_of_service: date
    payment_known: bool = True
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class NextThreshold:
    """A code the month could still reach, the minutes missing and what it adds, in cents (N1)."""

    code: str
    minutes_missing: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """A family that was not taken: what it would pay, and in words why it was not or could not be."""

    family: str
    codes: tuple[CodeLine, ...]
    amount_cents: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Blocker:
    """What keeps a program from being billed this month, and the way to clear it (billing-rules section 6)."""

    name: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class AuditWarning:
    """What an auditor would ask about; it never changes a code (billing-rules section 7)."""

    code: str
    name: str
    text: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProgramStatement:
    """One program's part of the statement. Minutes are whole; ``codes`` is empty unless ``billable``."""

    program: Program
    status: Status
    counted_minutes: int
    staff_minutes: int
    practitioner_minutes: int
    codes: tuple[CodeLine, ...]
    blockers: tuple[Blocker, ...]
    warnings: tuple[AuditWarning, ...]
    next: tuple[NextThreshold, ...]
    alternatives: tuple[Alternative, ...]
    why: str

    @property
    def expected_cents(self) -> int:
        """The expected payment of this program's codes, in cents."""
        return sum(line.amount_cents for line in self.codes)


class TransitionState(StrEnum):
    """Where a discharge stands (T7)."""

    CONTACT_DUE = "contact_due"
    SECOND_ATTEMPT_DUE = "second_attempt_due"
    VISIT_DUE = "visit_due"
    RECONCILIATION_MISSING = "reconciliation_missing"
    BILLABLE = "billable"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Transition:
    """The state of a discharge on a day, what is due when, and its code; ``why`` says why it is lost, else empty."""

    program: Program
    family: str
    discharged_on: date
    state: TransitionState
    contact_due: date
    visit_due: date
    code: str | None = None
    date_of_service: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The evaluated patient-month: programs, codes, and every entry accounted for.

    ``transitions`` are the discharges of the month. ``provisional`` says that the month lies after the rulebook it was
    evaluated under, for want of its own (B1).
    """

    month: date
    rulebook_name: str
    rulebook_hash: str
    programs: tuple[ProgramStatement, ...]
    entries: tuple[EntryResult, ...]
    provisional: bool = False
    transitions: tuple[Transition, ...] = ()

    @property
    def codes(self) -> tuple[CodeLine, ...]:
        """All code lines of the month, program by program."""
        return tuple(line for program in self.programs for line in program.codes)

    @property
    def expected_cents(self) -> int:
        """The expected payment of the month, in cents."""
        return sum(program.expected_cents for program in self.programs)

    def program(self, program: Program) -> ProgramStatement | None:
        """Return the part of the statement for ``program``, or None where the patient has no part in it."""
        return next((part for part in self.programs if part.program == program), None)
