"""A ledger of an earlier program, with data in it, at the newest migration: nothing is lost, all of it works."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, inspect, select, update
from support.claims import export, give_npi, mark, work
from support.databases import fresh_postgresql, migrate_to
from support.practice import (
    AT,
    MONTH,
    a_practice,
    a_request,
    an_entry,
    import_rows,
    record,
    staff_row,
    statement,
    undo,
    verified,
)

from ledger.attestations import KINDS, Asked, attest, attestations
from ledger.claims.states import Change, ClaimStatus
from ledger.months.patient_months import reevaluate
from ledger.patients.roster_history import PATIENTS, STAFF, histories
from ledger.practice.practice import Practice, get_practice
from ledger.practice.settings import policy_of, said
from ledger.recording.entries import EntryPart, NewEntry, entry_rows
from ledger.setting_changes import policy_changes, stored_settings
from ledger.storage.database import Database
from ledger.storage.hash_chain import lock_head, move_head
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.schema import check, upgrade
from ledger.storage.tables import Base, PolicyChangeRow, PracticeRow, TimeEntryRow

OCTOBER = date(2026, 10, 1)


@contextmanager
def empty_at(revision: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database as that migration left it, of the kind that the test is run for."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
        migrate_to(url, revision)
        with closing(Database(url)) as database:
            yield database
        return
    with fresh_postgresql(request.getfixturevalue("postgresql_url")) as url:
        migrate_to(url, revision)
        with closing(Database(url)) as database:
            yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def at_0010(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database as migration 0010 left it."""
    with empty_at("0010", request, tmp_path) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def at_0009(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database as migration 0009 left it."""
    with empty_at("0009", request, tmp_path) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def before_claims(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database as it was before there were claim lines."""
    with empty_at("0010", request, tmp_path) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def before_attestations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database as it was before anything was attested."""
    with empty_at("0013", request, tmp_path) as database:
        yield database


def stored_there(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Inserts rows of a practice of now into tables of then: what these have no column for is left out."""
    with database.of("T0TEST").writing() as connection:
        inspector = inspect(connection)
        there = set(inspector.get_table_names())
        for table in (table for table in Base.metadata.sorted_tables if table.name in there and rows.get(table.name)):
            columns = {column["name"] for column in inspector.get_columns(table.name)}
            old = [{name: value for name, value in row.items() if name in columns} for row in rows[table.name]]
            connection.execute(insert(table), old)


def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of the practice, by table."""
    with database.of("T0TEST").reading() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def recorded_then(connection: Connection, practice: Practice, entry: NewEntry, at: datetime) -> None:
    """Stores the entry as an older program did: nothing counts in what order."""
    assert entry.date_of_service is not None
    assert entry.duration_minutes is not None
    parts = (EntryPart(entry.date_of_service, entry.duration_minutes, None, None),)
    position, head = lock_head(connection, "T0TEST", entry.patient_code)
    (row,) = entry_rows("T0TEST", entry, parts, position, head, at=at, recorded_by=entry.staff_id)
    connection.execute(insert(TimeEntryRow), [row])
    move_head(connection, "T0TEST", entry.patient_code, row["position"], row["hash"])
    reevaluate(connection, practice, entry.patient_code, entry.date_of_service.replace(day=1))


def test_entries_of_before_are_kept_and_can_still_be_undone(
    at_0009: Database, sqlite_template: Path, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'now.sqlite3')}")) as now:
        practice = a_practice(now)
        with now.of("T0TEST").writing() as connection:
            recorded_then(connection, practice, an_entry(minutes=17), AT - timedelta(minutes=2))
            recorded_then(connection, practice, an_entry(patient="P-1043", minutes=9), AT - timedelta(minutes=1))
        stored_there(at_0009, rows_of(now))

    upgrade(at_0009)

    check(at_0009)
    before = verified(at_0009, practice)
    assert (before.links, before.difference) == (2, None)
    record(at_0009, practice, an_entry(minutes=12), at=AT - timedelta(minutes=3))
    for patient_code, minutes in (("P-1042", 12), ("P-1043", 9), ("P-1042", 17)):
        undone = undo(at_0009, practice, request=a_request({"text": "undo"}))
        assert (undone.patient_code, undone.duration_minutes) == (patient_code, minutes)
    assert verified(at_0009, practice).difference is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"care_plan_max_days": 180}, {"care_plan_max_days": 180}),
        (
            {"payments": {"99490": 7000, "99439": 0}, "digest_hour": 16},
            {
                "payments": {"2025": {"99490": 7000, "99439": 0}, "2026": {"99490": 7000, "99439": 0}},
                "digest_hour": 16,
            },
        ),
    ],
)
def test_own_payments_hold_for_the_years_of_which_there_was_a_rulebook(
    at_0009: Database, sqlite_template: Path, tmp_path: Path, before: dict[str, Any], after: dict[str, Any]
) -> None:
    with closing(Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'now.sqlite3')}")) as now:
        a_practice(now)
        stored_there(at_0009, rows_of(now))
    with at_0009.of("T0TEST").writing() as connection:
        connection.execute(update(PracticeRow).values(policy=before))
        change = {"name": "payments", "before": {"value": None}, "after": {"value": {"99490": 7000}}}
        connection.execute(
            insert(PolicyChangeRow).values(
                practice_id="T0TEST", change_id="1", recorded_at=AT, recorded_by="admin1", **change
            )
        )

    upgrade(at_0009)

    with at_0009.of("T0TEST").reading() as connection:
        practice = get_practice(connection, "T0TEST")
        assert stored_settings(connection, practice) == after
        assert practice.policy == policy_of(after)
        (kept,) = policy_changes(connection, practice)
    assert kept.after == {"99490": 7000}
    assert said("payments", kept.after) == "every year: 99490 $70.00; the rulebook's for all others"


def test_what_the_roster_had_holds_since_the_beginning_and_a_change_of_today_leaves_october(
    at_0010: Database, sqlite_template: Path, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'now.sqlite3')}")) as now:
        practice = a_practice(now)
        record(now, practice, an_entry(day=OCTOBER.replace(day=30), minutes=21))
        record(now, practice, an_entry(minutes=22))
        stored_there(at_0010, rows_of(now))

    upgrade(at_0010)

    check(at_0010)
    assert verified(at_0010, practice).difference is None
    with at_0010.of("T0TEST").reading() as connection:
        (told,) = histories(connection, "T0TEST", STAFF, ["nurse2"])["nurse2"].told
        (of_patient,) = histories(connection, "T0TEST", PATIENTS, ["P-1042"])["P-1042"].told
    assert (told.from_date, told.recorded_by) == (BEGINNING, "migration")
    assert told.values == {"credential": "LPN", "supervised": True, "employed": True, "teams": ["green-team"]}
    assert of_patient.values == {
        "billing_practitioner": "doctor1",
        "conditions": ["E11.9", "I10"],
        "risk_documented": True,
        "team_id": "blue-team",
    }
    nobody = staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Nurse One", credential="", roles="coordinator")
    import_rows(at_0010, practice, "staff", [nobody])
    counted = [
        statement(at_0010, practice, month=month).statement.programs[0].counted_minutes for month in (OCTOBER, MONTH)
    ]
    assert counted == [21, 0]
    assert verified(at_0010, practice).difference is None


def test_a_ledger_of_before_has_claim_lines_of_its_months(
    before_claims: Database, sqlite_template: Path, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'now.sqlite3')}")) as now:
        practice = a_practice(now)
        work(now, practice, 25)
        stored_there(before_claims, rows_of(now))

    upgrade(before_claims)

    check(before_claims)
    assert verified(before_claims, practice).difference is None
    (line,) = export(before_claims, practice).lines
    assert (line.change, line.line.lacks, line.line.place_of_service) == (Change.NEW, ("no NPI of doctor1",), "11")
    mark(before_claims, practice, "99490", ClaimStatus.SUBMITTED)
    give_npi(before_claims, practice)
    (line,) = export(before_claims, practice).lines
    assert (line.change, line.line.lacks) == (Change.AS_BEFORE, ())


def test_a_ledger_of_before_keeps_its_record_and_takes_attestations(
    before_attestations: Database, sqlite_template: Path, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'now.sqlite3')}")) as now:
        practice = a_practice(now)
        work(now, practice, 25)
        stored_there(before_attestations, rows_of(now))

    upgrade(before_attestations)

    check(before_attestations)
    assert verified(before_attestations, practice).difference is None
    asked = Asked(KINDS["record"], AT.date(), "Dr. Meyer")
    with before_attestations.of("T0TEST").writing() as connection:
        attest(connection, practice, asked, request=a_request(), at=AT, by="admin1")
    with before_attestations.of("T0TEST").reading() as connection:
        assert [one.kind for one in attestations(connection, practice)] == ["record"]
