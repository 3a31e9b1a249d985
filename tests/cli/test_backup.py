"""``ccm backup`` and ``ccm restore``: whole or not at all, while others write, and never a record lost unasked."""

import hashlib
import json
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from support.databases import migrate_to
from support.patience import PATIENCE_SECONDS
from support.practice import an_entry, record, verified
from support.programs import program, said
from support.terminal import Ccm

from ledger.practice.practice import get_practice
from ledger.storage.database import Database
from ledger.storage.schema import newest

WRITER = """
import sys
from support.practice import an_entry, record
from ledger.storage.database import Database
from ledger.practice.practice import get_practice
database = Database(sys.argv[1])
with database.of("T0TEST").reading() as connection:
    practice = get_practice(connection, "T0TEST")
written = 0
print("ready", flush=True)
while not sys.stdin.closed:
    record(database, practice, an_entry(minutes=1, note=f"Note {sys.argv[2]}-{written}."), confirmed=True)
    written += 1
    print(written, flush=True)
"""
HOLDER = """
import sys
from ledger.storage.database import Database
database = Database(sys.argv[1])
with database.of("T0TEST").reading() as connection:
    connection.exec_driver_sql("SELECT 1 FROM practices")
print("ready", flush=True)
sys.stdin.read()
"""
KILLED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from ledger.audit import backup
from ledger.clock import now
from ledger.storage.database import Database
backup.RESTORED_PAGES = 10
def die(_status, left, total):
    if left < total / 2:
        os.kill(os.getpid(), signal.SIGKILL)
backup.fill = partial(backup.fill, watch=die)
backup.restore(Database(sys.argv[1]), Path(sys.argv[2]), at=now(), replace=True)
"""


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


def work(path: Path, count: int = 1) -> None:
    """Records entries in the ledger."""
    with opened(path) as database:
        with database.of("T0TEST").reading() as connection:
            practice = get_practice(connection, "T0TEST")
        for number in range(count):
            record(database, practice, an_entry(minutes=1, note=f"Note {number} of more."), confirmed=True)


def entries(path: Path) -> int:
    """How many entries a file holds."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM time_entries").fetchone()[0])


def difference(path: Path) -> str | None:
    """What ``ccm verify`` finds wrong with a ledger."""
    with opened(path) as database:
        with database.of("T0TEST").reading() as connection:
            practice = get_practice(connection, "T0TEST")
        return verified(database, practice).difference


def spoil(path: Path) -> None:
    """Changes an entry behind the ledger's back."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER time_entries_no_update")
        connection.execute("UPDATE time_entries SET duration_minutes = 2")
        connection.commit()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    place = tmp_path / "backups" / "ccm.sqlite3"
    place.parent.mkdir()
    return place


def test_a_backup_says_what_is_in_it_and_is_one_file_for_its_owner_alone(ccm: Ccm, ledger: Path, file: Path) -> None:
    work(ledger, 3)

    result = ccm("backup", str(file))

    assert result.exit_code == 0, result.output
    assert "1 practices, 5 patients, 3 entries, the newest recorded 2026-11-18 20:00 UTC" in result.stdout
    assert f"migration {newest()}; verified." in result.stdout
    assert f"SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()}, {file.stat().st_size} bytes." in result.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert (entries(file), difference(file)) == (3, None)


def test_a_backup_is_described_for_a_program(ccm: Ccm, ledger: Path, file: Path) -> None:
    work(ledger)

    found = json.loads(ccm("backup", str(file), "--json").stdout)

    assert (found["practices"], found["patients"], found["entries"], found["difference"]) == (1, 5, 1, None)
    assert found["newest_entry"] == "2026-11-18T20:00:00Z"


def test_backups_while_another_process_writes_are_whole_and_can_be_restored(
    ccm: Ccm, ledger: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = []
    with program(WRITER, f"sqlite:///{ledger}", "writer") as writer:
        assert said(writer) == "ready"
        for number in range(3):
            before = int(said(writer))
            backups.append((before, file.with_name(f"{number}.sqlite3")))
            result = ccm("backup", str(backups[-1][1]))
            assert result.exit_code == 0, result.output
            assert int(said(writer)) > before

    assert difference(ledger) is None
    kept = [entries(path) for _, path in backups]
    assert kept == sorted(kept)
    assert all(count >= before for count, (before, _) in zip(kept, backups, strict=True))
    restored = file.with_name("restored.sqlite3")
    monkeypatch.setenv("CCM_DATABASE_URL", f"sqlite:///{restored}")
    assert ccm("restore", str(backups[-1][1])).exit_code == 0
    assert ccm("verify").exit_code == 0
    assert entries(restored) == kept[-1]


def test_a_backup_never_overwrites_unless_it_is_told_to(ccm: Ccm, ledger: Path, file: Path) -> None:
    file.write_text("something else", encoding="utf-8")

    refused = ccm("backup", str(file))
    assert refused.exit_code == 1
    assert "Error BACKUP_EXISTS" in refused.stderr
    assert file.read_text(encoding="utf-8") == "something else"

    assert ccm("backup", str(file), "--force").exit_code == 0
    assert difference(file) is None


def test_a_ledger_that_differs_is_not_backed_up_unless_it_is_told_to(ccm: Ccm, ledger: Path, file: Path) -> None:
    work(ledger)
    spoil(ledger)

    refused = ccm("backup", str(file))
    assert refused.exit_code == 1
    assert "Error BACKUP_DIFFERS: The ledger differs from what was recorded: P-1042#1 (entry)" in refused.stderr
    assert list(file.parent.iterdir()) == []

    result = ccm("backup", str(file), "--unverified")
    assert result.exit_code == 0
    assert "NOT WHOLE: P-1042#1" in result.stdout
    assert entries(file) == 1


def test_a_ledger_of_an_earlier_migration_is_backed_up_as_it_is_before_the_upgrade(
    bare_ccm: Ccm, ledger: Path, file: Path
) -> None:
    migrate_to(f"sqlite:///{ledger}", "0005")

    result = bare_ccm("backup", str(file))

    assert result.exit_code == 0, result.output
    assert "migration 0005; verified." in result.stdout
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0005",)]


def test_a_backup_of_a_ledger_that_is_not_there_makes_none(bare_ccm: Ccm, ledger: Path, file: Path) -> None:
    result = bare_ccm("backup", str(file))

    assert "Error LEDGER_MISSING" in result.stderr
    assert not ledger.exists()


def test_a_place_that_does_not_take_the_backup_is_explained(ccm: Ccm, ledger: Path, tmp_path: Path) -> None:
    result = ccm("backup", str(tmp_path / "nowhere" / "ccm.sqlite3"))

    assert result.exit_code == 1
    assert "Error BACKUP_NOT_WRITTEN" in result.stderr
    assert "df -h" in result.stderr


def test_a_ledger_that_was_lost_is_restored(ccm: Ccm, ledger: Path, file: Path) -> None:
    work(ledger, 2)
    ccm("backup", str(file))
    content = file.read_bytes()
    for path in ledger.parent.glob("ledger.sqlite3*"):
        path.unlink()

    result = ccm("restore", str(file))

    assert result.exit_code == 0, result.output
    assert "2 entries" in result.stdout
    assert "is kept at" not in result.stdout
    assert "Next: ccm doctor, then start the bot." in result.stdout
    assert (entries(ledger), difference(ledger)) == (2, None)
    assert file.read_bytes() == content


def test_records_that_the_backup_lacks_are_lost_only_when_told_and_kept_beside_it(
    ccm: Ccm, ledger: Path, file: Path
) -> None:
    work(ledger, 2)
    ccm("backup", str(file))
    work(ledger, 3)

    refused = ccm("restore", str(file))
    assert refused.exit_code == 1
    assert "Error RESTORE_LOSES" in refused.stderr
    assert "3 of requests, 3 of time_entries" in refused.stderr
    assert f"ccm restore {file} --replace" in refused.stderr
    assert entries(ledger) == 5

    result = ccm("restore", str(file), "--replace")
    assert result.exit_code == 0, result.output
    kept = ledger.with_name("ledger.sqlite3.replaced-20261124T150000Z")
    assert f"is kept at {kept}." in result.stdout
    assert (entries(ledger), difference(ledger)) == (2, None)
    assert (entries(kept), difference(kept)) == (5, None)
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_ledger_that_has_nothing_more_is_replaced_without_a_question(ccm: Ccm, ledger: Path, file: Path) -> None:
    work(ledger, 2)
    ccm("backup", str(file))

    assert ccm("restore", str(file)).exit_code == 0
    assert entries(ledger) == 2


def test_another_history_of_the_same_patient_counts_as_lost(ccm: Ccm, ledger: Path, file: Path) -> None:
    ccm("backup", str(file))
    work(ledger, 1)
    other = file.with_name("other.sqlite3")
    ccm("backup", str(other))
    ccm("restore", str(file), "--replace")
    with opened(ledger) as database:
        with database.of("T0TEST").reading() as connection:
            practice = get_practice(connection, "T0TEST")
        record(database, practice, an_entry(minutes=2))

    assert "1 of time_entries" in ccm("restore", str(other)).stderr


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00 and then nothing"])
def test_a_file_that_is_no_backup_is_refused(ccm: Ccm, ledger: Path, file: Path, content: bytes) -> None:
    work(ledger)
    file.write_bytes(content)

    result = ccm("restore", str(file))

    assert result.exit_code == 1
    assert "Error BACKUP_UNREADABLE" in result.stderr
    assert entries(ledger) == 1
    assert not any("unfinished" in path.name for path in ledger.parent.iterdir())


def test_a_backup_that_was_changed_is_refused(ccm: Ccm, ledger: Path, file: Path) -> None:
    work(ledger)
    ccm("backup", str(file))
    spoil(file)

    result = ccm("restore", str(file), "--replace")

    assert "Error BACKUP_DIFFERS: The backup differs from what was recorded: P-1042#1" in result.stderr
    assert difference(ledger) is None


def test_a_backup_that_is_not_there_is_named(ccm: Ccm, ledger: Path, file: Path) -> None:
    assert "Error BACKUP_MISSING" in ccm("restore", str(file)).stderr


def test_a_backup_of_an_earlier_migration_is_restored_and_upgraded(bare_ccm: Ccm, ledger: Path, file: Path) -> None:
    migrate_to(f"sqlite:///{file}", "0001")

    result = bare_ccm("restore", str(file))

    assert result.exit_code == 0, result.output
    assert f"migration {newest()}" in result.stdout


def test_a_backup_of_a_newer_program_is_refused(ccm: Ccm, ledger: Path, file: Path) -> None:
    ccm("backup", str(file))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    result = ccm("restore", str(file))

    assert "Error DATABASE_NEWER: The database is at migration 9999" in result.stderr


def test_a_ledger_that_a_process_has_open_is_not_replaced(ccm: Ccm, ledger: Path, file: Path) -> None:
    ccm("backup", str(file))
    with program(HOLDER, f"sqlite:///{ledger}") as holder:
        assert said(holder) == "ready"

        result = ccm("restore", str(file))

        assert result.exit_code == 1
        assert "Error LEDGER_IN_USE" in result.stderr
        assert "systemctl stop ccm" in result.stderr
    assert ccm("restore", str(file)).exit_code == 0


def test_a_ledger_that_is_broken_is_to_be_moved_away_by_hand(ccm: Ccm, ledger: Path, file: Path) -> None:
    ccm("backup", str(file))
    ledger.write_bytes(b"not a database" * 1000)

    result = ccm("restore", str(file))

    assert "Error LEDGER_UNREADABLE" in result.stderr
    moved = re.search(r"mv (\S+) (\S+)", result.stderr)
    assert moved is not None
    Path(moved[1]).rename(moved[2])
    assert ccm("restore", str(file)).exit_code == 0


def test_a_process_that_is_killed_while_it_restores_leaves_the_ledger_as_it_was(
    ccm: Ccm, ledger: Path, file: Path
) -> None:
    work(ledger, 60)
    ccm("backup", str(file))
    work(ledger, 60)

    with program(KILLED, f"sqlite:///{ledger}", str(file)) as process:
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGKILL

    assert ledger.with_name(f"{ledger.name}-journal").exists()
    assert (entries(ledger), difference(ledger)) == (120, None)


def test_a_ledger_in_postgresql_is_told_what_to_run(bare_ccm: Ccm, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("CCM_DATABASE_URL", "postgresql://ccm:secret@db.example/ccm")

    for words, tool in (
        (("backup",), "pg_dump --enable-row-security --format=custom"),
        (("restore",), "pg_restore --no-owner"),
    ):
        result = bare_ccm(*words, str(file))
        assert result.exit_code == 1
        assert "Error BACKUP_POSTGRESQL" in result.stderr
        assert tool in result.stderr
        assert "secret" not in result.stderr
