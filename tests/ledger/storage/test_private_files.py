"""Files that hold a practice's data: nobody else can open them, not even while they are being made."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.practice import a_practice, an_entry, record

from ledger.errors import DatabaseAwayError
from ledger.storage.database import Database
from ledger.storage.private_files import make_file, make_folder, new_file
from ledger.storage.schema import upgrade


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(params=[0o022, 0o000], ids=["umask 022", "umask 000"])
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a process leaves to others of the files that it makes, where nobody thinks of it."""
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("any_umask")
def test_a_ledger_its_side_files_and_its_folders_are_their_owners(tmp_path: Path) -> None:
    ledger = tmp_path / "new" / "folders" / "ccm.sqlite3"
    with closing(Database(f"sqlite:///{ledger}")) as database:
        upgrade(database)
        record(database, a_practice(database), an_entry())
        modes = {path.name: mode(path) for path in ledger.parent.iterdir()}

    assert modes == {"ccm.sqlite3": 0o600, "ccm.sqlite3-wal": 0o600, "ccm.sqlite3-shm": 0o600}
    assert (mode(ledger.parent), mode(ledger.parent.parent)) == (0o700, 0o700)


@pytest.mark.usefixtures("any_umask")
def test_a_journal_is_its_owners(tmp_path: Path) -> None:
    ledger = tmp_path / "ccm.sqlite3"
    make_file(ledger)
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (1)")
        assert mode(ledger.with_name("ccm.sqlite3-journal")) == 0o600


@pytest.mark.usefixtures("any_umask")
def test_a_new_file_is_its_owners_before_anything_is_in_it(tmp_path: Path) -> None:
    with new_file(tmp_path / "file") as file:
        assert (mode(tmp_path / "file"), file.tell()) == (0o600, 0)


def test_a_file_that_could_not_be_finished_is_gone(tmp_path: Path) -> None:
    def fail() -> None:
        with new_file(tmp_path / "file") as file:
            file.write(b"half")
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    there = tmp_path / "file"
    there.write_text("there", encoding="utf-8")

    with pytest.raises(FileExistsError), new_file(there):
        pass
    assert there.read_text(encoding="utf-8") == "there"


def test_what_is_there_keeps_its_mode_and_its_content(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "folder" / "file"
    folder.mkdir(mode=0o755)
    file.write_text("there", encoding="utf-8")
    file.chmod(0o640)

    make_folder(folder)
    make_file(file)

    assert (mode(folder), mode(file), file.read_text(encoding="utf-8")) == (0o755, 0o640, "there")


@pytest.mark.usefixtures("any_umask")
def test_a_ledger_behind_a_link_to_a_file_that_is_not_there_yet_is_its_owners(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")

    make_file(tmp_path / "link")

    assert mode(tmp_path / "target") == 0o600


def test_to_open_a_ledger_takes_no_lock_from_another_thread_that_has_it(tmp_path: Path) -> None:
    ledger = tmp_path / "ccm.sqlite3"
    program = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM t')"
    with closing(sqlite3.connect(ledger)) as ours:
        ours.execute("CREATE TABLE t (x)")
        ours.execute("BEGIN EXCLUSIVE")
        make_file(ledger)
        other = subprocess.run(  # noqa: S603 - our own
            [sys.executable, "-c", program, str(ledger)], check=False, stderr=subprocess.PIPE, text=True
        )
    assert "database is locked" in other.stderr


@pytest.mark.parametrize("parts", [("file",), ("file", "ccm.sqlite3"), ("file", "deeper", "ccm.sqlite3")])
def test_a_folder_that_cannot_be_made_is_one_error_with_what_to_do(tmp_path: Path, parts: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    database = Database(f"sqlite:///{tmp_path.joinpath(*parts, 'ccm.sqlite3')}")

    with pytest.raises(DatabaseAwayError, match="FOLDER_IS_FILE") as refused:
        upgrade(database)
    assert str(tmp_path / "file") in refused.value.title
    database.close()


def test_to_name_a_ledger_makes_nothing(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'folder' / 'ccm.sqlite3'}").close()

    assert list(tmp_path.iterdir()) == []
