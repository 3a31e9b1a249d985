"""The stored figures: what lists show of a patient-month beside its codes."""

from datetime import date, timedelta

import pytest
from support.practice import AT, MONTH, an_entry, entry_row, import_rows, record, statement, undo

from ledger.clock import month_of, next_month
from ledger.months.figures import Figures
from ledger.practice.practice import Practice
from ledger.rules.facts import Activity, Contact, Program
from ledger.storage.database import Database


def figures(database: Database, practice: Practice, patient: str = "P-1042") -> Figures:
    return statement(database, practice, patient).before[0]


@pytest.mark.either_database
def test_minutes_are_told_apart_by_who_did_the_work_and_what_does_not_count(
    database: Database, practice: Practice
) -> None:
    record(database, practice, an_entry(minutes=12))
    record(database, practice, an_entry(staff="doctor1", activity=Activity.CARE_PLAN, minutes=9))
    record(database, practice, an_entry(activity=Activity.SCHEDULING, minutes=4))
    stored = figures(database, practice)
    assert (stored.counted_minutes, stored.staff_minutes, stored.practitioner_minutes) == (21, 12, 9)
    assert (stored.excluded_minutes, stored.rulebook) == (4, "medicare-2026")


def test_the_last_contact_is_the_latest_live_one_of_the_program(sqlite_database: Database, here: Practice) -> None:
    def contact(day: int, how: Contact, staff: str = "nurse1", program: Program = Program("CCM")) -> None:
        entry = an_entry(
            patient="P-1044",
            staff=staff,
            program=program,
            activity=Activity.PATIENT_CONTACT,
            contact=how,
            day=date(2026, 11, day),
        )
        record(sqlite_database, here, entry, at=AT + timedelta(hours=day))

    contact(10, Contact.LIVE, "nurse2")
    assert figures(sqlite_database, here, "P-1044").last_contact_by == "nurse2"
    contact(3, Contact.LIVE)
    contact(12, Contact.VOICEMAIL)
    contact(14, Contact.LIVE, program=Program("RPM"))
    stored = figures(sqlite_database, here, "P-1044")
    assert (stored.last_contact_on, stored.last_contact_by) == (date(2026, 11, 10), "nurse2")


def test_a_voided_contact_is_no_contact(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(activity=Activity.PATIENT_CONTACT, contact=Contact.LIVE))
    undo(sqlite_database, here)
    stored = figures(sqlite_database, here)
    assert (stored.last_contact_on, stored.last_contact_by) == (None, None)


@pytest.mark.either_database
def test_figures_follow_an_import_as_they_follow_a_line_in_slack(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "entries", [entry_row(minutes="21")])
    imported = figures(database, practice)
    record(database, practice, an_entry(patient="P-1043", minutes=21, day=date(2026, 11, 17)))
    logged = figures(database, practice, "P-1043")
    assert (imported.codes, imported.next, imported.status) == (logged.codes, logged.next, logged.status)
    assert imported.expected_cents == 6613


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 31), date(2027, 2, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_months_follow_one_another(day: date, after: date) -> None:
    month = month_of(day)
    assert (next_month(month), month_of(month)) == (after, month)
    assert month_of(MONTH) == MONTH
