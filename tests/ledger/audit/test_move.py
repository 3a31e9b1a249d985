"""A ledger moved to another database: all of it, in both directions, and nothing where anything is amiss."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError
from support.databases import fresh_postgresql, make_sqlite_template, migrate_to, tamper
from support.full_ledger import NAMES, STATE, fill_every_table, rows_of
from support.practice import an_entry, record, verified
from support.programs import program

from bot.oauth.tables import STATES
from ledger.audit import move as moving
from ledger.audit.move import move
from ledger.errors import DatabaseAwayError, LedgerError
from ledger.practice.practice import get_practice
from ledger.storage.database import Database
from ledger.storage.schema import upgrade

PROGRAM = """
import os, signal, sys
import bot.oauth.tables, jobs.scheduling.tables, ledger.storage.claim_tables
from ledger.storage.database import Database
from ledger.audit.move import move
def die(step, done, every):
    if step == "copying" and done > every / 2:
        os.kill(os.getpid(), signal.SIGKILL)
move(Database(sys.argv[1]), Database(sys.argv[2]), progress=die)
"""
HOLDER = """
import sys
from ledger.storage.database import Database
with Database(sys.argv[1]).of("T0TEST").reading() as connection:
    connection.exec_driver_sql("SELECT 1 FROM practices")
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def opened(url: str) -> Iterator[Database]:
    with closing(Database(url)) as database:
        yield database


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with rows in every table."""
    path = make_sqlite_template(tmp_path_factory.mktemp("full"))
    with opened(f"sqlite:///{path}") as database:
        fill_every_table(database)
    return path


@pytest.fixture(scope="module")
def full_postgresql(full: Path, postgresql_url: str) -> Iterator[str]:
    """The same in PostgreSQL."""
    with fresh_postgresql(postgresql_url) as url:
        with opened(f"sqlite:///{full}") as source, opened(url) as target:
            move(source, target)
        yield url


@pytest.fixture
def sqlite_url(full: Path, tmp_path: Path) -> str:
    """A SQLite ledger that is full, and a test's own."""
    return f"sqlite:///{shutil.copy(full, tmp_path / 'ledger.sqlite3')}"


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[str]:
    """A new PostgreSQL database."""
    with fresh_postgresql(postgresql_url) as url:
        yield url


@pytest.fixture
def new_file(tmp_path: Path) -> Path:
    """Where a SQLite ledger may be moved to."""
    return tmp_path / "new" / "ccm.sqlite3"


def rows(url: str) -> dict[str, list[str]]:
    with opened(url) as database:
        return rows_of(database)


def moved(source: str, target: str) -> moving.Moved:
    with opened(source) as here, opened(target) as there:
        return move(here, there)


def refused(source: str, target: str, code: str) -> LedgerError:
    with pytest.raises(LedgerError, match=code) as error:
        moved(source, target)
    return error.value


def works_on(url: str) -> None:
    """Logging goes on where it ended: numbers, chains and figures."""
    with opened(url) as database:
        for name in NAMES:
            with database.of(name).reading() as connection:
                practice = get_practice(connection, name)
                last = connection.scalar(
                    text("SELECT position FROM chain_heads WHERE patient_code = 'P-1042' AND practice_id = :name"),
                    {"name": name},
                )
            entry = record(database, practice, an_entry(minutes=3), confirmed=True)
            assert entry.parts[0].position == (last or 0) + 1
            assert verified(database, practice).difference is None
        with database.across_practices().writing() as connection:
            connection.execute(insert(STATES), STATE)
            assert connection.scalars(select(STATES.c.id).order_by(STATES.c.id)).all() == [7, 8]


def test_every_row_of_every_table_goes_to_postgresql_and_the_source_stays_as_it_was(
    sqlite_url: str, postgresql: str
) -> None:
    before = rows(sqlite_url)

    done = moved(sqlite_url, postgresql)

    assert rows(postgresql) == before
    assert rows(sqlite_url) == before
    assert done == moving.Moved(2, {name: len(found) for name, found in before.items()})
    works_on(postgresql)


def test_every_row_of_every_table_comes_back_to_sqlite(full: Path, full_postgresql: str, new_file: Path) -> None:
    before = rows(full_postgresql)

    moved(full_postgresql, f"sqlite:///{new_file}")

    assert [path.name for path in new_file.parent.iterdir()] == [new_file.name]
    assert (new_file.stat().st_mode & 0o777, new_file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert rows(f"sqlite:///{new_file}") == rows(f"sqlite:///{full}") == before
    assert rows(full_postgresql) == before
    works_on(f"sqlite:///{new_file}")


def test_a_move_that_is_killed_leaves_no_row_and_can_be_begun_again(sqlite_url: str, postgresql: str) -> None:
    before = rows(sqlite_url)

    with program(PROGRAM, sqlite_url, postgresql) as process:
        assert process.wait(60) == -signal.SIGKILL

    assert {name for name, found in rows(postgresql).items() if found} == set()
    assert rows(sqlite_url) == before
    moved(sqlite_url, postgresql)
    assert rows(postgresql) == before


def test_a_move_that_is_killed_leaves_no_file(full_postgresql: str, new_file: Path) -> None:
    with program(PROGRAM, full_postgresql, f"sqlite:///{new_file}") as process:
        assert process.wait(60) == -signal.SIGKILL

    assert [path.name[:16] for path in new_file.parent.iterdir()] == [".ccm-unfinished-"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_ledger_that_a_program_has_open_is_not_moved(
    kind: str, sqlite_url: str, full_postgresql: str, new_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_TIMES_LOOKED", 1)
    source = sqlite_url if kind == "sqlite" else full_postgresql
    with program(HOLDER, source) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"

        error = refused(source, f"sqlite:///{new_file}", "LEDGER_IN_USE")

        assert "systemctl stop ccm" in error.remedy
    assert not new_file.exists()


def change(url: str) -> None:
    """Writes to that ledger."""
    with opened(url) as database, database.across_practices().writing() as connection:
        connection.execute(text("UPDATE home_tabs SET view_hash = 'changed'"))


def test_nobody_can_write_while_a_ledger_is_moved(full_postgresql: str, sqlite_url: str, new_file: Path) -> None:
    for number, source in enumerate((full_postgresql, sqlite_url)):
        tried: list[str] = []

        def write(step: str, _done: int, _every: int, source: str = source, tried: list[str] = tried) -> None:
            if step not in tried:
                tried.append(step)
                with pytest.raises(OperationalError, match=r"lock timeout|database is locked"):
                    change(source)

        with opened(source) as here, opened(f"sqlite:///{new_file}-{number}") as there:
            move(here, there, progress=write)
        assert tried == ["verifying the ledger", "copying", "verifying the copy", "comparing"]


def filled(url: str) -> None:
    with opened(url) as database:
        upgrade(database)
        with database.across_practices().writing() as connection:
            connection.execute(text("INSERT INTO slack_oauth_states (state, expire_at) VALUES ('x', '2026-11-18')"))


def of_another_program(url: str) -> None:
    with opened(url) as database, database.across_practices().writing() as connection:
        connection.execute(text("CREATE TABLE theirs (x INTEGER)"))


@pytest.mark.parametrize(
    ("prepare", "code", "words"),
    [
        (filled, "MOVE_TARGET_FULL", "has rows already, in slack_oauth_states"),
        (of_another_program, "MOVE_TARGET_FULL", "has tables already"),
        (lambda url: migrate_to(url, "0005"), "MOVE_TARGET_MIGRATION", "at migration 0005"),
    ],
)
def test_a_database_that_is_not_empty_is_left_as_it_is(
    sqlite_url: str, postgresql: str, prepare: Callable[[str], None], code: str, words: str
) -> None:
    prepare(postgresql)

    error = refused(sqlite_url, postgresql, code)

    assert words in error.title
    assert "CREATE DATABASE" in error.remedy


def test_the_empty_tables_of_a_ledger_are_filled(sqlite_url: str, postgresql: str) -> None:
    with opened(postgresql) as database:
        upgrade(database)

    moved(sqlite_url, postgresql)

    assert rows(postgresql) == rows(sqlite_url)


@pytest.mark.parametrize("end", ["", "-wal", "-journal"])
def test_a_file_that_is_there_is_left_as_it_is(sqlite_url: str, new_file: Path, end: str) -> None:
    new_file.parent.mkdir()
    there = new_file.with_name(f"{new_file.name}{end}")
    there.write_bytes(b"")

    refused(sqlite_url, f"sqlite:///{new_file}", "MOVE_TARGET_FULL")

    assert [path.name for path in new_file.parent.iterdir()] == [there.name]


def test_a_ledger_is_not_moved_onto_itself(sqlite_url: str, full_postgresql: str) -> None:
    for url in (sqlite_url, full_postgresql):
        refused(url, url, "MOVE_SAME")


def test_a_database_that_cannot_be_reached_is_named_by_the_option(sqlite_url: str, tmp_path: Path) -> None:
    error = refused(sqlite_url, f"postgresql://ccm@/ccm?host={tmp_path}", "DATABASE_AWAY")

    assert isinstance(error, DatabaseAwayError)
    assert error.title.startswith("--to: ")
    assert "--to" in error.remedy
    assert "CCM_DATABASE_URL" not in error.remedy


def test_a_place_that_takes_no_file_is_named(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    assert "df -h" in refused(sqlite_url, f"sqlite:///{tmp_path}/file/ccm.sqlite3", "MOVE_NOT_TAKEN").remedy


def test_a_ledger_of_an_earlier_migration_is_upgraded_first(tmp_path: Path, new_file: Path) -> None:
    old = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    migrate_to(old, "0005")

    assert refused(old, f"sqlite:///{new_file}", "DATABASE_NOT_UPGRADED").remedy == "Run: ccm db upgrade"


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path, new_file: Path) -> None:
    refused(f"sqlite:///{tmp_path / 'none.sqlite3'}", f"sqlite:///{new_file}", "LEDGER_MISSING")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE notes_of_ours (x INTEGER)", "notes_of_ours"),
        ("ALTER TABLE patients ADD COLUMN birthday DATE", "patients.birthday"),
    ],
)
def test_what_this_program_does_not_know_is_not_left_behind(
    sqlite_url: str, new_file: Path, statement: str, words: str
) -> None:
    with opened(sqlite_url) as database:
        tamper(database, statement)

    assert words in refused(sqlite_url, f"sqlite:///{new_file}", "MOVE_TABLE_UNKNOWN").title
    assert not new_file.exists()


def test_a_record_that_differs_is_not_moved(sqlite_url: str, new_file: Path) -> None:
    with opened(sqlite_url) as database:
        tamper(database, "UPDATE time_entries SET duration_minutes = duration_minutes + 1")

    assert "The ledger differs" in refused(sqlite_url, f"sqlite:///{new_file}", "RECORD_DIFFERS").title
    assert not new_file.exists()


def test_what_the_other_database_does_not_take_is_named_and_not_shown(sqlite_url: str, postgresql: str) -> None:
    with opened(sqlite_url) as database:
        tamper(database, "UPDATE home_tabs SET view_hash = 'secret' || char(0)")

    error = refused(sqlite_url, postgresql, "MOVE_NOT_TAKEN")

    assert "home_tabs" in error.title
    assert "secret" not in f"{error} {error.remedy}"
    assert error.__suppress_context__
    assert {name for name, found in rows(postgresql).items() if found} == set()


@pytest.mark.parametrize(
    "spoil", ["DELETE FROM home_tabs WHERE practice_id = 'T0TEST'", "UPDATE home_tabs SET view_hash = 'other'"]
)
def test_a_copy_that_is_not_whole_does_not_stay(
    sqlite_url: str, postgresql: str, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    monkeypatch.setattr(moving, "_go_on_numbering", lambda write, _tables: write.execute(text(spoil)))

    assert "home_tabs" in refused(sqlite_url, postgresql, "MOVE_NOT_WHOLE").title
    assert {name for name, found in rows(postgresql).items() if found} == set()
