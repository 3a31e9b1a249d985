"""Reading a file of rows: cells to values, and every problem named with its lines, column and remedy."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError
from ledger.imports.raw_tables import NotCsvError, RawTable, plain, read_raw
from ledger.validation import Cells, Column, Problem, in_lines, names, read_otherwise

_TOTALS = frozenset({"total", "totals", "sum", "subtotal", "grand_total", "count"})
_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
_OWN_WORDS = re.compile(r"'[^']*'|[0-9][\w.,:/-]*")
"""What differs between two rows with one fault: what was typed, and numbers."""


class ImportRefusedError(LedgerError):
    """A file that was not imported; ``problems`` names everything that is wrong with it."""

    def __init__(self, file_name: str, problems: Sequence[Problem]) -> None:
        """All of ``problems``, in order of line; those of one kind are told once, with their lines."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        super().__init__(
            "IMPORT_REFUSED",
            f"{file_name} has {count}. Nothing was saved.",
            "Mend the lines below and import the file again.",
            tuple(_told_once(self.problems)),
        )


def _told_once(problems: Sequence[Problem]) -> Iterable[str]:
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kind = (problem.column, _OWN_WORDS.sub("…", problem.message), _OWN_WORDS.sub("…", problem.remedy))
        kinds.setdefault(kind, []).append(problem)
    for alike in kinds.values():
        first = alike[0]
        if len(alike) == 1:
            yield str(first)
        else:
            column = f", {first.column}" if first.column else ""
            yield f"{in_lines([each.line for each in alike])}{column}: {first.message} {first.remedy}"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file, and what was taken for granted to read them."""

    file_name: str
    rows: list[Cells]
    notes: tuple[str, ...] = ()

    def said(self) -> tuple[str, ...]:
        """Return how the file was read, and what in it was read otherwise than it was written."""
        return (*self.notes, *read_otherwise(self.rows))


def read_rows(path: Path, columns: Sequence[Column], sheet: str | None = None) -> Rows:
    """Return the rows of a CSV file, or of a workbook's sheet, with exactly these columns, in any order.

    Their names may be in any case and with spaces. Columns without a name and without a value are left out, and so is
    a row of totals.

    Raises:
        LedgerError: For a file that cannot be read, ``ImportRefusedError`` for one whose header differs.
    """
    called = {name: column.name for column in columns for name in (column.name, *column.also)}
    try:
        raw = read_raw(path, sheet, called)
    except NotCsvError as error:
        problem = Problem(error.line, "", f"is not CSV: {error}.", "Close every quote; double a quote inside quotes.")
        raise ImportRefusedError(path.name, [problem]) from error
    header = _header(path, raw, columns, called)
    optional = [column.name for column in columns if column.may_be_missing]
    totals = [line for line, cells in raw.lines[1:] if _is_totals(cells)]
    notes = (*raw.notes, *([f"{in_lines(totals)} left out: a row of totals"] if totals else ()))
    rows = [
        _row(line, cells, header, optional)
        for line, cells in raw.lines[1:]
        if any(cell.strip() for cell in cells) and not _is_totals(cells)
    ]
    return Rows(path.name, rows, notes)


def _header(path: Path, raw: RawTable, columns: Sequence[Column], called: Mapping[str, str]) -> list[str]:
    """Return the names of the columns as far as they have names."""
    line, cells = raw.lines[0] if raw.lines else (1, [])
    named = [name.strip() for name in cells]
    while named and not named[-1] and not any(cell.strip() for _, row in raw.lines for cell in row[len(named) - 1 :]):
        named.pop()
    header = [called.get(plain(name), "") for name in named]
    needed = [column.name for column in columns if not column.may_be_missing]
    missing = [name for name in needed if name not in header]
    unknown = [name for name, read in zip(named, header, strict=True) if not read]
    if missing or unknown or len(set(header)) != len(header):
        said = [
            f"missing: {', '.join(missing)}" if missing else "",
            f"unknown: {', '.join(name or 'a column without a name' for name in unknown)}" if unknown else "",
        ]
        message = f"the columns are not as expected ({'; '.join(filter(None, said)) or 'one comes twice'})."
        if len(header) == 1 and len(missing) == len(needed):
            message += " They may be separated by something else than commas, semicolons, tabs or bars."
        raise ImportRefusedError(
            path.name, [Problem(line, "", message, f"The first line reads: {','.join(names(columns))}")]
        )
    return header


def _row(line: int, cells: list[str], header: list[str], optional: Sequence[str]) -> Cells:
    stripped = [cell.strip() for cell in cells]
    while len(stripped) > len(header) and not stripped[-1]:
        stripped.pop()
    padded = stripped + [""] * (len(header) - len(stripped))
    without = frozenset(optional).difference(header)
    row = Cells(line, {**dict.fromkeys(optional, ""), **dict(zip(header, padded, strict=False))}, without)
    if len(stripped) > len(header) or len(cells) < len(header):
        count = max(len(stripped), 1) if len(stripped) > len(header) else len(cells)
        said = f"has {count} cells; the header has {len(header)}."
        row.refuse("", said, "Put quotes around a cell that contains a comma.")
    for name in (name for name, value in row.values.items() if "\0" in value):
        row.refuse(name, "holds a character that cannot be stored.", "Type the cell again.")
    return row


def _is_totals(cells: list[str]) -> bool:
    """Return whether the row begins with a word for a total and has nothing else but numbers."""
    first, *others = [cell.strip() for cell in cells if cell.strip()] or [""]
    return plain(first) in _TOTALS and bool(others) and all(_NUMBER.fullmatch(cell) for cell in others)


def refuse_if_any(table: Rows) -> None:
    """Raise ``ImportRefusedError`` where any row has a problem.

    Raises:
        ImportRefusedError: A row, or the header, is wrong; the problems name every line.
    """
    problems = [problem for row in table.rows for problem in row.problems]
    if problems:
        raise ImportRefusedError(table.file_name, problems)
