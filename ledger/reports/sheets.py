"""Sheets of a workbook and rows of CSV: real dates and numbers, and no text that a spreadsheet takes for a formula."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ledger.rules.formatting import dollars

Row = Sequence[Any]
DATE_FORMAT = "yyyy-mm-dd"
MONTH_FORMAT = "yyyy-mm"
TIME_FORMAT = "yyyy-mm-dd hh:mm"
MONEY_FORMAT = '"$"#,##0.00'
CELL_CHARACTERS = 32_767
CUT_SHORT = "… (the whole note stands in the ledger)"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in cents that a spreadsheet shows in dollars."""

    cents: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its first day, which a spreadsheet shows without the day."""

    first_day: date


def new_book() -> Workbook:
    """Return a workbook without sheets."""
    return Workbook(write_only=True)


def saved(book: Workbook) -> bytes:
    """Return the workbook's file (xlsx)."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def harmless(row: Row) -> Row:
    """Return the row with an apostrophe before each text that a spreadsheet would take for a formula."""
    return tuple(f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell for cell in row)


def sheet(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Add a sheet with a frozen header in bold, columns as wide as what they hold, and real dates and numbers."""
    kept = [tuple(row) for row in rows]
    written: Any = book.create_sheet(title)  # openpyxl's stubs know less of write-only sheets than they can
    written.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        widest = max((len(shown(row[index - 1])) for row in kept), default=0)
        written.column_dimensions[get_column_letter(index)].width = min(max(len(column), widest) + 2, 60)
    written.append([_cell(written, column, bold=True) for column in columns])
    for row in kept:
        written.append([_cell(written, value) for value in row])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if value in (None, ""):
        return None
    cell: Any = WriteOnlyCell(sheet, value=_plain(value))
    if isinstance(value, str):
        cell.data_type = "s"  # a text stays one, whatever it begins with
    if bold:
        cell.font = Font(bold=True)
    if isinstance(value, Money):
        cell.number_format = MONEY_FORMAT
    elif isinstance(value, Month):
        cell.number_format = MONTH_FORMAT
    elif isinstance(value, datetime):
        cell.number_format = TIME_FORMAT
    elif isinstance(value, date):
        cell.number_format = DATE_FORMAT
    return cell


def _plain(value: Any) -> Any:
    """Return what a cell can hold: numbers and dates as they are, text without what no spreadsheet takes."""
    if isinstance(value, Money):
        return value.cents / 100
    if isinstance(value, Month):
        return value.first_day
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return text if len(text) <= CELL_CHARACTERS else f"{text[: CELL_CHARACTERS - len(CUT_SHORT)]}{CUT_SHORT}"


def shown(value: Any) -> str:
    """Return a cell as a reader sees it."""
    if isinstance(value, Money):
        return dollars(value.cents)
    if isinstance(value, Month):
        return f"{value.first_day:%Y-%m}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value or "")
