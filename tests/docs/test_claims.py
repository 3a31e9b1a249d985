"""docs/claims.md: every column of the file in order, and a worked month that the program works out alike."""

import csv
import io
import re
from datetime import date
from pathlib import Path

from support.claims import claims, export, mark, work
from support.practice import a_practice

from ledger.claims.marks import in_words
from ledger.claims.states import ClaimStatus, totals_of_marks
from ledger.practice.practice import Practice
from ledger.reports.claim_files import COLUMNS, claims_csv
from ledger.storage.database import Database

TEXT = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
SHOWN = ("patient", "code", "units", "to_date", "expected_payment", "change", "status")


def written_tables() -> list[list[tuple[str, ...]]]:
    """The tables of the worked month, row by row."""
    worked = TEXT.partition("## A month, worked")[2].partition("\n## ")[0]
    header = f"| {' | '.join(SHOWN)} |"
    tables = []
    for part in worked.split(header)[1:]:
        lines = [line.strip() for line in part.splitlines()[2:]]
        table = lines[: lines.index("")]
        tables.append([tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table])
    return tables


def rows_of(database: Database, practice: Practice) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(claims_csv(export(database, practice)).decode())))


def shown(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in SHOWN) for row in rows]


def test_every_column_is_described_in_order_and_no_other() -> None:
    described = TEXT.partition("## The columns")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in described.splitlines() if line.startswith("| `")]

    assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell)] == list(COLUMNS)


def test_the_worked_month_comes_out_as_it_is_written(sqlite_database: Database) -> None:
    database, practice = sqlite_database, a_practice(sqlite_database)
    first, second, third = written_tables()
    work(database, practice, 25, 20)
    work(database, practice, 25, patient="P-1043")
    assert shown(rows_of(database, practice)) == first

    lines = (("P-1042", "99439"), ("P-1042", "99490"), ("P-1043", "99490"))
    for patient, code in lines:
        mark(database, practice, code, ClaimStatus.SUBMITTED, patient=patient)
    assert shown(rows_of(database, practice)) == second

    work(database, practice, 20, first_day=7)
    rows = rows_of(database, practice)
    assert shown(rows) == third
    assert f"`{rows[0]['what_changed']}`" in TEXT

    for patient, code in lines[:2]:
        mark(database, practice, code, ClaimStatus.SUBMITTED, patient=patient)
    on = date(2026, 11, 18)
    mark(database, practice, "99439", ClaimStatus.PAID, paid_cents=9886, on_date=on)
    mark(database, practice, "99490", ClaimStatus.PAID)
    mark(database, practice, "99490", ClaimStatus.DENIED, patient="P-1043", reason="CO-97")
    totals = totals_of_marks(one.mark for one in claims(database, practice).lines if one.mark)
    assert f"{totals.lines} claim lines submitted: {in_words(totals)}" in TEXT
