"""``ccm`` as it is typed in a terminal, on a ledger of its own and at a fixed hour."""

import shutil
from datetime import datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from support.practice import a_practice
from support.slack import NOW, hire_more
from support.terminal import Ccm
from typer.testing import CliRunner

from bot.cli import app
from ledger.storage.database import Database

SETTINGS = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_API_URL",
    "CCM_TOKEN_KEYS",
    "CCM_PUBLIC_URL",
    "CCM_WORKSPACE",
)


@pytest.fixture(scope="session")
def ledger_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with the invented practice, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("cli") / "template.sqlite3"))
    database = Database(f"sqlite:///{path}")
    hire_more(database, a_practice(database))
    database.close()
    return path


@pytest.fixture
def bare_ccm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ccm:
    """Runs ``ccm`` on Tuesday, 24 November 2026 at ten in New York, with nothing set up."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CCM_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    monkeypatch.setenv("COLUMNS", "220")

    def frozen(zone: tzinfo) -> datetime:
        return NOW.astimezone(zone)

    monkeypatch.setattr("ledger.clock.datetime", SimpleNamespace(now=frozen))

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return run


@pytest.fixture
def ccm(bare_ccm: Ccm, ledger_template: Path, tmp_path: Path) -> Ccm:
    """Runs ``ccm`` on a ledger with the invented practice."""
    shutil.copy(ledger_template, tmp_path / "ledger.sqlite3")
    return bare_ccm


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the ledger's file is."""
    return tmp_path / "ledger.sqlite3"
