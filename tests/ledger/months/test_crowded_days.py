"""W8 over all patients: a person's crowded hour stands in the statement of each patient concerned."""

from datetime import date

import pytest
from support.practice import MONTH, a_practice, a_request, an_entry, record, undo

from ledger.months.crowded_days import told_of_crowded_days
from ledger.months.patient_months import statement_of
from ledger.practice.practice import Practice
from ledger.storage.database import Database


def crowded(database: Database, practice: Practice, patient: str, month: date = MONTH) -> list[str]:
    """What the patient's statement says under W8."""
    with database.of(practice.practice_id).reading() as connection:
        found = {patient: statement_of(connection, practice, patient, month)}
        told = told_of_crowded_days(connection, practice, month, found)[patient].statement
    return [warning.text for part in told.programs for warning in part.warnings if warning.code == "W8"]


@pytest.mark.either_database
def test_a_day_too_full_over_two_patients_stands_in_both_statements(database: Database) -> None:
    practice = a_practice(database)
    record(database, practice, an_entry(patient="P-1042", minutes=301, staff="nurse1"), confirmed=True)
    record(database, practice, an_entry(patient="P-1043", minutes=300, staff="nurse1"), confirmed=True)
    record(database, practice, an_entry(patient="P-1044", minutes=20, staff="nurse2"))
    words = ["one staff member has 601 counted minutes in one day on Nov 18"]
    assert crowded(database, practice, "P-1042") == crowded(database, practice, "P-1043") == words
    assert crowded(database, practice, "P-1044") == []

    undo(database, practice, "nurse1", request=a_request({"text": "undo"}))
    assert crowded(database, practice, "P-1042") == []


@pytest.mark.either_database
def test_600_minutes_over_all_patients_are_not_too_many(database: Database) -> None:
    practice = a_practice(database)
    for patient in ("P-1042", "P-1043"):
        record(database, practice, an_entry(patient=patient, minutes=300, staff="nurse1"), confirmed=True)
    assert crowded(database, practice, "P-1042") == []
