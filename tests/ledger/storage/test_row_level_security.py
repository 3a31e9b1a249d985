# ruff: noqa: S608 - the names are those of the models
"""PostgreSQL holds practices apart by itself: whatever a query forgets, it sees and touches no other practice's row."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Column, Connection, Table, insert, select, text
from sqlalchemy.exc import DBAPIError
from support.databases import OWNER, SUPERUSER, fresh_postgresql, without_guards
from support.practice import AT, MONTH, a_practice

import jobs.scheduling.tables  # noqa: F401 - its tables belong to the schema
from ledger.roster.directory import suggest_codes
from ledger.storage.database import Database
from ledger.storage.schema import row_level_security, upgrade
from ledger.storage.tables import APPEND_ONLY, Base, UtcDateTime

MINE, OTHER = "T0TEST", "T0OTHER"
TABLES = sorted(name for name, table in Base.metadata.tables.items() if "practice_id" in table.columns)
EXAMPLES: dict[type, Any] = {str: "x", int: 1, bool: False, date: MONTH, object: {}}  # object: JSON


def example(column: Column[Any]) -> Any:
    return AT if isinstance(column.type, UtcDateTime) else EXAMPLES[column.type.python_type]


@pytest.fixture(scope="module")
def full_url(postgresql_url: str) -> Iterator[str]:
    """A ledger with one row of each of two practices in every table; the rows differ in nothing else."""
    with fresh_postgresql(postgresql_url) as url:
        database = Database(url)
        upgrade(database)
        with without_guards(database) as connection:
            for name in TABLES:
                table = Base.metadata.tables[name]
                row = {column.name: example(column) for column in table.columns}
                connection.execute(insert(table), [{**row, "practice_id": one} for one in (MINE, OTHER)])
        database.close()
        yield url


@pytest.fixture
def full(full_url: str) -> Iterator[Database]:
    database = Database(full_url)
    yield database
    database.close()


def owners(connection: Connection, table: str) -> list[str]:
    """Whose rows are seen where nobody says whose rows are meant."""
    return sorted(connection.scalars(text(f"SELECT practice_id FROM {table}")))


def test_every_table_of_a_practice_has_the_policy_and_holds_its_owner_to_it(postgresql_database: Database) -> None:
    with postgresql_database.across_practices().reading() as connection:
        held = connection.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname")
        ).scalars()
        policies = connection.execute(text("SELECT tablename, cmd, permissive, qual FROM pg_policies")).all()
        assert list(held) == TABLES, "a migration that makes a table of a practice has to call keep_apart"
    assert sorted(policy.tablename for policy in policies) == TABLES
    assert len({(policy.cmd, policy.permissive, policy.qual) for policy in policies}) == 1


@pytest.mark.parametrize("table", TABLES)
def test_a_query_that_forgets_the_practice_sees_its_own_rows_alone(full: Database, table: str) -> None:
    with full.across_practices().reading() as connection:
        assert owners(connection, table) == [OTHER, MINE]
    for practice_id in (MINE, OTHER):
        with full.of(practice_id).reading() as connection:
            assert owners(connection, table) == [practice_id]
    with full.of("T0NOBODY").reading() as connection:
        assert owners(connection, table) == []


@pytest.mark.parametrize("table", TABLES)
def test_no_row_of_another_practice_is_changed_or_deleted(full: Database, table: str) -> None:
    for change in (f"UPDATE {table} SET practice_id = practice_id", f"DELETE FROM {table}"):
        with full.of(MINE).writing() as connection:
            assert connection.execute(text(f"{change} WHERE practice_id = '{OTHER}'")).rowcount == 0
    with full.across_practices().reading() as connection:
        assert owners(connection, table) == [OTHER, MINE]


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_added_to_another_practice(full: Database, table: str) -> None:
    with full.across_practices().reading() as connection:
        (row,) = connection.scalars(text(f"SELECT to_json(t) FROM {table} t WHERE practice_id = '{OTHER}'"))
    statement = text(f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, CAST(:row AS json))")
    with pytest.raises(DBAPIError, match="violates row-level security"), full.of(MINE).writing() as connection:
        connection.execute(statement, {"row": json.dumps(row)})


@pytest.mark.parametrize("table", sorted(set(TABLES) - set(APPEND_ONLY)))
def test_no_row_is_given_to_another_practice(full: Database, table: str) -> None:
    with pytest.raises(DBAPIError, match="violates row-level security"), full.of(MINE).writing() as connection:
        connection.execute(text(f"UPDATE {table} SET practice_id = 'T0THIRD'"))


def test_a_transaction_that_does_not_say_whose_rows_it_may_see_sees_none(full: Database) -> None:
    with full.engine.connect() as connection:
        assert [table for table in TABLES if owners(connection, table)] == []


def test_the_pools_next_transaction_knows_nothing_of_the_one_before(full: Database) -> None:
    for scoped in (full.of(MINE), full.across_practices()):
        for transaction in (scoped.reading, scoped.writing):
            with transaction() as connection:
                assert MINE in owners(connection, "patients")
                before = connection.scalar(text("SELECT pg_backend_pid()"))
            with full.engine.connect() as connection:
                assert owners(connection, "patients") == []
                assert connection.scalar(text("SELECT pg_backend_pid()")) == before


def test_a_second_transaction_on_the_same_connection_sees_what_the_first_saw(full: Database) -> None:
    with full.of(MINE).reading() as connection:
        connection.rollback()
        assert owners(connection, "patients") == [MINE]


@pytest.mark.parametrize("practice_id", ["", "on", "*", "%", "' OR true --"])
def test_no_name_of_a_practice_means_all_of_them(full: Database, practice_id: str) -> None:
    with full.of(practice_id).reading() as connection:
        assert owners(connection, "patients") == []


def test_a_bug_in_a_query_shows_nothing_of_another_practice(postgresql_database: Database) -> None:
    """The menu of patients, asked for another practice's by mistake."""
    a_practice(postgresql_database)
    a_practice(postgresql_database, OTHER)
    with postgresql_database.of(MINE).reading() as connection:
        assert suggest_codes(connection, MINE, "P-1042", most=10) == [("P-1042", "Blue Team")]
        assert suggest_codes(connection, OTHER, "P-1042", most=10) == []


def test_a_database_has_no_transaction_that_belongs_to_nobody(database: Database) -> None:
    for transaction in ("reading", "writing", "begin", "connect"):
        assert not hasattr(database, transaction)


def test_a_migration_sees_the_rows_of_every_practice(full: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def look(config: Any, _revision: str) -> None:
        seen.append(owners(config.attributes["connection"], "practices"))

    monkeypatch.setattr(command, "upgrade", look)
    upgrade(full)
    assert seen == [[OTHER, MINE]]


def test_whom_no_policy_holds_is_told(full: Database, sqlite_database: Database) -> None:
    found = row_level_security(full)
    assert found is not None
    assert (found.role, found.is_exempt, found.open_tables) == (OWNER, False, ())
    superuser = Database(full.url.set(username=SUPERUSER).render_as_string(hide_password=False))
    found = row_level_security(superuser)
    superuser.close()
    assert found is not None
    assert (found.role, found.is_exempt, found.open_tables) == (SUPERUSER, True, tuple(TABLES))
    assert row_level_security(sqlite_database) is None


def test_a_table_that_holds_nobody_is_told(full: Database) -> None:
    def change(words: str) -> None:
        with full.across_practices().writing() as connection:
            connection.execute(text(f"ALTER TABLE patients {words} ROW LEVEL SECURITY"))

    change("NO FORCE")
    found = row_level_security(full)
    change("FORCE")
    assert found is not None
    assert (found.is_exempt, found.open_tables) == (False, ("patients",))


def plan(database: Database, query: Any) -> str:
    with database.of(MINE).reading() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        return "\n".join(connection.scalars(text(f"EXPLAIN {compiled}")))


@pytest.mark.parametrize("name", ["chain_heads", "patient_months"])
def test_the_policy_leaves_the_index_on_the_practice_to_the_query(full: Database, name: str) -> None:
    table: Table = Base.metadata.tables[name]
    found = plan(full, select(table).where(table.c.practice_id == MINE, table.c.patient_code == "P-1042"))
    (condition,) = [line for line in found.splitlines() if "Index Cond" in line]
    assert "practice_id" in condition
    assert "patient_code" in condition
    assert "InitPlan" in found, "the setting is read once a statement"
