"""Payments from a file: CMS's relative value file as CMS publishes it, or a list of code and amount (B4).

The relative value file (PPRRVU, January's in RVU27A.zip) begins with lines of titles and copyright; then each column's
name stands on two or more lines, one above the other, such as ``NON-FACILITY`` over ``TOTAL``. What a code pays is its
total of relative value units times the conversion factor, which stands in each line.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

from ledger.errors import LedgerError
from ledger.imports.raw_tables import NotCsvError, read_raw
from ledger.rules.prices import units_cents

_COLUMNS = {
    "code": ("HCPCS",),
    "modifier": ("MOD",),
    "outside": ("NONFACILITYTOTAL", "NONFACTOTAL"),
    "inside": ("FACILITYTOTAL", "FACTOTAL"),
    "factor": ("CONVFACTOR", "CONVERSIONFACTOR"),
}
"""How the letters of a column's name end once its lines are read from above; the first that fits has the column."""
_LINES_OF_A_NAME = 4
_CODE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
_YEAR = re.compile(r"\b(20\d\d)\s+National Physician Fee Schedule", re.IGNORECASE)
_AMOUNT = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")
_TITLES = {"code", "hcpcs", "cpt", "amount", "payment", "rate", "fee", "price", "cents"}


@dataclass(frozen=True, slots=True)
class FilePayment:
    """What a code pays, in cents: outside facilities, and in them where the file says so."""

    cents: int
    facility_cents: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """The payments of a file by code; of CMS's file also its year, where its title names one, and its factor."""

    payments: Mapping[str, FilePayment]
    year: int | None = None
    conversion_factor: Decimal | None = None

    @property
    def is_relative_values(self) -> bool:
        """Whether it is CMS's file: its payments are national averages."""
        return self.conversion_factor is not None


def read_payments(path: Path, codes: Sequence[str]) -> PaymentFile:
    """Return what the file says of these codes; of a code with several modifiers the line without one.

    Raises:
        LedgerError: PAYMENTS_UNREADABLE, with the line; FILE_UNREADABLE; or where none of the codes is in it.
    """
    try:
        lines = read_raw(path, None, _TITLES).lines
    except NotCsvError as error:
        raise _unreadable(path, error.line, f"is no CSV: {error}") from error
    header = next((index for index, (_, cells) in enumerate(lines) if "HCPCS" in map(_letters, cells)), None)
    is_listed = header is None or not _named_columns(lines, header)
    found = _from_list(path, lines) if is_listed or header is None else _from_relative_values(path, lines, header)
    kept = {code: found.payments[code] for code in codes if code in found.payments}
    if not kept:
        raise LedgerError(
            "PAYMENTS_NONE",
            f"{path.name} has none of the codes of the rulebooks, such as {codes[0]}. Nothing was saved.",
            "Give CMS's relative value file (PPRRVU….csv), or lines of code and amount, for example: 99490,66.13",
        )
    return PaymentFile(MappingProxyType(kept), found.year, found.conversion_factor)


def _from_relative_values(path: Path, lines: list[tuple[int, list[str]]], header: int) -> PaymentFile:
    columns = _named_columns(lines, header)
    missing = [name for name in ("code", "outside", "inside", "factor") if name not in columns]
    if missing:
        wanted = {"outside": "NON-FACILITY TOTAL", "inside": "FACILITY TOTAL", "factor": "CONV FACTOR", "code": "HCPCS"}
        named = ", ".join(wanted[name] for name in missing)
        raise _unreadable(path, lines[header][0], f"names no column {named}")
    titles = " ".join(cell for _, cells in lines[:header] for cell in cells)
    year = _YEAR.search(titles)
    payments: dict[str, FilePayment] = {}
    factors: set[Decimal] = set()
    for number, cells in lines[header + 1 :]:
        row = {name: cells[column].strip() for name, column in columns.items() if column < len(cells)}
        if not _CODE.fullmatch(row.get("code", "")) or row.get("modifier") or len(row) < len(columns):
            continue
        try:
            factor, outside, inside = (Decimal(row[name]) for name in ("factor", "outside", "inside"))
        except InvalidOperation as error:
            raise _unreadable(path, number, f"has no number where {row['code']} has its units or factor") from error
        if outside and factor:
            inside_cents = units_cents(inside, factor) if inside else None
            payments[row["code"]] = FilePayment(units_cents(outside, factor), inside_cents)
            factors.add(factor)
    if len(factors) > 1:
        raise _unreadable(path, lines[header][0], "has several conversion factors")
    return PaymentFile(payments, int(year[1]) if year else None, next(iter(factors), None))


def _named_columns(lines: list[tuple[int, list[str]]], header: int) -> dict[str, int]:
    """Return which column of CMS's file has what; empty where there is nothing but a code."""
    above = lines[max(0, header - _LINES_OF_A_NAME + 1) : header + 1]
    found: dict[str, int] = {}
    for column in range(len(lines[header][1])):
        letters = "".join(_letters(cells[column]) for _, cells in above if column < len(cells))
        name = next((name for name, ends in _COLUMNS.items() if letters.endswith(ends)), None)
        if name is not None:
            found.setdefault(name, column)
    return found if found.keys() - {"code", "modifier"} else {}


def _from_list(path: Path, lines: list[tuple[int, list[str]]]) -> PaymentFile:
    payments: dict[str, FilePayment] = {}
    for number, code, amount in _pairs(path, lines):
        found = _AMOUNT.fullmatch(amount)
        if found is None:
            raise _unreadable(path, number, f"has no amount in dollars for {code}")
        if code in payments:
            raise _unreadable(path, number, f"has {code} a second time")
        whole, part = found[1].replace(",", ""), (found[2] or "").ljust(2, "0")
        payments[code] = FilePayment(int(whole) * 100 + int(part))
    return PaymentFile(payments)


def _pairs(path: Path, lines: list[tuple[int, list[str]]]) -> Iterator[tuple[int, str, str]]:
    """Yield number, code and amount of each line that has any; a first line of names is passed over."""
    for index, (number, cells) in enumerate(lines):
        filled = [cell.strip() for cell in cells]
        if not any(filled) or (index == 0 and {cell.lower() for cell in filled} & _TITLES):
            continue
        code, amount = filled[0].upper(), next((cell for cell in filled[1:2]), "")
        if not _CODE.fullmatch(code):
            raise _unreadable(path, number, "begins with no code such as 99490")
        yield number, code, amount


def _letters(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalpha())


def _unreadable(path: Path, line: int, what: str) -> LedgerError:
    return LedgerError(
        "PAYMENTS_UNREADABLE",
        f"{path.name}, line {line}: {what}. Nothing was saved.",
        "Give CMS's relative value file (PPRRVU….csv) as it is in CMS's archive, or lines of code and amount, for "
        "example: 99490,66.13",
    )
