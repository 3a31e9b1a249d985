"""Whatever ``ccm`` writes of a practice is its owner's from the first byte on, under any umask."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.practice import a_practice
from support.terminal import Ccm

from ledger.storage.database import Database
from ledger.storage.schema import upgrade


class Watch:
    """What the process does with files below a folder, as Python's own audit events tell it."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.wrong: list[str] = []
        sys.addaudithook(self._hear)  # a hook stays for as long as the process lives

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.folder is None or event not in {"os.chmod", "sqlite3.connect", "open"}:
            return
        path = str(args[0]).removeprefix("file://").partition("?")[0]
        if not path.startswith(str(self.folder)):
            return
        if event == "os.chmod":
            self.wrong.append(f"the mode of {path} was changed later")
        elif event == "open":
            _, how, flags = args
            says_its_mode = how is None  # os.open does; what the mode is, is looked at in the end
            if flags & os.O_CREAT and not says_its_mode and not Path(path).exists():
                self.wrong.append(f"open made {path} as the umask has it")
        elif not Path(path).exists():
            self.wrong.append(f"SQLite made {path} as the umask has it")


@pytest.fixture(scope="session")
def audited() -> Watch:
    return Watch()


@pytest.fixture
def watched(audited: Watch, tmp_path: Path) -> Iterator[Watch]:
    audited.wrong, audited.folder = [], tmp_path
    yield audited
    audited.folder = None


@pytest.fixture(params=[0o022, 0o000], ids=["umask 022", "umask 000"])
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("any_umask")
def test_nothing_that_is_written_is_ever_open_to_others(bare_ccm: Ccm, watched: Watch, tmp_path: Path) -> None:
    ledger, out = tmp_path / "ledger.sqlite3", tmp_path / "out"
    database = Database(f"sqlite:///{ledger}")
    upgrade(database)
    a_practice(database)
    database.close()
    backups = tmp_path / "backups"
    backups.mkdir(mode=0o700)
    for words in (
        ("sample", str(out / "sample"), "--patients", "4"),
        ("export", str(out / "export"), "2026-11"),
        ("backup", str(backups / "one.sqlite3")),
        ("log", "--as", "nurse1", "P-1042", "25m", "labs", "Reviewed", "the", "labs", "with", "the", "patient."),
        ("restore", str(backups / "one.sqlite3"), "--replace"),
        ("db", "upgrade"),
    ):
        result = bare_ccm(*words)
        assert result.exit_code == 0, result.output

    assert watched.wrong == []
    modes = {str(path.relative_to(tmp_path)): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert {
        path: mode for path, mode in modes.items() if mode != (0o700 if (tmp_path / path).is_dir() else 0o600)
    } == {}
    assert len(modes) >= len(("ledger", "kept", "backups", "backup", "out", "sample", "export")) + 4 + 2
