"""Where the demo keeps its ledger: it empties what a demo made, and nothing that somebody else did."""

import re
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.databases import make_sqlite_template
from support.practice import a_practice
from typer.testing import CliRunner

from bot.cli import app
from bot.runtime import demo
from ledger.errors import LedgerError
from ledger.practice.practice import create_practice
from ledger.storage.database import Database
from ledger.storage.sqlite_files import opened
from ledger.storage.tables import PatientRow

AT = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "demo"


def load(folder: Path) -> Database:
    """The ledger of a new demo, open."""
    database = Database(demo.fresh_ledger(folder))
    demo.load_practice(database, folder, patients=4, at=AT, progress=lambda *_: None)
    return database


def content(folder: Path) -> dict[str, bytes | str]:
    """All that is in a folder, and where links go."""
    return {
        path.name: str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.iterdir()
        if not path.is_dir() and not path.name.endswith("-shm")
    }


def patients(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ccm.sqlite3")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {PatientRow.__tablename__}").fetchone()[0])  # noqa: S608 - ours


def refused(folder: Path, code: str = "DEMO_FOLDER") -> str:
    """The folder that is named instead, after a refusal that changed nothing."""
    before = content(folder)
    with pytest.raises(LedgerError, match=code) as error:
        demo.fresh_ledger(folder)
    assert content(folder) == before
    command = error.value.remedy.partition("ccm demo --directory ")[2]
    return shlex.split(command)[0]


def test_a_demo_leaves_its_ledger_alone_behind_and_another_begins_anew(folder: Path) -> None:
    for _ in range(2):
        load(folder).close()
        assert [path.name for path in folder.iterdir()] == ["ccm.sqlite3"]
        assert patients(folder) == 4
    assert (folder / "ccm.sqlite3").stat().st_mode & 0o777 == 0o600


def test_files_of_others_in_the_folder_stay_as_they_are(folder: Path) -> None:
    folder.mkdir()
    theirs = {"teams.csv": b"my teams", "patients.csv": b"my patients", "ccm.sqlite3.replaced-20261124T150000Z": b"old"}
    for name, there in theirs.items():
        (folder / name).write_bytes(there)

    load(folder).close()

    assert content(folder) == theirs | {"ccm.sqlite3": (folder / "ccm.sqlite3").read_bytes()}


def test_a_second_demo_at_the_same_time_leaves_the_first_its_ledger(folder: Path) -> None:
    first = load(folder)

    other = refused(folder, "DEMO_RUNNING")

    with first.of(demo.WORKSPACE).writing() as connection:
        connection.exec_driver_sql("DELETE FROM patient_months")
    assert patients(folder) == 4
    load(Path(other)).close()
    first.close()
    load(folder).close()


def somebodys(folder: Path) -> None:
    folder.mkdir()
    database = Database(f"sqlite:///{make_sqlite_template(folder).rename(folder / 'ccm.sqlite3')}")
    a_practice(database)
    database.close()


def empty_but_made_by_init(folder: Path) -> None:
    folder.mkdir()
    make_sqlite_template(folder).rename(folder / "ccm.sqlite3")


def a_namesake_of_the_demos(folder: Path) -> None:
    empty_but_made_by_init(folder)
    _add(folder, demo.WORKSPACE)


def a_demos_with_a_practice_more(folder: Path) -> None:
    load(folder).close()
    _add(folder, "T01REAL")


def _add(folder: Path, practice_id: str) -> None:
    database = Database(f"sqlite:///{folder / 'ccm.sqlite3'}")
    with database.of(practice_id).writing() as connection:
        create_practice(connection, practice_id, demo.PRACTICE, demo.TIMEZONE, at=AT)
    database.close()


def another_programs(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "ccm.sqlite3")) as connection:
        connection.execute("CREATE TABLE theirs (x)")


def no_database(folder: Path) -> None:
    folder.mkdir()
    (folder / "ccm.sqlite3").write_bytes(b"my own notes" * 100)


def a_link_elsewhere(folder: Path) -> None:
    load(folder.with_name("elsewhere")).close()
    folder.mkdir()
    (folder / "ccm.sqlite3").symlink_to(folder.with_name("elsewhere") / "ccm.sqlite3")


def a_link_to_nothing(folder: Path) -> None:
    folder.mkdir()
    (folder / "ccm.sqlite3").symlink_to(folder / "nothing")


def a_folder_of_that_name(folder: Path) -> None:
    (folder / "ccm.sqlite3").mkdir(parents=True)


def a_log_whose_ledger_is_elsewhere(folder: Path) -> None:
    folder.mkdir()
    (folder / "ccm.sqlite3-wal").write_bytes(b"what was written last")


@pytest.mark.parametrize(
    "make",
    [
        somebodys,
        empty_but_made_by_init,
        a_namesake_of_the_demos,
        a_demos_with_a_practice_more,
        another_programs,
        no_database,
        a_link_elsewhere,
        a_link_to_nothing,
        a_folder_of_that_name,
        a_log_whose_ledger_is_elsewhere,
    ],
)
def test_what_no_demo_made_is_left_as_it_is_and_another_folder_named(
    folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder)

    other = refused(folder)

    assert Path(other) == folder.with_name("demo-2")
    load(Path(other)).close()
    assert refused(folder) == str(folder.with_name("demo-3"))


def nothing_yet(folder: Path) -> None:
    folder.mkdir()
    (folder / "ccm.sqlite3").touch()


def marked_and_empty(folder: Path) -> None:
    demo.fresh_ledger(folder)


def half_loaded(folder: Path) -> None:
    load(folder).close()
    with closing(opened(folder / "ccm.sqlite3")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for table in ("practices", "patients", "patient_months"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own


@pytest.mark.parametrize("make", [nothing_yet, marked_and_empty, half_loaded])
def test_what_a_demo_that_was_killed_left_behind_is_begun_anew(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder)

    load(folder).close()

    assert patients(folder) == 4


def test_a_folder_that_cannot_be_made_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(LedgerError, match=r"DEMO_FOLDER: .*Not a directory|DEMO_FOLDER: .*File exists") as error:
        demo.fresh_ledger(tmp_path / "file" / "demo")
    assert re.search(r"ccm demo --directory \S+", error.value.remedy)


def test_a_refused_demo_is_one_error_in_the_terminal(folder: Path) -> None:
    somebodys(folder)

    result = CliRunner().invoke(app, ["demo", "--directory", str(folder), "--port", "0"])

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error DEMO_FOLDER: {folder}/ccm.sqlite3 is no ledger that the demo made")
