"""Reading a CSV file: cells to values, and every problem named with its line, column and remedy."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from ledger.errors import LedgerError
from ledger.failures import in_words
from ledger.practice import Practice

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
        """One line a person can act on."""
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message} {self.remedy}"


class ImportRefusedError(LedgerError):
    """A file that was not imported; ``problems`` names everything that is wrong with it."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        """All of ``problems``, in order of line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        super().__init__(
            "IMPORT_REFUSED",
            f"{path.name} has {count}. Nothing was saved.",
            "Mend the lines below and import the file again.",
            tuple(map(str, self.problems)),
        )


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many rows of a file were new, changed what was there, or said what the ledger already knew."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[str]) -> "ImportSummary":
        """The summary of rows that were each ``added``, ``changed`` or ``unchanged``."""
        counted = Counter(outcomes)
        return cls(counted["added"], counted["changed"], counted["unchanged"])


_LONGEST_NUMBER = 9

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(slots=True)
class Cells:
    """One row of a file. Each method returns a cell's value, or None and a problem where it has none."""

    line: int
    values: Mapping[str, str]
    missing: frozenset[str] = frozenset()
    """Optional columns that the file does not have; in ``values`` they are empty."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, message: str, remedy: str) -> None:
        """Adds a problem with this row."""
        self.problems.append(Problem(self.line, column, message, remedy))

    def text(self, column: str, example: str) -> str:
        """The cell's text; a problem where it is empty."""
        value = self.values[column]
        if not value:
            self.refuse(column, "is empty.", f"For example: {example}")
        return value

    def optional(self, column: str) -> str | None:
        """The cell's text, or None where it is empty."""
        return self.values[column] or None

    def day(self, column: str) -> date | None:
        """The cell's date, or None where it is empty; a problem where it is no date."""
        value = self.values[column]
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, f"{value!r} is not a date.", "Write it as 2026-11-03.")
            return None

    def required_day(self, column: str) -> date | None:
        """The cell's date; a problem where it is empty or no date."""
        if not self.values[column]:
            self.refuse(column, "is empty.", "Write the date as 2026-11-03.")
        return self.day(column)

    def local_time(self, column: str, practice: Practice) -> datetime | None:
        """The instant that the cell's local time names, in UTC; a problem where it is none or never happened."""
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
        """The cell's whole number, or None where it is empty; a problem where it is none."""
        value = self.values[column]
        if not value:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > _LONGEST_NUMBER:
            self.refuse(column, f"{value!r} is not a whole number.", "For example: 12")
            return None
        return int(value)

    def yes_no(self, column: str, *, default: bool) -> bool:
        """Whether the cell says yes; ``default`` where it is empty."""
        value = self.values[column].lower()
        if value in {"yes", "true", "1"}:
            return True
        if value in {"no", "false", "0"}:
            return False
        if value:
            self.refuse(column, f"{self.values[column]!r} is neither yes nor no.", "Write yes or no.")
        return default

    def choice(self, column: str, kind: type[Choice], value: str | None = None) -> Choice | None:
        """The cell's (or ``value``'s) member of ``kind``, or None where it is empty; a problem for another word."""
        word = self.values[column] if value is None else value
        if not word:
            return None
        found = next((member for member in kind if member.value.lower() == word.lower()), None)
        if found is None:
            self.refuse(column, f"{word!r} is not known.", f"One of: {', '.join(kind)}")
        return found

    def needed_choice(self, column: str, kind: type[Choice]) -> Choice | None:
        """The cell's member of ``kind``; a problem where it is empty or another word."""
        if not self.values[column]:
            self.refuse(column, "is empty.", f"One of: {', '.join(kind)}")
        return self.choice(column, kind)

    def day_or_time(self, column: str, practice: Practice) -> tuple[date | None, datetime | None]:
        """The cell's local date, and its instant where a time stands there too; a problem where it is neither."""
        if "T" not in self.values[column] and " " not in self.values[column]:
            return self.day(column), None
        instant = self.local_time(column, practice)
        return (practice.local_date(instant), instant) if instant else (None, None)

    def month(self, column: str) -> date | None:
        """The first day of the cell's month; a problem where it is empty or no month."""
        value = self.values[column]
        try:
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            self.refuse(column, f"{value!r} is not a month." if value else "is empty.", "Write it as 2026-11.")
            return None

    def words(self, column: str) -> list[str]:
        """The parts of a cell that are separated by semicolons."""
        return [word for part in self.values[column].split(";") if (word := part.strip())]

    def choices(self, column: str, kind: type[Choice]) -> list[Choice]:
        """The members of ``kind`` in a cell, separated by semicolons."""
        return [member for word in self.words(column) if (member := self.choice(column, kind, word)) is not None]


def read_rows(path: Path, columns: Sequence[str], *, optional: Sequence[str] = ()) -> list[Cells]:
    """The rows of a CSV file with exactly these columns, in any order; ``optional`` ones may be missing.

    Raises ``LedgerError`` for a file that cannot be read, ``ImportRefusedError`` for one whose header differs.
    """
    try:
        with in_words(), path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, csv.reader(file, strict=True), columns, optional))
    except UnicodeDecodeError as error:
        raise LedgerError(
            "FILE_UNREADABLE",
            f"{path.name} cannot be read as UTF-8 text. Nothing was saved.",
            "Save it as CSV (UTF-8) and import it again.",
        ) from error


def _rows(path: Path, reader: Iterator[list[str]], columns: Sequence[str], optional: Sequence[str]) -> Iterable[Cells]:
    lines = _numbered(path, reader)
    header = [name.strip() for name in next(lines, (1, []))[1]]
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in (*columns, *optional)]
    if missing or unknown or len(set(header)) != len(header):
        said = [
            f"missing: {', '.join(missing)}" if missing else "",
            f"unknown: {', '.join(name or 'a column without a name' for name in unknown)}" if unknown else "",
        ]
        message = f"the columns are not as expected ({'; '.join(filter(None, said)) or 'one comes twice'})."
        raise ImportRefusedError(path, [Problem(1, "", message, f"The first line reads: {','.join(columns)}")])
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
        without = frozenset(optional).difference(header)
        row = Cells(line, {**dict.fromkeys(optional, ""), **dict(zip(header, padded, strict=False))}, without)
        if len(cells) != len(header):
            row.refuse(
                "",
                f"has {len(cells)} cells; the header has {len(header)}.",
                "Put quotes around a cell that contains a comma.",
            )
        for name in (name for name, value in row.values.items() if "\0" in value):
            row.refuse(name, "holds a character that cannot be stored.", "Type the cell again.")
        yield row


def _numbered(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The lines of the file with the number that an editor shows for their beginning."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = Problem(line, "", f"is not CSV: {error}.", "Close every quote; double a quote inside quotes.")
            raise ImportRefusedError(path, [problem]) from error
        yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined] # csv.reader has it; typeshed's Iterator does not


def refuse_if_any(path: Path, rows: Iterable[Cells]) -> None:
    """Raises ``ImportRefusedError`` where any row has a problem."""
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise ImportRefusedError(path, problems)
