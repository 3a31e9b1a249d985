"""The cells of a file as text, however a spreadsheet saved it: CSV of several kinds and encodings, or a workbook."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zipfile import BadZipFile

from ledger.errors import LedgerError
from ledger.storage.failures import in_words

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_WORKBOOK, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_NULS = 0.3
"""More of a text's bytes than this are zero only where it is UTF-16."""
WORKBOOK_ENDINGS = (".xlsx", ".xlsm")


class NotCsvError(ValueError):
    """A line that is no CSV; ``line`` is its number."""

    def __init__(self, line: int, reason: str) -> None:
        """The reason is the CSV reader's."""
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class RawTable:
    """The lines of a file with their numbers, and what was taken for granted to read them."""

    lines: list[tuple[int, list[str]]]
    notes: tuple[str, ...] = ()


def read_raw(path: Path, sheet: str | None, known: Collection[str]) -> RawTable:
    """Return the cells of a CSV file or of a workbook's sheet; ``known`` are names of columns that the header may have.

    Raises:
        LedgerError: The file is missing, empty, a folder or no table.
        NotCsvError: A quote is not closed.
    """
    with in_words():
        content = path.read_bytes()
    if not content.strip():
        raise _unreadable(path, "is empty", "Export it again, with a first line that has the column names.")
    if content.startswith(_OLD_WORKBOOK):
        raise _unreadable(path, "is a workbook of an old kind (.xls)", "Save it as .xlsx or as CSV (UTF-8).")
    if content.startswith(_WORKBOOK):
        if path.suffix.lower() not in WORKBOOK_ENDINGS:
            raise _unreadable(path, "is a workbook, not CSV", f"Name it {path.stem}.xlsx, or save it as CSV (UTF-8).")
        return _read_workbook(path, content, sheet)
    if sheet is not None:
        raise LedgerError("SHEET_UNKNOWN", f"{path.name} is no workbook: it has no sheets.", "Leave --sheet out.")
    text, notes = _decoded(path, content)
    return _read_csv(text, notes, known)


def _decoded(path: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, said = "utf-16", "UTF-16"
    elif content.count(0) > _MOST_NULS * len(content):
        encoding, said = ("utf-16-le" if content[1:2] == b"\0" else "utf-16-be"), "UTF-16"
    else:
        encoding, said = "utf-8-sig", ""
    try:
        return content.decode(encoding), ((f"read as {said}",) if said else ())
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), ("read as Windows-1252, not UTF-8: check names with accents",)
    except UnicodeDecodeError as error:
        raise _unreadable(path, "is no text", "Save it as CSV (UTF-8) or as .xlsx and import it again.") from error


def _read_csv(text: str, notes: tuple[str, ...], known: Collection[str]) -> RawTable:
    first, _, _ = text.partition("\n")
    said = first.strip().strip('"').lower()
    begin = 0
    if said.startswith("sep=") and len(said) == len("sep=;"):
        separator, begin = said[-1], 1
    elif said == "sep=":
        separator, begin = "\t", 1
    else:
        separator = max(SEPARATORS, key=lambda each: sum(plain(cell) in known for cell in first.split(each)))
    if separator != ",":
        notes = (*notes, f"columns separated by {SEPARATORS.get(separator, separator)}")
    lines = _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    return RawTable([line for line in lines if line[0] > begin], notes)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of the file with the number that an editor shows for their beginning."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise NotCsvError(line, str(error)) from error
        yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined] # csv.reader has it; typeshed's Iterator does not


def _read_workbook(path: Path, content: bytes, sheet: str | None) -> RawTable:
    from openpyxl import load_workbook  # noqa: PLC0415 - openpyxl loads slowly
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - as above

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise _unreadable(path, "cannot be read as a workbook", "Save it as .xlsx or CSV (UTF-8) again.") from error
    names = [each.title for each in book.worksheets]
    if not names or (sheet is not None and sheet not in names):
        remedy = f"One of: {', '.join(names)}" if names else "Save a sheet with the table."
        raise LedgerError("SHEET_UNKNOWN", f"{path.name} has no sheet {sheet or 'at all'}.", remedy)
    chosen = sheet or names[0]
    rows = book[chosen].iter_rows(values_only=True)
    lines = [(number, [_as_text(cell) for cell in row]) for number, row in enumerate(rows, start=1)]
    while lines and not any(lines[0][1]):
        del lines[0]
    note = f"sheet {chosen!r} of {len(names)}" if len(names) > 1 else f"sheet {chosen!r}"
    return RawTable(lines, (note,))


def _as_text(cell: object) -> str:
    """Return a workbook's cell as it would be typed; a whole number without its point."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case date() | time():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell)


def plain(name: str) -> str:
    """Return a column's name as it is compared: small letters, with underscores for whatever stands between them."""
    return "_".join("".join(char if char.isalnum() else " " for char in name.casefold()).split())


def _unreadable(path: Path, what: str, remedy: str) -> LedgerError:
    return LedgerError("FILE_UNREADABLE", f"{path.name} {what}. Nothing was saved.", remedy)
