# ruff: noqa: S608 - the names and values are our own
"""Trust in closed months: whatever is changed in what a close froze, or under it, is found and named."""

from datetime import date

import pytest
from sqlalchemy import text
from support.closing import close, reopen
from support.databases import tamper
from support.practice import a_practice, an_entry, record, verified

from ledger.practice.practice import Practice
from ledger.storage.database import Database
from ledger.storage.hash_chain import GENESIS

THE_30TH = date(2026, 10, 30)
OF_1042 = "WHERE patient_code = 'P-1042' AND number = 3"


@pytest.fixture
def closed(database: Database, practice: Practice) -> Database:
    """October closed, reopened and closed again, with work on two patients."""
    record(database, practice, an_entry(day=THE_30TH, minutes=25))
    close(database, practice)
    reopen(database, practice)
    record(database, practice, an_entry(patient="P-1043", day=THE_30TH, minutes=17))
    close(database, practice)
    record(database, practice, an_entry(minutes=12))
    return database


def test_closed_months_verify(closed: Database, practice: Practice) -> None:
    found = verified(closed, practice)
    assert (found.closings, found.patient_months, found.difference) == (2, 3, None)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            f"UPDATE closed_statements SET statement = replace(statement, '25', '26') {OF_1042}",
            "P-1042 2026-10: the cl",
        ),
        (f"UPDATE closed_statements SET figures = '[]' {OF_1042}", "P-1042 2026-10: the closed statement is not what"),
        (f"UPDATE closed_statements SET content_hash = '{GENESIS}' {OF_1042}", "P-1042 2026-10: the closed statement"),
        (f"UPDATE closed_statements SET head_position = 0 {OF_1042}", "2026-10: what is stored is not what was frozen"),
        (f"UPDATE closed_statements SET head_hash = '{GENESIS}' {OF_1042}", "2026-10: what is stored is not what was"),
        (
            "DELETE FROM closed_programs WHERE number = 1 AND patient_code = 'P-1044' AND program = 'RPM'",
            "P-1044 2026-10: the programs",
        ),
        ("UPDATE closed_programs SET patient_code = 'P-1042', program = 'RPM' WHERE patient_code = 'P-1045'", "P-1042"),
        ("UPDATE month_closings SET rulebook_hash = 'f' WHERE number = 1", "2026-10: what is stored is not what was"),
        (f"UPDATE month_closings SET hash = '{GENESIS}' WHERE number = 3", "2026-10: what is stored is not what was"),
        ("UPDATE month_closings SET month = '2026-09-01' WHERE number = 2", "2026-09: number 1, a close, is missing"),
        ("DELETE FROM month_closings WHERE number = 2", "2026-10: number 2, a reopen, is missing"),
        ("UPDATE patient_months SET counted_minutes = 26 WHERE month = '2026-10-01'", "stored 26, recomputed"),
        ("DELETE FROM patient_months WHERE month = '2026-10-01'", "P-1042 2026-10 CCM: no figures are stored."),
    ],
)
def test_what_is_changed_in_a_closed_month_is_found(
    closed: Database, practice: Practice, statement: str, named: str
) -> None:
    tamper(closed, statement)
    assert named in (verified(closed, practice).difference or "")


def test_a_close_that_is_gone_with_all_that_it_froze_is_missed(closed: Database, practice: Practice) -> None:
    tables = ("closed_programs", "closed_statements", "month_closings")
    tamper(closed, *(f"DELETE FROM {table} WHERE number = 1" for table in tables))
    assert verified(closed, practice).difference == (
        "2026-10: number 1, a close, is missing among its closes and reopens."
    )


def test_a_chain_cut_off_together_with_its_head_is_found(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    for minutes in (10, 11):
        record(sqlite_database, practice, an_entry(day=THE_30TH, minutes=minutes))
    close(sqlite_database, practice)
    with sqlite_database.of("T0TEST").reading() as connection:
        kept = connection.scalar(text("SELECT hash FROM time_entries WHERE position = 1"))
    tamper(
        sqlite_database,
        "DELETE FROM time_entries WHERE position = 2",
        f"UPDATE chain_heads SET position = 1, hash = '{kept}' WHERE patient_code = 'P-1042'",
    )
    assert verified(sqlite_database, practice).difference == (
        "The chain of P-1042 has no such link 2 as it ended with when 2026-10 was closed."
    )
