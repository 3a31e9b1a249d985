"""A ledger that is to be had alone: where the system fails, that is not said to be another program."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.storage.sqlite_files import alone, opened


def test_a_ledger_that_another_has_open_is_in_use(tmp_path: Path) -> None:
    ledger = tmp_path / "ccm.sqlite3"
    with closing(opened(ledger)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE practices (practice_id)")

        with pytest.raises(LedgerError, match="LEDGER_IN_USE"), alone(ledger):
            pytest.fail("it was had beside another")


def test_a_file_that_the_system_does_not_lock_is_not_said_to_be_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ccm.sqlite3"
    with closing(opened(ledger)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE practices (practice_id)")

    def read_only(file: Path) -> sqlite3.Connection:
        return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, isolation_level=None)

    monkeypatch.setattr("ledger.storage.sqlite_files.opened", read_only)

    with pytest.raises(LedgerError, match="DISK_FAILS"), alone(ledger):
        pytest.fail("it was had though it cannot be locked")
