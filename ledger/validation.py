"""Cells to values: every problem with a value is named with its line, column and remedy."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from ledger.practice.practice import Practice

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell (or line, where ``column`` is empty), and how to mend it."""

    line: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return one line a person can act on."""
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message} {self.remedy}"


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many rows of a file were new, changed what was there, or said what the ledger already knew.

    ``warnings`` say in a sentence each what was stored and an auditor would ask about.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcomes: Iterable[str]) -> "ImportSummary":
        """Return the summary of rows that were each ``added``, ``changed`` or ``unchanged``."""
        counted = Counter(outcomes)
        return cls(counted["added"], counted["changed"], counted["unchanged"])


_LONGEST_NUMBER = 9


Choice = TypeVar("Choice", bound=str)


@dataclass(slots=True)
class Cells:
    """One row of a file. Each method returns a cell's value, or None and a problem where it has none."""

    line: int
    values: Mapping[str, str]
    missing: frozenset[str] = frozenset()
    """Optional columns that the file does not have; in ``values`` they are empty."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, message: str, remedy: str) -> None:
        """Add a problem with this row."""
        self.problems.append(Problem(self.line, column, message, remedy))

    def text(self, column: str, example: str) -> str:
        """Return the cell's text; a problem where it is empty."""
        value = self.values[column]
        if not value:
            self.refuse(column, "is empty.", f"For example: {example}")
        return value

    def optional(self, column: str) -> str | None:
        """Return the cell's text, or None where it is empty."""
        return self.values[column] or None

    def day(self, column: str) -> date | None:
        """Return the cell's date, or None where it is empty; a problem where it is no date."""
        value = self.values[column]
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, f"{value!r} is not a date.", "Write it as 2026-11-03.")
            return None

    def required_day(self, column: str) -> date | None:
        """Return the cell's date; a problem where it is empty or no date."""
        if not self.values[column]:
            self.refuse(column, "is empty.", "Write the date as 2026-11-03.")
        return self.day(column)

    def local_time(self, column: str, practice: Practice) -> datetime | None:
        """Return the instant that the cell's local time names, in UTC; a problem where it is none or never happened."""
        value = self.values[column]
        if not value:
            return None
        try:
            local = datetime.fromisoformat(value if ":" in value else "")
            instant = (local if local.tzinfo else local.replace(tzinfo=practice.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(column, f"{value!r} is not a date and time.", "Write it as 2026-11-03T10:05.")
            return None
        if local.tzinfo is None and instant.astimezone(practice.zone).replace(tzinfo=None) != local:
            self.refuse(
                column, f"{value} did not happen in {practice.timezone}: clocks went forward.", "Correct the time."
            )
            return None
        return instant

    def whole_number(self, column: str) -> int | None:
        """Return the cell's whole number, or None where it is empty; a problem where it is none."""
        value = self.values[column]
        if not value:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > _LONGEST_NUMBER:
            self.refuse(column, f"{value!r} is not a whole number.", "For example: 12")
            return None
        return int(value)

    def yes_no(self, column: str, *, default: bool) -> bool:
        """Return whether the cell says yes; ``default`` where it is empty."""
        value = self.values[column].lower()
        if value in {"yes", "true", "1"}:
            return True
        if value in {"no", "false", "0"}:
            return False
        if value:
            self.refuse(column, f"{self.values[column]!r} is neither yes nor no.", "Write yes or no.")
        return default

    def choice(self, column: str, kind: Iterable[Choice], value: str | None = None) -> Choice | None:
        """Return the cell's (or ``value``'s) member of ``kind``, or None where it is empty.

        A problem for another word.
        """
        word = self.values[column] if value is None else value
        if not word:
            return None
        found = next((member for member in kind if member.lower() == word.lower()), None)
        if found is None:
            self.refuse(column, f"{word!r} is not known.", f"One of: {', '.join(kind)}")
        return found

    def needed_choice(self, column: str, kind: Iterable[Choice]) -> Choice | None:
        """Return the cell's member of ``kind``; a problem where it is empty or another word."""
        if not self.values[column]:
            self.refuse(column, "is empty.", f"One of: {', '.join(kind)}")
        return self.choice(column, kind)

    def day_or_time(self, column: str, practice: Practice) -> tuple[date | None, datetime | None]:
        """Return the cell's local date, and its instant where a time stands there too.

        A problem where it is neither.
        """
        if "T" not in self.values[column] and " " not in self.values[column]:
            return self.day(column), None
        instant = self.local_time(column, practice)
        return (practice.local_date(instant), instant) if instant else (None, None)

    def month(self, column: str) -> date | None:
        """Return the first day of the cell's month; a problem where it is empty or no month."""
        value = self.values[column]
        try:
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            self.refuse(column, f"{value!r} is not a month." if value else "is empty.", "Write it as 2026-11.")
            return None

    def words(self, column: str) -> list[str]:
        """Return the parts of a cell that are separated by semicolons."""
        return [word for part in self.values[column].split(";") if (word := part.strip())]

    def choices(self, column: str, kind: Iterable[Choice]) -> list[Choice]:
        """Return the members of ``kind`` in a cell, separated by semicolons."""
        return [member for word in self.words(column) if (member := self.choice(column, kind, word)) is not None]
