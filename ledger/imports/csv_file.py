"""Reading a CSV file: cells to values, and every problem named with its line, column and remedy."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ledger.errors import LedgerError
from ledger.storage.failures import in_words
from ledger.validation import Cells, Problem


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


def read_rows(path: Path, columns: Sequence[str], *, optional: Sequence[str] = ()) -> list[Cells]:
    """Return the rows of a CSV file with exactly these columns, in any order; ``optional`` ones may be missing.

    Raises:
        LedgerError: For a file that cannot be read, ``ImportRefusedError`` for one whose header differs.
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
    """Yield the lines of the file with the number that an editor shows for their beginning."""
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
    """Raise ``ImportRefusedError`` where any row has a problem.

    Raises:
        ImportRefusedError: A row, or the header, is wrong; the problems name every line.
    """
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise ImportRefusedError(path, problems)
