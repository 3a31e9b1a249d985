"""Exports: what is new, changed, withdrawn or as before, whatever happened to the month in between."""

import csv
import io

import pytest
from openpyxl import load_workbook
from support.claims import NPI, change_diagnoses, changes_of, claims, codes, export, give_npi, mark, work
from support.closing import OCTOBER, close, reopen
from support.facts import import_fact_rows
from support.practice import AT, a_practice, import_rows, patient_row, staff_row
from support.threads import at_once

from ledger.claims.columns import CLAIM_FILE
from ledger.claims.exports import export_claims, last_export, last_exported
from ledger.claims.states import Change, ClaimStatus
from ledger.practice.practice import Practice
from ledger.recording.voids import void_entry
from ledger.reports.claim_files import COLUMNS, claims_csv, claims_data, claims_workbook
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.storage.idempotency import Request
from ledger.validation import names


def voided(database: Database, practice: Practice, position: int) -> None:
    with database.of("T0TEST").writing() as connection:
        asked = Request(f"void {position}", {})
        void_entry(connection, practice, "P-1042", position, reason="typed twice", request=asked, at=AT, by="nurse1")


def test_a_first_export_has_every_line_as_new_and_the_second_none(database: Database, practice: Practice) -> None:
    work(database, practice, 25, 20)
    work(database, practice, 22, patient="P-1043")
    all_lines = [("P-1042", "99439", 1), ("P-1042", "99490", 1), ("P-1043", "99490", 1)]

    first, second = export(database, practice), export(database, practice)

    assert codes(first, Change.NEW) == codes(second, Change.AS_BEFORE) == all_lines
    assert codes(second) == all_lines
    assert [one.export.number for one in (first, second) if one.export] == [1, 2]
    assert first.expected_cents == 6613 * 2 + 5044


def test_what_changes_goes_or_comes_is_told_at_the_next_export_and_not_again(
    database: Database, practice: Practice
) -> None:
    work(database, practice, 25, 20, 20)
    export(database, practice)
    voided(database, practice, 3)
    work(database, practice, 22, patient="P-1043")

    second, third = export(database, practice), export(database, practice)

    changed = next(one for one in second.lines if one.change is Change.CHANGED and one.line.code == "99439")
    assert changed.what_changed.startswith("units 2 → 1")
    assert codes(second, Change.NEW) == [("P-1043", "99490", 1)]
    assert {one.change for one in third.lines} == {Change.AS_BEFORE}

    with database.of("T0TEST").reading() as connection:
        assert last_exported(connection, practice, OCTOBER).lines == third.lines

    voided(database, practice, 2)
    fourth, fifth = export(database, practice), export(database, practice)
    assert codes(fourth, Change.WITHDRAWN) == [("P-1042", "99439", 1)]
    assert ("P-1042", "99439", 1) not in codes(fifth)

    work(database, practice, 20, first_day=20)
    assert codes(export(database, practice), Change.NEW) == [("P-1042", "99439", 1)]


def test_an_entry_that_changes_no_code_changes_no_line(database: Database, practice: Practice) -> None:
    work(database, practice, 25)
    export(database, practice)
    work(database, practice, 3, first_day=20)

    listed = export(database, practice)

    assert {one.change for one in listed.lines} == {Change.AS_BEFORE}


@pytest.mark.either_database
def test_a_line_that_was_submitted_is_never_new_again_and_its_change_is_a_correction(
    here: Practice, sqlite_database: Database
) -> None:
    work(sqlite_database, here, 25)
    export(sqlite_database, here)
    mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED)
    assert changes_of(claims(sqlite_database, here)) == {"99490": Change.AS_BEFORE}

    change_diagnoses(sqlite_database, here)

    for _ in range(2):  # it stays one until it is dealt with
        (line,) = export(sqlite_database, here).lines
        assert (line.change, line.status) == (Change.CORRECTION, ClaimStatus.SUBMITTED)
        assert line.what_changed == "diagnoses E11.9 I10 → I10 N18.3"
    mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED)
    assert changes_of(claims(sqlite_database, here)) == {"99490": Change.AS_BEFORE}


@pytest.mark.either_database
def test_a_submitted_line_that_is_not_billable_any_more_is_a_correction_until_it_is_open(
    here: Practice, sqlite_database: Database
) -> None:
    work(sqlite_database, here, 25)
    export(sqlite_database, here)
    mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED)
    voided(sqlite_database, here, 1)

    (line,) = export(sqlite_database, here).lines
    assert (line.change, line.is_gone, line.what_changed) == (Change.CORRECTION, True, "no longer billable")

    mark(sqlite_database, here, "99490", ClaimStatus.OPEN)
    assert export(sqlite_database, here).lines == ()


@pytest.mark.either_database
def test_a_reopened_month_lists_corrections(here: Practice, sqlite_database: Database) -> None:
    work(sqlite_database, here, 25)
    close(sqlite_database, here)
    export(sqlite_database, here)
    mark(sqlite_database, here, "99490", ClaimStatus.PAID)
    reopen(sqlite_database, here)
    work(sqlite_database, here, 20, first_day=20)

    listed = export(sqlite_database, here)

    assert codes(listed, Change.NEW) == [("P-1042", "99439", 1)]
    base = next(one for one in listed.lines if one.line.code == "99490")
    assert (base.change, base.status) == (Change.CORRECTION, ClaimStatus.PAID)
    assert base.what_changed == "from 2026-10-05 → 2026-10-20; to 2026-10-05 → 2026-10-20"


@pytest.mark.either_database
def test_a_closed_month_keeps_its_codes_whatever_is_recorded_later(here: Practice, sqlite_database: Database) -> None:
    work(sqlite_database, here, 25)
    close(sqlite_database, here)
    before = export(sqlite_database, here)
    import_rows(sqlite_database, here, "patients", [patient_row(code="P-1042", risk_documented="no")])

    after = export(sqlite_database, here)

    assert codes(after, Change.AS_BEFORE) == codes(before) == [("P-1042", "99490", 1)]
    assert [one.line.statement_hash for one in after.lines] == [one.line.statement_hash for one in before.lines]


@pytest.mark.either_database
def test_the_npi_the_place_of_service_and_the_name_come_from_the_roster(
    here: Practice, sqlite_database: Database
) -> None:
    work(sqlite_database, here, 25)
    work(sqlite_database, here, 25, patient="P-1043")
    (first, second) = claims(sqlite_database, here).lines
    assert first.line.lacks == ("no NPI of doctor1",)
    assert claims(sqlite_database, here).lacking == ("no NPI of doctor1",)
    assert (first.line.place_of_service, second.line.place_of_service) == ("11", "11")

    give_npi(sqlite_database, here)
    import_rows(sqlite_database, here, "patients", [patient_row(code="P-1043", place_of_service="12")])
    with sqlite_database.of("T0TEST").writing() as connection:
        changed = change_policy(connection, here, "place_of_service", "22", at=AT, recorded_by="admin1")

    (first, second) = claims(sqlite_database, changed).lines
    assert first.line.practitioner is not None
    assert (first.line.practitioner.npi, first.line.practitioner.name) == (NPI, "Doctor One")
    assert first.line.lacks == ()
    assert (first.line.place_of_service, second.line.place_of_service) == ("22", "12")


def test_a_file_without_the_column_leaves_the_npi_as_it_is(sqlite_database: Database, here: Practice) -> None:
    give_npi(sqlite_database, here)
    work(sqlite_database, here, 25)
    row = {"id": "doctor1", "slack_user_id": "U0DOCTOR1", "name": "Doctor Two", "credential": "MD"}
    import_rows(sqlite_database, here, "staff", [staff_row(**row, roles="practitioner", npi=NPI)])

    (one,) = claims(sqlite_database, here).lines
    assert one.line.practitioner is not None
    assert (one.line.practitioner.name, one.line.practitioner.npi) == ("Doctor Two", NPI)


@pytest.mark.either_database
def test_a_fact_that_holds_from_november_changes_no_line_of_october(here: Practice, sqlite_database: Database) -> None:
    other = {"id": "doctor2", "slack_user_id": "U0DOCTOR2", "name": "Doctor Two", "credential": "MD"}
    import_rows(sqlite_database, here, "staff", [staff_row(**other, roles="practitioner")])
    work(sqlite_database, here, 25)
    before = export(sqlite_database, here).lines
    changed = {"billing_practitioner": "doctor2", "conditions": "I10;N18.3", "from": "2026-11-01"}
    import_rows(sqlite_database, here, "patients", [patient_row(code="P-1042", **changed)])

    after = export(sqlite_database, here)

    assert codes(after, Change.AS_BEFORE) == [("P-1042", "99490", 1)]
    assert [one.line for one in after.lines] == [one.line for one in before]


@pytest.mark.either_database
def test_a_device_is_claimed_from_its_periods_first_to_its_last_day(here: Practice, sqlite_database: Database) -> None:
    readings = [{"patient": "P-1045", "from": "2026-09-20", "days": "18"}]
    import_fact_rows(sqlite_database, here, "readings", readings)

    (line,) = (one.line for one in export(sqlite_database, here).lines)

    assert (line.code, f"{line.from_date}", f"{line.to_date}") == ("99454", "2026-09-20", "2026-10-19")
    assert {one.change for one in export(sqlite_database, here).lines} == {Change.AS_BEFORE}


def test_two_who_export_at_once_do_not_both_get_a_line_as_new(database: Database, practice: Practice) -> None:
    work(database, practice, 25)

    def one() -> list[tuple[str, str, int]]:
        mine = database.of("T0TEST")
        return codes(export_claims(mine, practice, OCTOBER, at=AT, by="biller1"), Change.NEW)

    done = at_once([one, one])
    assert sorted(len(each) for each in done if isinstance(each, list)) == [0, 1]
    with database.of("T0TEST").reading() as connection:
        found = last_export(connection, practice, OCTOBER)
    assert found is not None
    assert found.number == 2


def test_csv_workbook_and_json_say_the_same_of_a_line(sqlite_database: Database, here: Practice) -> None:
    give_npi(sqlite_database, here)
    work(sqlite_database, here, 25, 20, 20)
    listed = export(sqlite_database, here)

    rows = list(csv.DictReader(io.StringIO(claims_csv(listed).decode())))
    sheet = load_workbook(io.BytesIO(claims_workbook(listed)))["Claims"]
    cells = list(sheet.iter_rows(values_only=True))
    data = claims_data(listed)

    assert tuple(rows[0]) == COLUMNS
    assert set(COLUMNS) == set(names(CLAIM_FILE))
    assert [str(title).lower().replace(" ", "_") for title in cells[0]] == list(COLUMNS)
    further = next(row for row in rows if row["code"] == "99439")
    day = listed.lines[rows.index(further)].line.to_date
    assert {name: further[name] for name in COLUMNS if name not in {"line_key", "statement_hash"}} == {
        "change": "new",
        "status": "open",
        "what_changed": "",
        "lacks": "",
        "patient": "P-1042",
        "program": "CCM",
        "month": "2026-10",
        "code": "99439",
        "units": "2",
        "from_date": f"{day}",
        "to_date": f"{day}",
        "place_of_service": "11",
        "diagnosis_1": "E11.9",
        "diagnosis_2": "I10",
        "diagnosis_3": "",
        "diagnosis_4": "",
        "billing_practitioner": "doctor1",
        "billing_name": "Doctor One",
        "billing_npi": NPI,
        "rendering_practitioner": "doctor1",
        "rendering_name": "Doctor One",
        "rendering_npi": NPI,
        "expected_payment": "100.88",
        "status_on": "",
        "paid": "",
        "reason": "",
        "export": "1",
    }
    written = dict(zip(COLUMNS, cells[1 + rows.index(further)], strict=True))
    assert (written["expected_payment"], written["units"], written["billing_npi"]) == (100.88, 2, NPI)
    told = data[rows.index(further)]
    assert (told["expected_payment"], told["to_date"], told["line_key"]) == (10088, day, further["line_key"])


def test_another_practice_has_other_keys_and_exports_of_its_own(sqlite_database: Database) -> None:
    here, there = a_practice(sqlite_database), a_practice(sqlite_database, "T0OTHER")
    for practice in (here, there):
        work(sqlite_database, practice, 25)
    ours = export(sqlite_database, here)

    theirs = export(sqlite_database, there)

    assert codes(theirs, Change.NEW) == codes(ours, Change.NEW)
    assert theirs.lines[0].line.key != ours.lines[0].line.key
