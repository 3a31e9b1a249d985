"""``ccm import`` of files as spreadsheets write them: read as they are meant, or named as what they are."""

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ledger.sample import write_sample

Ccm = Any
FILES = Path(__file__).with_name("spreadsheets")
KINDS = ("teams", "staff", "patients", "entries")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    write_sample(tmp_path / "sample", patients=30, seed=1, today=date(2026, 11, 24))
    return tmp_path / "sample"


@pytest.fixture
def sample_ccm(bare_ccm: Ccm, sample: Path) -> Ccm:
    """Runs ``ccm`` on a ledger with the people and patients of ``ccm sample``."""
    assert bare_ccm("init", "--workspace", "T0SAMPLE", "--timezone", "America/New_York", "--name", "S").exit_code == 0
    for kind in ("teams", "staff", "patients"):
        seen = bare_ccm("import", kind, str(sample / f"{kind}.csv"))
        assert seen.exit_code == 0, seen.output
    return bare_ccm


@pytest.mark.parametrize(
    ("file", "added", "said"),
    [
        ("c04_semicolon.csv", 2, "columns separated by semicolons"),
        ("c05_sep_line.csv", 2, ""),
        ("c08_trailing_empty_cols.csv", 2, ""),
        ("c10_header_case_spaces.csv", 1, ""),
        ("c12_us_dates.csv", 2, "date '11/3/2026' read as 2026-11-03 (lines 2, 3)"),
        ("c15_times_ampm.csv", 1, "start '11/3/2026 2:05 PM' read as 2026-11-03T14:05 (line 2)"),
        ("c21_dup_rows_new_ids.csv", 2, ""),
        ("c23_totals_row.csv", 2, "line 4 left out: a row of totals"),
        ("c33_activity_words.csv", 6, "activity 'phone call' read as patient_contact (line 4)"),
        ("c46_times_and_minutes.csv", 1, ""),
    ],
)
def test_a_file_is_read_as_it_is_meant_and_says_how(sample_ccm: Ccm, file: str, added: int, said: str) -> None:
    seen = sample_ccm("import", "entries", str(FILES / file))

    assert seen.exit_code == 0, seen.output
    assert f"{added} added, 0 changed, 0 unchanged." in seen.output
    assert said in seen.output


@pytest.mark.parametrize(
    ("kind", "file", "said"),
    [
        (
            "entries",
            "c17_minutes_float.csv",
            "lines 3, 4, 6 and 1 more, minutes: '12.5' is not a whole number.",
        ),
        (
            "entries",
            "c19_staff_case.csv",
            "line 4, staff: no staff member has the id 'Coordinator One'.",
        ),
        ("patients", "p11_conditions_not_codes.csv", "conditions"),
        ("patients", "p12_future_dates.csv", "care_plan_date"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused_by_line_and_column(
    sample_ccm: Ccm, kind: str, file: str, said: str
) -> None:
    seen = sample_ccm("import", kind, str(FILES / file))

    assert seen.exit_code == 1
    assert "Nothing was saved." in seen.output
    assert said in seen.output


def as_us_csv(rows: list[list[str]], path: Path) -> None:
    """Write the rows as a spreadsheet in the United States saves them."""
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file).writerows([[us(cell) for cell in row] for row in rows])


def us(cell: str) -> str:
    """Return a date or local time in the way of the United States."""
    for form, written in (("%Y-%m-%d", "{0:%m/%d/%Y}"), ("%Y-%m-%dT%H:%M", "{0:%m/%d/%Y} {0:%I:%M} {0:%p}")):
        try:
            return written.format(datetime.strptime(cell, form)).lstrip("0")  # noqa: DTZ007 as it is typed
        except ValueError:
            continue
    return cell


def as_workbook(rows: list[list[str]], path: Path) -> None:
    """Write the rows as a workbook with real dates, times and numbers."""
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([typed(cell) for cell in row])
    book.save(path)


def typed(cell: str) -> object:
    """Return a cell with the type that a spreadsheet gives it."""
    for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(cell, form)  # noqa: DTZ007 as it is typed
        except ValueError:
            continue
    return float(cell) if cell.isdigit() else cell or None


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(("write", "ending"), [(as_us_csv, ".csv"), (as_workbook, ".xlsx")])
def test_the_sample_saved_by_a_spreadsheet_says_what_the_sample_says(
    bare_ccm: Ccm, sample: Path, tmp_path: Path, write: Any, ending: str
) -> None:
    assert bare_ccm("init", "--workspace", "T0SAMPLE", "--timezone", "America/New_York", "--name", "S").exit_code == 0
    for kind in KINDS:
        assert bare_ccm("import", kind, str(sample / f"{kind}.csv")).exit_code == 0
        saved = tmp_path / f"{kind}{ending}"
        rows = rows_of(sample / f"{kind}.csv")
        write(rows, saved)
        seen = bare_ccm("import", kind, str(saved), "--json")
        assert seen.exit_code == 0, seen.output
        summary = json.loads(seen.output)
        assert (summary["added"], summary["changed"], summary["unchanged"]) == (0, 0, len(rows) - 1)


def test_a_sheet_is_chosen_by_its_name_and_an_unknown_one_named(sample_ccm: Ccm, sample: Path, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["notes of the office"])
    sheet = book.create_sheet("Teams")
    for row in rows_of(sample / "teams.csv"):
        sheet.append(row)
    book.save(tmp_path / "practice.xlsx")

    assert sample_ccm("import", "teams", str(tmp_path / "practice.xlsx")).exit_code == 1
    assert sample_ccm("import", "teams", str(tmp_path / "practice.xlsx"), "--sheet", "Teams").exit_code == 0
    seen = sample_ccm("import", "teams", str(tmp_path / "practice.xlsx"), "--sheet", "Team")
    assert (seen.exit_code, "One of: Sheet, Teams" in seen.output) == (1, True)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(sample_ccm: Ccm) -> None:
    file = str(FILES / "c04_semicolon.csv")
    dry = sample_ccm("import", "entries", file, "--dry-run")
    assert (dry.exit_code, "Nothing was saved. It would be: 2 added" in dry.output) == (0, True)
    assert "2 added, 0 changed, 0 unchanged." in sample_ccm("import", "entries", file).output


def test_all_problems_are_written_to_a_file_of_their_own(sample_ccm: Ccm, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    seen = sample_ccm("import", "patients", str(FILES / "p12_future_dates.csv"), "--errors", str(errors))

    assert seen.exit_code == 1
    with errors.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["line", "column", "message", "remedy"]
    assert [row[:2] for row in rows] == [
        ["2", "care_plan_date"],
        ["3", "initiating_visit_date"],
        ["4", "enrolled_on"],
        ["5", "consent_date"],
        ["6", "consent_date"],
    ]
