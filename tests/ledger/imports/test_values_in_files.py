"""What the cells of a file say: read as it is meant and told so, or refused; never stored as what nobody said."""

from datetime import datetime

import pytest
from sqlalchemy import select, update
from support.practice import (
    AT,
    PATIENTS,
    STAFF,
    a_practice,
    entry_row,
    import_rows,
    patient_of_an_older_version,
    patient_row,
    record,
    staff_row,
    statement,
    verified,
)
from support.practice import an_entry as entry

from ledger.imports.table_file import ImportRefusedError
from ledger.patients.roster_history import PATIENTS as PATIENT_KIND
from ledger.patients.roster_history import STAFF as STAFF_KIND
from ledger.patients.roster_history import append_told
from ledger.practice.practice import Practice
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.tables import PatientRow, StaffRow, TimeEntryRow
from ledger.validation import ImportSummary


@pytest.fixture
def here(sqlite_database: Database) -> Practice:
    return a_practice(sqlite_database)


def refused(database: Database, practice: Practice, kind: str, *rows: dict[str, str]) -> list[tuple[int, str, str]]:
    """By line and column, what is wrong with the file, of which nothing is stored."""
    with pytest.raises(ImportRefusedError) as error:
        import_rows(database, practice, kind, rows)
    assert all(problem.remedy for problem in error.value.problems)
    return [(problem.line, problem.column, problem.message) for problem in error.value.problems]


def credentials(database: Database) -> dict[str, str]:
    with database.of("T0TEST").reading() as connection:
        rows = connection.execute(select(StaffRow.staff_id, StaffRow.credential))
        return {row.staff_id: row.credential for row in rows}


def conditions(database: Database, code: str) -> list[str]:
    with database.of("T0TEST").reading() as connection:
        found = connection.scalar(select(PatientRow.conditions).where(PatientRow.patient_code == code))
        return list(found or ())


def test_credentials_are_stored_as_they_are_compared_and_each_reading_is_told(
    sqlite_database: Database, here: Practice
) -> None:
    written = ("RN", "R.N.", "RN, BSN", "LVN", "CMA", "M.D.", "FNP-C", "none", "", "R.N.", "R.N.", "R.N.")
    rows = [staff_row(id=f"new{number}", name="New", credential=text) for number, text in enumerate(written)]

    summary = import_rows(sqlite_database, here, "staff", rows)

    known = credentials(sqlite_database)
    read = ["RN", "RN", "RN", "LPN", "MA", "MD", "NP", "", "", "RN", "RN", "RN"]
    assert [known[f"new{number}"] for number in range(len(written))] == read
    assert summary == ImportSummary(
        added=len(written),
        read_as=(
            "credential 'R.N.' read as RN (lines 3, 11, 12 and 1 more)",
            "credential 'RN, BSN' read as RN (line 4)",
            "credential 'LVN' read as LPN (line 5)",
            "credential 'CMA' read as MA (line 6)",
            "credential 'M.D.' read as MD (line 7)",
            "credential 'FNP-C' read as NP (line 8)",
        ),
    )
    assert import_rows(sqlite_database, here, "staff", rows).unchanged == len(written)


def test_a_credential_that_is_not_understood_keeps_the_file_out(sqlite_database: Database, here: Practice) -> None:
    rows = [staff_row(id=f"new{n}", name="New", credential=text) for n, text in enumerate(("RN", "Cook", "DNP"))]

    assert refused(sqlite_database, here, "staff", *rows) == [
        (3, "credential", "'Cook' is no credential that is known."),
        (4, "credential", "'DNP' says of no licence."),
    ]
    assert credentials(sqlite_database).keys() == {person["id"] for person in STAFF}


@pytest.mark.either_database
def test_time_of_a_nurse_written_otherwise_counts(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "staff", [staff_row(**{**STAFF[0], "credential": "r.n., bsn"})])
    record(database, practice, entry(minutes=20))

    (figures,) = statement(database, practice).before
    assert figures.status is Status.BILLABLE


@pytest.mark.parametrize(
    ("written", "stored", "read_as"),
    [
        ("E11.9, I10", ["E11.9", "I10"], ()),
        ("E11.9|I10", ["E11.9", "I10"], ()),
        (
            "e119;i10",
            ["E11.9", "I10"],
            ("conditions 'e119' read as E11.9 (line 2)", "conditions 'i10' read as I10 (line 2)"),
        ),
        ("E11.9;E11.9", ["E11.9"], ()),
        ("i10;I10", ["I10"], ("conditions 'i10' read as I10 (line 2)",)),
        ("I10;I10.", ["I10"], ()),
    ],
)
def test_conditions_are_codes_however_they_are_written(
    sqlite_database: Database, here: Practice, written: str, stored: list[str], read_as: tuple[str, ...]
) -> None:
    summary = import_rows(sqlite_database, here, "patients", [patient_row(code="P-2001", conditions=written)])

    assert (conditions(sqlite_database, "P-2001"), summary.read_as) == (stored, read_as)


def test_what_is_no_condition_is_refused_by_line(sqlite_database: Database, here: Practice) -> None:
    texts = ("N/A;none", "see chart; DM2", "Diabetes;Hypertension", "0;0.0", "E11.9;I10")
    rows = [patient_row(code=f"P-200{number}", conditions=text) for number, text in enumerate(texts)]

    assert refused(sqlite_database, here, "patients", *rows) == [
        (2, "conditions", "'N/A' is no ICD-10-CM code."),
        (3, "conditions", "'see chart' is no ICD-10-CM code."),
        (4, "conditions", "'Diabetes' is no ICD-10-CM code."),
        (5, "conditions", "'0' is no ICD-10-CM code."),
    ]


@pytest.mark.parametrize("column", ["enrolled_on", "consent_date", "initiating_visit_date", "care_plan_date"])
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-19", "2026-11-19 lies in the future."),
        ("2062-10-01", "2062-10-01 lies in the future."),
        ("1926-10-01", "1926-10-01 lies before 2015: there was no care management then."),
    ],
)
def test_nothing_of_care_happened_in_the_future_or_a_century_ago(
    sqlite_database: Database, here: Practice, column: str, day: str, said: str
) -> None:
    assert refused(sqlite_database, here, "patients", patient_row(code="P-2001", **{column: day})) == [
        (2, column, said)
    ]


@pytest.mark.parametrize(
    "cells",
    [{"active_from": "2062-01-01"}, {"active_from": "1926-01-01"}, {"active_from": "", "active_to": "1926-01-01"}],
)
def test_nobody_begins_or_leaves_in_another_century(
    sqlite_database: Database, here: Practice, cells: dict[str, str]
) -> None:
    ((line, column, message),) = refused(sqlite_database, here, "staff", staff_row(id="new1", name="New", **cells))
    assert (line, column) == (2, next(name for name, value in cells.items() if value))
    assert cells[column] in message


@pytest.mark.parametrize(
    "code", ["123-45-6789", "SMITH-1950", "212-555-0123", "2125550123", "=1+1", "A1" * 100, "P-1\x07", "<@U0NURSE1>1"]
)
def test_a_code_that_is_none_or_says_of_the_person_is_refused(
    sqlite_database: Database, here: Practice, code: str
) -> None:
    ((line, column, message),) = refused(sqlite_database, here, "patients", patient_row(code=code))

    assert (line, column) == (2, "code")
    assert "123-45" not in message
    assert "SMITH" not in message
    assert "0123" not in message


def test_ids_of_staff_that_differ_in_case_alone_do_not_stand_side_by_side(
    sqlite_database: Database, here: Practice
) -> None:
    rows = [staff_row(id=staff_id, name="New") for staff_id in ("Nurse1", "new1", "NEW1", "nurse1")]

    assert refused(sqlite_database, here, "staff", *rows) == [
        (2, "id", "Nurse1 reads like nurse1."),
        (4, "id", "NEW1 reads like new1."),
    ]


@pytest.mark.parametrize(
    ("kind", "row", "column"),
    [
        ("staff", staff_row(id="new1", name="<!channel>"), "name"),
        ("staff", staff_row(id="new1", name="n" * 101), "name"),
        ("staff", staff_row(id="new 1", name="New"), "id"),
        ("staff", staff_row(id="*new1*", name="New"), "id"),
        ("teams", {"name": "*Red* Team", "channel_id": "C0RED"}, "name"),
        ("teams", {"name": "Red\x1bTeam", "channel_id": "C0RED"}, "name"),
        ("teams", {"name": "r" * 76, "channel_id": "C0RED"}, "name"),
    ],
)
def test_names_and_ids_have_no_markup_and_no_hidden_characters(
    sqlite_database: Database, here: Practice, kind: str, row: dict[str, str], column: str
) -> None:
    assert [(line, at) for line, at, _ in refused(sqlite_database, here, kind, row)] == [(2, column)]


def test_people_and_patients_are_found_in_other_letters_and_that_is_told(
    sqlite_database: Database, here: Practice
) -> None:
    rows = [
        entry_row(staff="Nurse1", patient="P-1042"),
        entry_row(staff="NURSE1", patient="p1042"),
        entry_row(staff="U0NURSE1", patient="P-1043"),
        entry_row(staff="nurse1 ", patient="P-1043", minutes="5"),
    ]

    summary = import_rows(sqlite_database, here, "entries", rows)

    assert (summary.added, summary.read_as) == (
        4,
        (
            "staff 'Nurse1' read as nurse1 (line 2)",
            "staff 'NURSE1' read as nurse1 (line 3)",
            "patient 'p1042' read as P-1042 (line 3)",
            "staff 'U0NURSE1' read as nurse1 (line 4)",
        ),
    )
    with sqlite_database.of("T0TEST").reading() as connection:
        stored = connection.execute(select(TimeEntryRow.staff_id, TimeEntryRow.patient_code)).all()
    assert sorted(map(tuple, stored)) == [("nurse1", "P-1042")] * 2 + [("nurse1", "P-1043")] * 2
    assert import_rows(sqlite_database, here, "entries", rows).unchanged == 4


@pytest.mark.parametrize("external_id", ["E-1\x07", "E-\u200b1", "<@U0NURSE1>", "E" * 101])
def test_an_id_of_another_system_has_no_markup_and_no_hidden_characters(
    sqlite_database: Database, here: Practice, external_id: str
) -> None:
    ((line, column, _),) = refused(sqlite_database, here, "entries", entry_row(external_id=external_id))
    assert (line, column) == (2, "external_id")


def test_a_name_is_answered_with_the_id(sqlite_database: Database, here: Practice) -> None:
    with pytest.raises(ImportRefusedError) as error:
        import_rows(sqlite_database, here, "entries", [entry_row(staff="nurse one")])
    assert [str(problem) for problem in error.value.problems] == [
        "line 2, staff: no staff member has the id 'nurse one'. Write the id: nurse1."
    ]


def test_two_ids_of_an_older_ledger_are_never_taken_for_one_another(sqlite_database: Database, here: Practice) -> None:
    with sqlite_database.of("T0TEST").writing() as connection:
        connection.execute(update(StaffRow).where(StaffRow.staff_id == "nurse2").values(staff_id="NURSE1"))

    assert import_rows(sqlite_database, here, "entries", [entry_row(staff="NURSE1"), entry_row()]).read_as == ()
    assert refused(sqlite_database, here, "entries", entry_row(staff="Nurse1")) == [
        (2, "staff", "'Nurse1' may be NURSE1 or nurse1.")
    ]
    again = staff_row(id="NURSE1", name="Nurse Two", credential="LPN")
    assert import_rows(sqlite_database, here, "staff", [again]).added == 0


def test_what_an_older_ledger_holds_stays_readable_and_can_be_mended(sqlite_database: Database, here: Practice) -> None:
    odd = "A1" * 100
    with sqlite_database.of("T0TEST").writing() as connection:
        since = {"at": AT, "recorded_by": "migration"}
        odd_nurse, odd_patient = {"credential": "R.N."}, {"conditions": ["N/A", "none"]}
        connection.execute(update(StaffRow).where(StaffRow.staff_id == "nurse1").values(odd_nurse))
        append_told(connection, here, STAFF_KIND, {"nurse1": {BEGINNING: odd_nurse}}, **since)
        connection.execute(update(PatientRow).where(PatientRow.patient_code == "P-1042").values(odd_patient))
        append_told(connection, here, PATIENT_KIND, {"P-1042": {BEGINNING: odd_patient}}, **since)
    patient_of_an_older_version(sqlite_database, here, odd, ["N/A"])
    record(sqlite_database, here, entry(minutes=20))
    assert statement(sqlite_database, here).before[0].counted_minutes == 0

    nurse = staff_row(**{**STAFF[0], "credential": "R.N.", "from": "always"})
    assert import_rows(sqlite_database, here, "staff", [nurse]).changed == 1
    assert statement(sqlite_database, here).before[0].counted_minutes == 20
    rows = [patient_row(**PATIENTS[0]), patient_row(code=odd)]
    assert import_rows(sqlite_database, here, "patients", rows).added == 0
    assert conditions(sqlite_database, "P-1042") == ["E11.9", "I10"]
    assert verified(sqlite_database, here).difference is None


def test_a_day_is_the_practices(sqlite_database: Database, here: Practice) -> None:
    row = patient_row(code="P-2001", care_plan_date="2026-11-19")
    late = datetime.fromisoformat("2026-11-19T01:00:00-05:00")
    assert import_rows(sqlite_database, here, "patients", [row], at=late).added == 1
