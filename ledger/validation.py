"""Cells to values: every problem with a value is named with its line, column and remedy."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from ledger.practice.practice import Practice
from ledger.values.days import refuse_outside_care
from ledger.values.reading import UnreadableValueError, shown
from ledger.values.spreadsheets import read_date, read_moment, read_month, read_whole_number

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, other headers that mean it, and whether a file may leave it out.

    A column that is left out is empty in every row, and in ``Cells.missing``.
    """

    name: str
    also: tuple[str, ...] = ()
    may_be_missing: bool = False


def names(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return what the columns are called."""
    return tuple(column.name for column in columns)


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
class ReadAs:
    """A value that was read, and is stored, otherwise than it was written."""

    line: int
    column: str
    written: str
    read: str
    is_spelling: bool = False
    """Whether it is the same day, time or number, spelled as the ledger does."""

    def __str__(self) -> str:
        """Return what was read as what: ``credential 'R.N.' read as RN``."""
        return f"{self.column} {shown(self.written)} read as {self.read}"


_LINES_NAMED = 3


def read_otherwise(rows: Iterable["Cells"]) -> tuple[str, ...]:
    """Return what was read otherwise than it was written in the rows of a file, each reading once with its lines.

    Dates, times and numbers that are spelled otherwise are told once a column, by the first of them.
    """
    lines: dict[str, tuple[str, list[int]]] = {}
    for row in rows:
        for one in row.read_as:
            lines.setdefault(one.column if one.is_spelling else str(one), (str(one), []))[1].append(one.line)
    return tuple(f"{said} ({in_lines(numbers)})" for said, numbers in lines.values())


def in_lines(numbers: list[int]) -> str:
    """Return ``lines 2, 3, 4 and 297 more``."""
    named = ", ".join(map(str, numbers[:_LINES_NAMED]))
    more = f" and {len(numbers) - _LINES_NAMED} more" if len(numbers) > _LINES_NAMED else ""
    return f"line{'s' if len(numbers) > 1 else ''} {named}{more}"


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many rows of a file were new, changed what was there, or said what the ledger already knew.

    ``warnings`` say in a sentence each what was stored and an auditor would ask about.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    read_as: tuple[str, ...] = ()
    """How the file was read, and what in it otherwise than it was written, as ``read_otherwise`` says it."""
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcomes: Iterable[str], read_as: tuple[str, ...] = ()) -> "ImportSummary":
        """Return the summary of rows that were each ``added``, ``changed`` or ``unchanged``."""
        counted = Counter(outcomes)
        return cls(counted["added"], counted["changed"], counted["unchanged"], read_as)


Choice = TypeVar("Choice", bound=str)
Read = TypeVar("Read")


@dataclass(slots=True)
class Cells:
    """One row of a file. Each method returns a cell's value, or None and a problem where it has none."""

    line: int
    values: dict[str, str]
    missing: frozenset[str] = frozenset()
    """Optional columns that the file does not have; in ``values`` they are empty."""
    problems: list[Problem] = field(default_factory=list)
    read_as: list[ReadAs] = field(default_factory=list)

    def refuse(self, column: str, message: str, remedy: str) -> None:
        """Add a problem with this row."""
        self.problems.append(Problem(self.line, column, message, remedy))

    def read(self, column: str, reader: Callable[[str], Read]) -> Read | None:
        """Return what ``reader`` makes of the cell, or None and a problem where that is no value.

        A cell that has a problem already is not read again.
        """
        if any(problem.column == column for problem in self.problems):
            return None
        try:
            return reader(self.values[column])
        except UnreadableValueError as error:
            self.refuse(column, error.message, error.remedy)
            return None

    def read_text(self, column: str, reader: Callable[[str], str], example: str | None = None) -> str:
        """Return what ``reader`` makes of the cell, and keep it in mind where that is not what was written.

        Where it is no value, a problem and the cell as it is; likewise where it is empty and an ``example`` is given.
        """
        written = self.values[column] if example is None else self.text(column, example)
        read = self.read(column, reader) if written else ""
        if read is None:
            return written
        self.note_reading(column, written, read)
        return read

    def note_reading(self, column: str, written: str, read: str, *, is_spelling: bool = False) -> None:
        """Keep in mind that ``written`` was read as ``read``, where it says something else: the answer says so."""
        if read and written != read:
            self.read_as.append(ReadAs(self.line, column, written, read, is_spelling))

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
        return self.spelled(column, read_date, date.isoformat) if self.values[column] else None

    def spelled(self, column: str, reader: Callable[[str], Read], spelling: Callable[[Read], str]) -> Read | None:
        """Return what ``reader`` makes of the cell, which from then on is spelled as the ledger does."""
        written = self.values[column]
        read = self.read(column, reader)
        if read is not None:
            self.values[column] = spelling(read)
            if written.lower() != self.values[column]:
                self.note_reading(column, written, self.values[column], is_spelling=True)
        return read

    def required_day(self, column: str) -> date | None:
        """Return the cell's date; a problem where it is empty or no date."""
        if not self.values[column]:
            self.refuse(column, "is empty.", "Write the date as 2026-11-03.")
        return self.day(column)

    def day_of_care(self, column: str, today: date) -> date | None:
        """Return the cell's date as ``day`` does; a problem too where nothing of care can have happened on it."""
        day = self.day(column)
        if day is not None:
            self.read(column, lambda _text: refuse_outside_care(day, today))
        return day

    def local_time(self, column: str, practice: Practice, day: date | None = None) -> datetime | None:
        """Return the instant that the cell's local time names, in UTC; a problem where it is none or never happened.

        A time without its date is one of ``day``.
        """
        value = self.values[column]
        local = self.read(column, lambda text: read_moment(text, day)) if value else None
        if local is None:
            return None
        try:
            instant = (local if local.tzinfo else local.replace(tzinfo=practice.zone)).astimezone(UTC)
        except OverflowError:
            self.refuse(column, f"{value!r} is not a date and time.", "Write it as 2026-11-03T10:05.")
            return None
        if local.tzinfo is None and instant.astimezone(practice.zone).replace(tzinfo=None) != local:
            self.refuse(
                column, f"{value} did not happen in {practice.timezone}: clocks went forward.", "Correct the time."
            )
            return None
        if local.tzinfo is None:
            self.values[column] = local.isoformat(timespec="seconds" if local.second else "minutes")
            if value[:1].isdigit() and not value.startswith(str(local.year)):
                self.note_reading(column, value, self.values[column], is_spelling=True)
        return instant

    def whole_number(self, column: str, *, minutes: bool = False) -> int | None:
        """Return the cell's whole number, or None where it is empty; a problem where it is none."""
        if not self.values[column]:
            return None
        return self.spelled(column, lambda text: read_whole_number(text, minutes=minutes), str)

    def yes_no(self, column: str, *, default: bool) -> bool:
        """Return whether the cell says yes; ``default`` where it is empty."""
        value = self.values[column].lower()
        if self.said_yes(column):
            return True
        if value in {"no", "false", "0"}:
            return False
        if value:
            self.refuse(column, f"{self.values[column]!r} is neither yes nor no.", "Write yes or no.")
        return default

    def said_yes(self, column: str) -> bool:
        """Return whether the cell says yes."""
        return self.values[column].lower() in {"yes", "true", "1"}

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
        if ":" not in self.values[column]:
            return self.day(column), None
        instant = self.local_time(column, practice)
        return (practice.local_date(instant), instant) if instant else (None, None)

    def month(self, column: str) -> date | None:
        """Return the first day of the cell's month; a problem where it is empty or no month."""
        return self.spelled(column, read_month, lambda month: f"{month:%Y-%m}")

    def words(self, column: str) -> list[str]:
        """Return the parts of a cell that are separated by semicolons."""
        return [word for part in self.values[column].split(";") if (word := part.strip())]

    def choices(self, column: str, kind: Iterable[Choice]) -> list[Choice]:
        """Return the members of ``kind`` in a cell, separated by semicolons."""
        return [member for word in self.words(column) if (member := self.choice(column, kind, word)) is not None]
