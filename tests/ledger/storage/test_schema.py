"""The schema: what migrations make, what the database itself refuses, and that the models say the same."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from support.claims import export, mark, work
from support.closing import close
from support.databases import fresh_postgresql
from support.patience import PATIENCE_SECONDS
from support.practice import (
    AT,
    MONTH,
    TODAY,
    a_practice,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    record,
    undo,
    verified,
)

import jobs.scheduling.tables  # noqa: F401 - its tables belong to the schema
from bot.oauth.tables import BOTS, INSTALLATIONS, STATES
from ledger.attestations import KINDS, Asked, attest
from ledger.claims.states import ClaimStatus
from ledger.errors import DatabaseAwayError
from ledger.practice.practice import Practice, get_practice
from ledger.recording.addenda import add_addendum
from ledger.reports.takes import take_or_release
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.storage.hash_chain import GENESIS
from ledger.storage.schema import check, newest, upgrade
from ledger.storage.tables import APPEND_ONLY, Base

BEFORE_A_PRACTICE_IS_KNOWN = {table.name for table in (INSTALLATIONS, BOTS, STATES)}
"""They say which practice a request belongs to, and are no practice's own (decision 021)."""


@pytest.fixture
def worked(database: Database, practice: Practice) -> Database:
    """A ledger with rows in every append-only table."""
    record(database, practice, an_entry())
    undo(database, practice)
    import_rows(database, practice, "entries", [entry_row()])
    with database.of("T0TEST").writing() as connection:
        add_addendum(connection, practice, "P-1042", 3, text="Dose kept.", request=a_request(), at=AT, by="nurse1")
        change_policy(connection, practice, "care_plan_max_days", 400, at=AT, recorded_by="admin1")
        attested = Asked(KINDS["access"], TODAY, "Dr. Meyer")
        attest(connection, practice, attested, request=a_request(), at=AT, by="admin1")
        take_or_release(connection, practice, MONTH, "P-1042", "nurse1", request=a_request(), at=AT)
    close(database, practice)
    work(database, practice, 25, month=MONTH)
    export(database, practice, MONTH)
    mark(database, practice, "99490", ClaimStatus.SUBMITTED, month=MONTH)
    return database


def test_models_and_migrations_agree(database: Database) -> None:
    with database.of("T0TEST").reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_primary_key_begins_with_the_practice(database: Database) -> None:
    inspector = inspect(database.engine)
    tables = set(inspector.get_table_names()) - {"alembic_version"}
    assert tables == set(Base.metadata.tables)
    practices = tables - BEFORE_A_PRACTICE_IS_KNOWN
    keys = {table: inspector.get_pk_constraint(table)["constrained_columns"] for table in practices}
    assert {key[0] for key in keys.values()} == {"practice_id"}


def test_upgrading_twice_changes_nothing(worked: Database) -> None:
    practice = stored_practice(worked)
    before = verified(worked, practice)
    assert upgrade(worked) == newest()
    check(worked)
    assert stored_practice(worked) == practice
    assert verified(worked, practice) == before
    assert (before.links, before.difference) == (5, None)


def stored_practice(database: Database) -> Practice:
    with database.of("T0TEST").reading() as connection:
        return get_practice(connection, "T0TEST")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_refuses_to_change_what_was_recorded(worked: Database, table: str) -> None:
    changes = ["UPDATE {} SET practice_id = practice_id", "DELETE FROM {}"]
    if not worked.is_sqlite:
        changes.append("TRUNCATE {} CASCADE")
    for statement in (change.format(table) for change in changes):
        rows = count(worked, table)
        with pytest.raises(DBAPIError, match=f"{table} is append-only"), worked.of("T0TEST").writing() as connection:
            connection.execute(text(statement))
        assert count(worked, table) == rows > 0


def test_replacing_a_row_is_refused_as_well(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    record(sqlite_database, practice, an_entry())
    statement = text("INSERT OR REPLACE INTO time_entries SELECT * FROM time_entries")
    with (
        pytest.raises(DBAPIError, match="time_entries is append-only"),
        sqlite_database.of("T0TEST").writing() as connection,
    ):
        connection.execute(statement)


def test_a_conflicting_row_cannot_overwrite_the_one_before_it(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry())
    statement = (
        "INSERT INTO time_entries SELECT * FROM time_entries WHERE true "
        "ON CONFLICT (practice_id, patient_code, position) DO UPDATE SET note = 'x'"
    )
    with pytest.raises(DBAPIError, match="time_entries is append-only"), database.of("T0TEST").writing() as connection:
        connection.execute(text(statement))


def test_what_is_derived_may_change(worked: Database) -> None:
    with worked.of("T0TEST").writing() as connection:
        connection.execute(text("UPDATE patient_months SET counted_minutes = 1"))
        connection.execute(text("DELETE FROM patient_months"))


def count(database: Database, table: str) -> int:
    with database.of("T0TEST").reading() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608 - names of our own


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("INSERT INTO chain_heads VALUES ('T0TEST', 'P-9999', 0, '{genesis}')", "no such patient"),
        ("INSERT INTO care_teams VALUES ('T0OTHER', 'blue', 'Blue', 'C1')", "no such practice"),
        ("UPDATE patients SET team_id = 'no-team' WHERE patient_code = 'P-1042'", "no such team"),
        ("UPDATE patients SET billing_practitioner = 'nobody' WHERE patient_code = 'P-1042'", "no such person"),
        ("UPDATE staff SET slack_user_id = 'U0NURSE1' WHERE staff_id = 'nurse2'", "somebody else's"),
        ("UPDATE patients SET code_key = 'P1043' WHERE patient_code = 'P-1042'", "another patient's"),
    ],
)
def test_the_database_holds_what_belongs_together(
    database: Database, practice: Practice, statement: str, why: str
) -> None:
    with pytest.raises(DBAPIError), database.of("T0TEST").writing() as connection:
        connection.execute(text(statement.format(genesis=GENESIS)))


def test_an_entry_can_be_voided_once(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry())
    undo(database, practice)
    values = {"at": AT.replace(tzinfo=None) if database.is_sqlite else AT}
    statement = text("INSERT INTO entry_voids VALUES ('T0TEST', 'P-1042', 3, 1, 'again', :at, 'nurse1', 'x', 'x')")
    with pytest.raises(DBAPIError), database.of("T0TEST").writing() as connection:
        connection.execute(statement, values)


def test_two_processes_may_upgrade_a_new_database_at_once(postgresql_url: str) -> None:
    program = (
        "import sys; from ledger.storage import schema, database; print(schema.upgrade(database.Database(sys.argv[1])))"
    )
    with fresh_postgresql(postgresql_url) as url:
        command = [sys.executable, "-c", program, url]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]  # noqa: S603 - our own
        assert [process.communicate(timeout=PATIENCE_SECONDS)[0].strip() for process in both] == [newest(), newest()]


def test_a_database_without_tables_is_told_apart(postgresql_url: str) -> None:
    with fresh_postgresql(postgresql_url) as url:
        empty = Database(url)
        with pytest.raises(DatabaseAwayError) as refused:
            check(empty)
        assert (refused.value.code, refused.value.remedy) == ("DATABASE_NOT_UPGRADED", "Run: ccm db upgrade")
        upgrade(empty)
        check(empty)
        empty.close()


def test_a_server_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    away = Database(f"postgresql://ccm@/ccm?host={tmp_path}")
    for use in (check, upgrade):
        with pytest.raises(DatabaseAwayError) as refused:
            use(away)
        assert refused.value.code == "DATABASE_AWAY"
    away.close()


def test_what_raises_in_a_transaction_is_not_stored(database: Database, practice: Practice) -> None:
    def rename_and_fail(connection: Connection) -> None:
        connection.execute(text("UPDATE practices SET name = 'Other'"))
        raise ArithmeticError("never mind")

    with pytest.raises(ArithmeticError), database.of("T0TEST").writing() as connection:
        rename_and_fail(connection)
    with database.of("T0TEST").reading() as connection:
        assert connection.scalar(text("SELECT name FROM practices")) == "Test Practice"


def test_a_reader_sees_one_state_of_the_ledger_while_others_write(database: Database, practice: Practice) -> None:
    entries = text("SELECT count(*) FROM time_entries")
    with database.of("T0TEST").reading() as connection:
        assert connection.scalar(entries) == 0
        record(database, practice, an_entry())
        assert connection.scalar(entries) == 0
    with database.of("T0TEST").reading() as connection:
        assert connection.scalar(entries) == 1
