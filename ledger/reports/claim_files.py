"""A month's claim lines for a biller: CSV, a workbook's sheet, and rows for a program."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from ledger.claims.columns import DIAGNOSES, LINE, STATUS
from ledger.claims.states import ClaimList, ClaimStatus, ListedLine
from ledger.reports.sheets import Money, Month, Row, harmless, new_book, saved, sheet, shown
from ledger.validation import names

COLUMNS = ("change", "status", *LINE[1:], *(name for name in names(STATUS) if name != "status"))
"""Of CSV; a sheet calls them alike with capitals and spaces, so that both come back as they went."""
SHEET = "Claims"


def claims_csv(claims: ClaimList) -> bytes:
    """Return the lines as CSV (UTF-8), a row each; amounts in dollars without a sign."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(harmless(tuple(map(_plain, row))) for row in claim_rows(claims))
    return text.getvalue().encode()


def claims_workbook(claims: ClaimList) -> bytes:
    """Return the lines as a workbook (xlsx) of one sheet."""
    book = new_book()
    add_claims(book, claims)
    return saved(book)


def add_claims(book: Any, claims: ClaimList) -> None:
    """Add the lines to a workbook as a sheet."""
    titles = [column.replace("_", " ").capitalize().replace("npi", "NPI") for column in COLUMNS]
    sheet(book, SHEET, titles, claim_rows(claims))


def claims_data(claims: ClaimList) -> list[dict[str, Any]]:
    """Return the lines for a program, by column; amounts in cents, as in all JSON of this program."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in claim_rows(claims)]
    return [{name: _json(value) for name, value in row.items()} for row in rows]


def claim_rows(claims: ClaimList) -> Iterator[Row]:
    """Yield the cells of each line, in the order of ``COLUMNS``."""
    for one in claims.lines:
        cells = _cells(one, claims)
        yield tuple(cells[column] for column in COLUMNS)


def _cells(one: ListedLine, claims: ClaimList) -> dict[str, Any]:
    line, mark, who = one.line, one.mark, one.line.practitioner
    is_claimed = mark is not None and mark.is_claimed
    lacks = [*line.lacks, *(["a payment that is provisional"] if line.provisional else [])]
    return {
        "change": one.change.value,
        "status": one.status.value,
        "what_changed": one.what_changed,
        "lacks": "; ".join(lacks),
        "patient": line.patient_code,
        "program": line.program.value,
        "month": Month(line.month),
        "code": line.code,
        "units": 0 if one.is_gone else line.units,
        "from_date": line.from_date,
        "to_date": line.to_date,
        "place_of_service": line.place_of_service,
        **dict.fromkeys(DIAGNOSES, ""),
        **dict(zip(DIAGNOSES, line.diagnoses, strict=False)),
        **{f"{role}_practitioner": who.staff_id if who else "" for role in ("billing", "rendering")},
        **{f"{role}_name": who.name if who else "" for role in ("billing", "rendering")},
        **{f"{role}_npi": (who.npi if who else None) or "" for role in ("billing", "rendering")},
        "expected_payment": "" if line.expected_cents is None else Money(line.expected_cents),
        "statement_hash": line.statement_hash,
        "line_key": line.key,
        "status_on": mark.on_date if mark and is_claimed else "",
        "paid": Money(mark.paid_cents) if mark and mark.status is ClaimStatus.PAID else "",
        "reason": (mark.reason if mark else None) or "",
        "export": claims.export.number if claims.export else "",
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return f"{value.cents / 100:.2f}"
    return shown(value) if isinstance(value, Month) else value


def _json(value: Any) -> Any:
    return value.cents if isinstance(value, Money) else _plain(value)
