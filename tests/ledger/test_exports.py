"""The month in a spreadsheet: what a biller opens is what the ledger says, with real dates and numbers."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from ledger.database import Database
from ledger.exports import BELOW, BILLABLE, BLOCKED, CSV_COLUMNS, ENTRIES, WARNINGS, month_csv, month_workbook
from ledger.imports.entries import import_entries
from ledger.imports.patients import import_patients
from ledger.imports.staff import import_staff
from ledger.imports.teams import import_teams
from ledger.practice import Practice, create_practice
from ledger.sample import write_sample
from ledger.worklists import MonthList, month_list

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MONTH = date(2026, 11, 1)


@pytest.fixture
def sampled(sqlite_database: Database, tmp_path: Path) -> tuple[Database, Practice]:
    """A ledger with the invented practice of sixty patients."""
    with sqlite_database.writing() as connection:
        practice = create_practice(connection, "T0SHEET", "Sheet Practice", "America/New_York", at=AT)
    paths = write_sample(tmp_path, patients=60, seed=1, today=practice.local_date(AT))
    for importer, path in (
        (import_teams, paths.teams),
        (import_staff, paths.staff),
        (import_patients, paths.patients),
        (import_entries, paths.entries),
    ):
        with sqlite_database.writing() as connection:
            importer(connection, practice, path, at=AT, progress=lambda *_: None)
    return sqlite_database, practice


def opened(sampled: tuple[Database, Practice]) -> tuple[Workbook, MonthList]:
    database, practice = sampled
    with database.reading() as connection:
        book = load_workbook(io.BytesIO(month_workbook(connection, practice, MONTH)))
        return book, month_list(connection, practice, MONTH)


def rows_of(book: Workbook, title: str) -> list[tuple[object, ...]]:
    return list(book[title].iter_rows(values_only=True))


def test_every_sheet_has_its_columns_under_a_frozen_header(sampled: tuple[Database, Practice]) -> None:
    book, _ = opened(sampled)

    assert book.sheetnames == ["Summary", "Billable", "Blocked", "Below threshold", "Entries", "Audit warnings"]
    sheets = {"Billable": BILLABLE, "Blocked": BLOCKED, "Below threshold": BELOW}
    for title, columns in {**sheets, "Entries": ENTRIES, "Audit warnings": WARNINGS}.items():
        assert rows_of(book, title)[0] == columns
        assert book[title].freeze_panes == "A2"
        assert book[title]["A1"].font.bold


def test_the_billable_sheet_adds_up_to_the_expected_payment(sampled: tuple[Database, Practice]) -> None:
    book, listed = opened(sampled)

    rows = rows_of(book, "Billable")[1:]
    assert rows
    assert round(sum(float(str(row[4])) for row in rows) * 100) == listed.expected_cents
    assert {row[0] for row in rows} == {figures.patient_code for figures in listed.billable}
    dates = [cell.value for cell in book["Billable"]["F"][1:]]
    assert all(isinstance(value, datetime) for value in dates)
    assert book["Billable"]["E2"].number_format == '"$"#,##0.00'
    assert book["Billable"]["F2"].number_format == "yyyy-mm-dd"


def test_every_blocked_program_says_how_to_clear_each_blocker(sampled: tuple[Database, Practice]) -> None:
    book, listed = opened(sampled)

    rows = rows_of(book, "Blocked")[1:]
    assert len(rows) == sum(len(figures.blockers) for figures in listed.blocked) > 0
    assert all(row[5] for row in rows)


def test_every_minute_of_every_entry_is_counted_or_excluded_under_a_rule(sampled: tuple[Database, Practice]) -> None:
    book, _ = opened(sampled)

    for row in rows_of(book, "Entries")[1:]:
        named = dict(zip(ENTRIES, row, strict=True))
        assert named["Counted"] + named["Excluded"] == named["Minutes"]
        assert bool(named["Rule"]) == bool(named["Excluded"])


def test_the_workbook_has_no_note_and_no_name(sampled: tuple[Database, Practice]) -> None:
    database, practice = sampled
    with database.reading() as connection:
        content = month_workbook(connection, practice, MONTH)
        notes = connection.exec_driver_sql("SELECT note FROM time_entries WHERE note <> ''").scalars().all()
    said = "\n".join(
        str(value) for sheet in load_workbook(io.BytesIO(content)) for row in sheet.values for value in row
    )

    assert notes
    assert not any(note in said for note in notes)
    assert "Coordinator One" not in said


def test_the_csv_has_a_row_for_every_program_of_every_patient(sampled: tuple[Database, Practice]) -> None:
    database, practice = sampled
    with database.reading() as connection:
        text = month_csv(connection, practice, MONTH).decode()
        listed = month_list(connection, practice, MONTH)
    rows = list(csv.DictReader(io.StringIO(text)))

    assert tuple(rows[0]) == CSV_COLUMNS
    assert sum(int(row["payment_cents"] or 0) for row in rows) == listed.expected_cents
    groups = (listed.billable, listed.blocked, listed.below)
    programs = {(figures.patient_code, figures.program.value) for group in groups for figures in group}
    programs |= {(one.patient_code, one.program.value) for one in listed.untouched}
    assert {(row["patient"], row["program"]) for row in rows} == programs
    assert all(row["code"] or row["why_not"] for row in rows)
