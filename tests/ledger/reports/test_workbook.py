"""The month in a spreadsheet: what a biller opens is what the ledger says, with real dates and numbers."""

import csv
import io
import re
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from support.attestations import MEYER, attest_all
from support.practice import AT as PRACTICE_AT
from support.practice import a_practice, a_request, an_entry, import_file, patient_of_an_older_version, record

from bot.commands.registry import COMMANDS
from ledger.attestations import KINDS, Asked, attest
from ledger.practice.practice import Practice, create_practice
from ledger.recording.addenda import add_addendum
from ledger.reports.month_lists import MonthList, Scope, month_list
from ledger.reports.workbook import (
    ATTESTED,
    BELOW,
    BILLABLE,
    BLOCKED,
    CSV_COLUMNS,
    ENTRIES,
    NOTE,
    STAFF_NAME,
    WARNINGS,
    entry_columns,
    month_csv,
    month_workbook,
)
from ledger.sample import write_sample
from ledger.setting_changes import change_policy
from ledger.storage.database import Database

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MONTH = date(2026, 11, 1)


@pytest.fixture
def sampled(sqlite_database: Database, tmp_path: Path) -> tuple[Database, Practice]:
    """A ledger with the invented practice of sixty patients."""
    with sqlite_database.of("T0TEST").writing() as connection:
        practice = create_practice(connection, "T0SHEET", "Sheet Practice", "America/New_York", at=AT)
    paths = write_sample(tmp_path, patients=60, seed=1, today=practice.local_date(AT))
    for kind, path in asdict(paths).items():
        import_file(sqlite_database, practice, kind, path, at=AT)
    return sqlite_database, practice


def opened(sampled: tuple[Database, Practice]) -> tuple[Workbook, MonthList]:
    database, practice = sampled
    with database.of("T0TEST").reading() as connection:
        book = load_workbook(io.BytesIO(month_workbook(connection, practice, MONTH)))
        return book, month_list(connection, practice, Scope(MONTH))


def allowing(database: Database, practice: Practice, *settings: str) -> Practice:
    """The practice with these settings on."""
    for name in settings:
        with database.of("T0TEST").writing() as connection:
            practice = change_policy(connection, practice, name, value=True, at=AT, recorded_by="admin1")
    return practice


def made(database: Database, practice: Practice) -> Workbook:
    with database.of("T0TEST").reading() as connection:
        return load_workbook(io.BytesIO(month_workbook(connection, practice, MONTH)))


def rows_of(book: Workbook, title: str) -> list[tuple[object, ...]]:
    return list(book[title].iter_rows(values_only=True))


def test_every_sheet_has_its_columns_under_a_frozen_header(sampled: tuple[Database, Practice]) -> None:
    book, _ = opened(sampled)

    assert book.sheetnames[:1] == ["Claims"]
    lists = ["Summary", "Billable", "Blocked", "Below threshold", "Entries", "Audit warnings"]
    assert book.sheetnames[1:] == [*lists, "Diagnostic", "Attestations"]
    sheets = {"Billable": BILLABLE, "Blocked": BLOCKED, "Below threshold": BELOW, "Attestations": ATTESTED}
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
    for row in rows:
        assert row[5]
        assert not re.search(r"\b(CODE|PROGRAM)\b", str(row[5]))
    commands = [command for row in rows for command in re.findall(r"/ccm (\w+)(?: (\S+))?", str(row[5]))]
    assert commands
    patients = {row[0] for row in rows}
    assert {name for name, _ in commands} <= set(COMMANDS)
    assert {code for _, code in commands} <= patients


def test_the_summary_says_its_month_as_a_date_and_what_was_left_out(sampled: tuple[Database, Practice]) -> None:
    book, listed = opened(sampled)

    cells = {row[0].value: row[1] for row in book["Summary"].iter_rows()}
    assert (cells["Month"].value, cells["Month"].number_format) == (datetime(2026, 11, 1, 0, 0), "yyyy-mm")  # noqa: DTZ001 - a spreadsheet's
    assert cells["Billable patients"].value == listed.billable_patients
    assert round(cells["Expected payment"].value * 100) == listed.expected_cents
    assert cells["Names of the staff"].value == "left out (/ccm settings export_staff_names)"
    assert cells["Notes"].value == "left out (/ccm settings export_notes)"


def test_every_minute_of_every_entry_is_counted_or_excluded_under_a_rule(sampled: tuple[Database, Practice]) -> None:
    book, _ = opened(sampled)

    for row in rows_of(book, "Entries")[1:]:
        named = dict(zip(ENTRIES, row, strict=True))
        assert named["Counted"] + named["Excluded"] == named["Minutes"]
        assert bool(named["Rule"]) == bool(named["Excluded"])


def test_the_workbook_has_no_note_and_no_name(sampled: tuple[Database, Practice]) -> None:
    database, practice = sampled
    with database.of("T0TEST").reading() as connection:
        content = month_workbook(connection, practice, MONTH)
        notes = connection.exec_driver_sql("SELECT note FROM time_entries WHERE note <> ''").scalars().all()
    said = "\n".join(
        str(value) for sheet in load_workbook(io.BytesIO(content)) for row in sheet.values for value in row
    )

    assert notes
    assert not any(note in said for note in notes)
    assert "Coordinator One" not in said


def test_names_and_notes_stand_among_the_entries_where_the_practice_allows_them(
    sampled: tuple[Database, Practice],
) -> None:
    database, practice = sampled
    practice = allowing(database, practice, "export_staff_names", "export_notes")

    book = made(database, practice)

    columns = rows_of(book, "Entries")[0]
    assert columns == entry_columns(practice)
    assert set(columns) - set(ENTRIES) == {STAFF_NAME, NOTE}
    rows = [dict(zip(columns, row, strict=True)) for row in rows_of(book, "Entries")[1:]]
    assert {row[STAFF_NAME] for row in rows if row["Staff"] == "coord1"} == {"Coordinator One"}
    assert all(row[NOTE] or "C2" in str(row["Rule"]) for row in rows)
    summary = dict(row[:2] for row in rows_of(book, "Summary"))
    assert (summary["Names of the staff"], summary["Notes"]) == ("in the sheet Entries", "in the sheet Entries")
    others = [title for title in book.sheetnames if title != "Entries"]
    said = "\n".join(str(value) for title in others for row in rows_of(book, title) for value in row)
    assert "Coordinator One" not in said
    assert not any(str(row[NOTE]) in said for row in rows if row[NOTE])


@pytest.mark.parametrize("setting", ["export_staff_names", "export_notes"])
def test_each_of_the_two_is_allowed_by_itself(sampled: tuple[Database, Practice], setting: str) -> None:
    database, practice = sampled
    practice = allowing(database, practice, setting)

    added = set(rows_of(made(database, practice), "Entries")[0]) - set(ENTRIES)

    assert added == {STAFF_NAME if setting == "export_staff_names" else NOTE}


NASTY = ('=HYPERLINK("http://x","y")', "+1 dose kept", "-2 pounds", "@home today", "#N/A so far", "bell \x07 rang")


def test_a_note_never_becomes_a_formula(sqlite_database: Database) -> None:
    practice = allowing(sqlite_database, a_practice(sqlite_database), "export_notes")
    for minutes, note in enumerate(NASTY, start=1):
        record(sqlite_database, practice, an_entry(minutes=minutes, note=note))
    with sqlite_database.of("T0TEST").writing() as connection:
        add_addendum(
            connection, practice, "P-1042", 1, text="Dose kept.", request=a_request(), at=PRACTICE_AT, by="nurse1"
        )

    sheet = made(sqlite_database, practice)["Entries"]

    cells = list(sheet.columns)[-1][1:]
    assert [cell.value for cell in cells] == [f"{NASTY[0]}\nDose kept.", *NASTY[1:5], "bell  rang"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_note_longer_than_a_cell_says_that_it_goes_on(sqlite_database: Database) -> None:
    practice = allowing(sqlite_database, a_practice(sqlite_database), "export_notes")
    record(sqlite_database, practice, an_entry(note="a" * 3000))
    for _ in range(11):
        with sqlite_database.of("T0TEST").writing() as connection:
            add_addendum(
                connection, practice, "P-1042", 1, text="b" * 3000, request=a_request(), at=PRACTICE_AT, by="nurse1"
            )

    note = str(list(made(sqlite_database, practice)["Entries"].columns)[-1][1].value)

    assert len(note) == 32_767
    assert note.endswith("(the whole note stands in the ledger)")


def test_a_text_that_a_spreadsheet_takes_for_a_formula_is_quoted_in_the_csv(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    for code in ("=1+1", "-P1"):
        patient_of_an_older_version(sqlite_database, practice, code, ["E11.9", "I10"])

    with sqlite_database.of("T0TEST").reading() as connection:
        text = month_csv(connection, practice, MONTH).decode()
        book = load_workbook(io.BytesIO(month_workbook(connection, practice, MONTH)))

    codes = {row["patient"] for row in csv.DictReader(io.StringIO(text))}
    assert {"'=1+1", "'-P1"} <= codes
    cell = next(row[0] for row in book["Below threshold"].iter_rows() if row[0].value == "=1+1")
    assert cell.data_type == "s"


def test_the_csv_has_a_row_for_every_program_of_every_patient(sampled: tuple[Database, Practice]) -> None:
    database, practice = sampled
    with database.of("T0TEST").reading() as connection:
        text = month_csv(connection, practice, MONTH).decode()
        listed = month_list(connection, practice, Scope(MONTH))
    rows = list(csv.DictReader(io.StringIO(text)))

    assert tuple(rows[0]) == CSV_COLUMNS
    assert sum(int(row["payment_cents"] or 0) for row in rows) == listed.expected_cents
    groups = (listed.billable, listed.blocked, listed.below)
    programs = {(figures.patient_code, figures.program.value) for group in groups for figures in group}
    programs |= {(one.patient_code, one.program.value) for one in listed.untouched}
    assert {(row["patient"], row["program"]) for row in rows} == programs
    assert all(row["code"] or row["why_not"] for row in rows)


@pytest.mark.either_database
def test_what_was_attested_on_the_last_day_of_the_month_goes_to_an_auditor(
    database: Database, practice: Practice
) -> None:
    attest_all(database, practice, date(2025, 11, 18), at=AT)
    asked = Asked(KINDS["access"], date(2026, 11, 18), "Dr. Weber")
    with database.of("T0TEST").writing() as connection:
        attest(connection, practice, asked, request=a_request(), at=AT, by="admin1")

    with database.of("T0TEST").reading() as connection:
        of_months = {
            month: load_workbook(io.BytesIO(month_workbook(connection, practice, month)))
            for month in (date(2025, 10, 1), date(2026, 10, 1), MONTH)
        }

    rows = {month: [row[2:5] for row in rows_of(book, "Attestations")[1:]] for month, book in of_months.items()}
    then, now = datetime(2025, 11, 18), datetime(2026, 11, 18)  # noqa: DTZ001 - dates as a spreadsheet has them
    assert rows[date(2025, 10, 1)] == [("missing", None, None)] * 4
    assert rows[date(2026, 10, 1)] == [("attested", then, MEYER)] * 4
    assert rows[MONTH] == [("attested", now, "Dr. Weber"), *[("over a year old", then, MEYER)] * 3]
