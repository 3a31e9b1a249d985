# ruff: noqa: S608 - the names and values are our own
"""Trust: what somebody with the keys to the database changes behind the ledger's back is found and named."""

import hashlib
import json
import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from support.databases import tamper
from support.practice import AT, NEW_YORK, a_practice, an_entry, import_rows, patient_row, record, undo, verified

from ledger.audit.verify import verify
from ledger.practice.practice import Practice
from ledger.storage.database import Database
from ledger.storage.hash_chain import GENESIS, content_hash, link, link_hash

ROW: dict[str, Any] = {
    "practice_id": "T0TEST",
    "patient_code": "P-1042",
    "position": 1,
    "date_of_service": date(2026, 11, 18),
    "started_at": datetime(2026, 11, 18, 15, 5, tzinfo=UTC),
    "ended_at": None,
    "note": "Grüße – “done” × 2",
}


def worked(database: Database, practice: Practice) -> Database:
    """Three entries and a void of P-1042, one entry of P-1043."""
    for minutes in (10, 11, 12):
        record(database, practice, an_entry(minutes=minutes))
    undo(database, practice)
    record(database, practice, an_entry(patient="P-1043", times=("2026-11-18 10:00", "2026-11-18 10:20")))
    return database


@pytest.fixture
def ledger(database: Database, practice: Practice) -> Database:
    return worked(database, practice)


@pytest.fixture
def sqlite_ledger(sqlite_database: Database) -> Database:
    return worked(sqlite_database, a_practice(sqlite_database))


def difference(database: Database) -> str:
    found = verified(database, Practice("T0TEST", "Test Practice", "America/New_York")).difference
    assert found is not None
    return found


def test_a_ledger_that_nobody_touched_verifies(ledger: Database, practice: Practice) -> None:
    found = verified(ledger, practice)
    assert (found.patients, found.links, found.patient_months, found.difference) == (5, 5, 2, None)


def test_a_ledger_without_entries_verifies(database: Database, practice: Practice) -> None:
    found = verified(database, practice)
    assert (found.patients, found.links, found.patient_months, found.difference) == (5, 0, 0, None)


ENTRY = "WHERE patient_code = 'P-1042' AND position = 2"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (f"UPDATE time_entries SET note = 'Another note.' {ENTRY}", "P-1042#2 (entry) is not what was recorded"),
        (f"UPDATE time_entries SET duration_minutes = 20 {ENTRY}", "P-1042#2 (entry) is not what was recorded"),
        (f"UPDATE time_entries SET staff_id = 'doctor1' {ENTRY}", "P-1042#2 (entry) is not what was recorded"),
        (f"UPDATE time_entries SET external_id = 'E-1' {ENTRY}", "P-1042#2 (entry) is not what was recorded"),
        (f"UPDATE time_entries SET hash = '{'f' * 64}' {ENTRY}", "P-1042#2 (entry) is not what was recorded"),
        (f"UPDATE time_entries SET previous_hash = '{'f' * 64}' {ENTRY}", "P-1042#2 (entry) does not follow"),
        (f"DELETE FROM time_entries {ENTRY}", "P-1042#2 is missing from the chain of P-1042; P-1042#3 follows"),
        ("DELETE FROM entry_voids", "The chain of P-1042 ends at 3; its head says 4."),
        ("UPDATE entry_voids SET entry_position = 1", "P-1042#4 (void) is not what was recorded"),
        ("UPDATE entry_voids SET reason = 'other'", "P-1042#4 (void) is not what was recorded"),
        ("UPDATE chain_heads SET position = 5 WHERE patient_code = 'P-1043'", "The chain of P-1043 ends at 1"),
        (f"UPDATE chain_heads SET hash = '{GENESIS}' WHERE patient_code = 'P-1043'", "The chain of P-1043 ends at 1"),
        ("DELETE FROM chain_heads WHERE patient_code = 'P-1043'", "its head says nothing"),
    ],
)
def test_a_changed_record_is_found_and_named(ledger: Database, statement: str, named: str) -> None:
    tamper(ledger, statement)
    assert named in difference(ledger)


def test_links_that_changed_places_are_found(sqlite_ledger: Database) -> None:
    swap = "UPDATE time_entries SET position = {} WHERE patient_code = 'P-1042' AND position = {}"
    tamper(sqlite_ledger, *(swap.format(new, old) for old, new in ((1, 9), (2, 1), (9, 2))))
    assert difference(sqlite_ledger) == "P-1042#1 (entry) does not follow the link before it."


def test_an_entry_with_a_fresh_hash_breaks_the_link_after_it(ledger: Database) -> None:
    with ledger.of("T0TEST").reading() as connection:
        row = dict(connection.execute(text(f"SELECT * FROM time_entries {ENTRY}")).mappings().one())
    as_read = {
        **row,
        "note": "Forged",
        "date_of_service": date(2026, 11, 18),
        "recorded_at": AT,
    }
    forged = link_hash("entry", as_read, row["previous_hash"])
    tamper(ledger, f"UPDATE time_entries SET note = 'Forged', hash = '{forged}' {ENTRY}")
    assert difference(ledger) == "P-1042#3 (entry) does not follow the link before it."


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("counted_minutes = 40", "P-1042 2026-11 CCM counted_minutes: stored 40, recomputed 21."),
        ("excluded_minutes = 0", "P-1042 2026-11 CCM excluded_minutes: stored 0, recomputed 12."),
        ("staff_minutes = 0", "P-1042 2026-11 CCM staff_minutes: stored 0, recomputed 21."),
        ("practitioner_minutes = 9", "P-1042 2026-11 CCM practitioner_minutes: stored 9, recomputed 0."),
        ("expected_cents = 99", "P-1042 2026-11 CCM expected_cents: stored 99, recomputed 6613."),
        ("status = 'blocked'", "P-1042 2026-11 CCM status: stored blocked, recomputed billable."),
        ("status = 'paid'", "P-1042 2026-11 CCM status: stored paid, recomputed billable."),
        ("codes = '[]'", "P-1042 2026-11 CCM codes: stored []"),
        ("codes = '[{\"code\": 1}]'", "P-1042 2026-11 CCM codes: stored [{'code': 1}]"),
        ("next_thresholds = '[]'", "P-1042 2026-11 CCM next_thresholds: stored []"),
        ("blockers = '[7]'", "P-1042 2026-11 CCM blockers: stored [7], recomputed []."),
        ("last_contact_by = 'nurse2'", "P-1042 2026-11 CCM last_contact_by: stored nurse2, recomputed None."),
        ("rulebook = 'medicare-2025'", "P-1042 2026-11 CCM rulebook: stored medicare-2025, recomputed medicare-2026."),
    ],
)
def test_a_changed_figure_is_found_and_named(sqlite_ledger: Database, change: str, named: str) -> None:
    tamper(sqlite_ledger, f"UPDATE patient_months SET {change} WHERE patient_code = 'P-1042'")
    assert difference(sqlite_ledger).startswith(named)


def test_missing_figures_are_found_and_named(ledger: Database) -> None:
    tamper(ledger, "DELETE FROM patient_months WHERE patient_code = 'P-1043'")
    assert difference(ledger) == "P-1043 2026-11 CCM: no figures are stored."


@pytest.mark.parametrize(
    ("month", "program", "named"),
    [
        ("2026-10-01", "CCM", "P-1042 2026-10 CCM: figures are stored, but nothing was recorded."),
        ("2026-11-01", "RPM", "P-1042 2026-11 RPM: figures are stored, but nothing was recorded."),
        ("2026-11-01", "XXX", "P-1042 2026-11 XXX: figures are stored, but nothing was recorded."),
    ],
)
def test_figures_of_nothing_are_found_and_named(sqlite_ledger: Database, month: str, program: str, named: str) -> None:
    columns = "status, counted_minutes, excluded_minutes, staff_minutes, practitioner_minutes, expected_cents, codes"
    columns += ", next_thresholds, blockers, last_contact_on, last_contact_by, rulebook"
    tamper(
        sqlite_ledger,
        f"INSERT INTO patient_months (practice_id, month, patient_code, program, {columns}) "
        f"SELECT practice_id, '{month}', patient_code, '{program}', {columns} FROM patient_months "
        "WHERE patient_code = 'P-1042'",
    )
    assert difference(sqlite_ledger) == named


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("patients SET risk_documented = false WHERE patient_code = 'P-1043'", "P-1043 risk_documented"),
        ("patients SET conditions = '[]' WHERE patient_code = 'P-1043'", "P-1043 conditions"),
        ("staff SET credential = 'LPN' WHERE staff_id = 'nurse1'", "nurse1 credential"),
    ],
)
def test_a_roster_changed_behind_the_ledgers_back_is_named(sqlite_ledger: Database, change: str, named: str) -> None:
    tamper(sqlite_ledger, f"UPDATE {change}")
    assert difference(sqlite_ledger) == f"{named}: the roster's row is not what was told of it."


def test_what_was_told_changed_behind_the_ledgers_back_shows_in_the_roster_or_the_figures(
    sqlite_ledger: Database,
) -> None:
    both = "json_set(content, '$.risk_documented', json('false')) WHERE subject_id = 'P-1043'"
    tamper(
        sqlite_ledger,
        f"UPDATE roster_facts SET content = {both}",
        "UPDATE patients SET risk_documented = false WHERE patient_code = 'P-1043'",
    )
    assert difference(sqlite_ledger).startswith("P-1043 2026-11 CCM status: stored billable, recomputed blocked.")


def test_of_several_differences_the_first_patients_is_named(sqlite_ledger: Database) -> None:
    tamper(
        sqlite_ledger,
        "UPDATE time_entries SET note = 'x' WHERE patient_code = 'P-1043'",
        "UPDATE time_entries SET note = 'x' WHERE patient_code = 'P-1042' AND position > 1",
    )
    assert difference(sqlite_ledger).startswith("P-1042#2 (entry)")


def test_what_is_found_carries_no_note(sqlite_ledger: Database) -> None:
    tamper(sqlite_ledger, "UPDATE time_entries SET note = 'Secret words'")
    assert "Secret" not in difference(sqlite_ledger)


def test_progress_counts_patients_up_to_all_of_them(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    more = [patient_row(code=f"Q-{number}") for number in range(1, 998)]
    import_rows(sqlite_database, practice, "patients", more)
    told: list[tuple[int, int]] = []
    with sqlite_database.of("T0TEST").reading() as connection:
        verify(connection, practice, lambda done, of: told.append((done, of)))
    assert told == [(500, 1002), (1000, 1002), (1002, 1002)]


def test_the_hash_can_be_computed_by_anybody_from_its_description() -> None:
    canonical = json.dumps(
        {
            "date_of_service": "2026-11-18",
            "kind": "entry",
            "note": "Grüße – “done” × 2",
            "patient_code": "P-1042",
            "position": 1,
            "practice_id": "T0TEST",
            "previous_hash": GENESIS,
            "started_at": "2026-11-18T15:05:00.000000+00:00",
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )
    assert link_hash("entry", ROW, GENESIS) == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_hash_is_the_same_in_whatever_order_the_columns_come() -> None:
    names = list(ROW)
    random.Random(7).shuffle(names)  # noqa: S311 - an order, not a secret
    assert link_hash("entry", {name: ROW[name] for name in names}, GENESIS) == link_hash("entry", ROW, GENESIS)


def test_the_hash_is_the_same_in_whatever_zone_an_instant_is_said() -> None:
    there = {**ROW, "started_at": ROW["started_at"].astimezone(NEW_YORK)}
    assert link_hash("entry", there, GENESIS) == link_hash("entry", ROW, GENESIS)


@pytest.mark.parametrize("name", [name for name, value in ROW.items() if value is not None])
def test_every_column_and_the_link_before_decide_the_hash(name: str) -> None:
    without = {other: value for other, value in ROW.items() if other != name}
    hashes = {link_hash("entry", row, GENESIS) for row in (ROW, without)}
    hashes |= {link_hash("void", ROW, GENESIS), link_hash("entry", ROW, "f" * 64)}
    assert len(hashes) == 4


def test_a_link_carries_its_hash_and_that_of_the_link_before() -> None:
    linked = link("entry", ROW, GENESIS)
    assert linked == {**ROW, "previous_hash": GENESIS, "hash": link_hash("entry", ROW, GENESIS)}
    assert link_hash("entry", linked, GENESIS) == linked["hash"]


def test_what_has_no_canonical_form_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="not set"):
        content_hash({"a": {1, 2}})
