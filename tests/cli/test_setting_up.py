"""From nothing to a practice: ``ccm init``, ``db``, ``sample`` and ``import``, and what is said of a lack."""

import json
import shutil
from pathlib import Path

import pytest
from support.terminal import Ccm

from bot.cli.commands import COMMANDS
from bot.cli.lazy import real_command

INIT = ("init", "--workspace", "T01ABCDEF", "--timezone", "America/New_York", "--name", "My [practice]")


def commands() -> list[tuple[str, ...]]:
    """Every command and group by the words that name it."""
    found: list[tuple[str, ...]] = [()]
    for name, listed in COMMANDS.items():
        command = real_command(listed)
        found += [(name,), *((name, inner) for inner in getattr(command, "commands", ()))]
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_explains_itself(bare_ccm: Ccm, words: tuple[str, ...]) -> None:
    result = bare_ccm(*words, "--help")

    assert result.exit_code == 0
    assert "Usage: " in result.stdout
    text = result.stdout.split("Usage:")[1].splitlines()[2].strip()
    assert text[:1].isupper()
    assert len(text) > 15


def test_ccm_alone_shows_what_there_is(bare_ccm: Ccm) -> None:
    result = bare_ccm()

    assert all(name in result.output for name in ("init", "import", "month", "log", "serve", "demo", "verify"))


def test_the_first_command_makes_the_ledger_and_says_what_is_next(bare_ccm: Ccm, ledger: Path) -> None:
    result = bare_ccm(*INIT)

    assert result.exit_code == 0
    assert "My [practice] (T01ABCDEF, America/New_York) is in the ledger." in result.stdout
    assert "Next: ccm import teams teams.csv" in result.stdout
    assert ledger.exists()


def test_the_first_command_may_be_repeated(bare_ccm: Ccm) -> None:
    bare_ccm(*INIT)

    assert bare_ccm(*INIT).exit_code == 0


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--timezone", "Mars/Olympus", "TIMEZONE_UNKNOWN"),
        ("--workspace", "my workspace", "WORKSPACE_ID"),
    ],
)
def test_a_practice_with_a_wrong_value_is_refused(bare_ccm: Ccm, option: str, value: str, code: str) -> None:
    words = [value if before == option else word for before, word in zip(("", *INIT), INIT, strict=False)]

    result = bare_ccm(*words)

    assert result.exit_code == 1
    assert f"Error {code}:" in result.stderr


def test_a_practice_is_not_moved_to_another_zone(bare_ccm: Ccm) -> None:
    bare_ccm(*INIT)

    result = bare_ccm(*[word.replace("New_York", "Chicago") for word in INIT])

    assert result.exit_code == 1
    assert "Error PRACTICE_EXISTS" in result.stderr


def test_the_database_is_brought_to_the_newest_migration(bare_ccm: Ccm) -> None:
    for _ in range(2):
        result = bare_ccm("db", "upgrade")
        assert result.exit_code == 0
        assert "The database is at migration " in result.stdout


def test_without_a_database_every_report_says_what_to_run(bare_ccm: Ccm) -> None:
    for words in (("month",), ("near",), ("verify",), ("log", "--as", "nurse1"), ("import", "teams", "x.csv")):
        result = bare_ccm(*words)
        assert result.exit_code == 1
        assert "Error DATABASE_NOT_UPGRADED" in result.stderr
        assert "Run: ccm db upgrade" in result.stderr


def test_without_a_practice_every_report_says_what_to_run(bare_ccm: Ccm) -> None:
    bare_ccm("db", "upgrade")

    result = bare_ccm("month")

    assert result.exit_code == 1
    assert "Error NO_PRACTICE" in result.stderr
    assert "ccm init --workspace" in result.stderr


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://localhost/ccm", "DATABASE_KIND"),
        ("nonsense", "DATABASE_URL"),
        ("postgresql://nobody@127.0.0.1:1/ccm", "DATABASE_AWAY"),
    ],
)
def test_a_database_that_cannot_be_used_is_explained(
    bare_ccm: Ccm, monkeypatch: pytest.MonkeyPatch, url: str, code: str
) -> None:
    monkeypatch.setenv("CCM_DATABASE_URL", url)

    result = bare_ccm("month")

    assert result.exit_code == 1
    assert f"Error {code}:" in result.stderr
    assert "CCM_DATABASE_URL" in result.stderr


def test_several_practices_need_a_name(ccm: Ccm, monkeypatch: pytest.MonkeyPatch) -> None:
    ccm(*INIT)

    result = ccm("month")
    assert result.exit_code == 1
    assert "Error WHICH_PRACTICE: This ledger has several practices: T01ABCDEF, T0TEST." in result.stderr

    assert "0 of 5 enrolled patients" in ccm("month", "--workspace", "T0TEST").stdout
    monkeypatch.setenv("CCM_WORKSPACE", "T01ABCDEF")
    assert "0 of 0 enrolled patients" in ccm("month").stdout


def test_a_sample_practice_can_be_written_and_imported(bare_ccm: Ccm, tmp_path: Path) -> None:
    bare_ccm(*INIT)
    assert bare_ccm("sample", str(tmp_path / "files"), "--patients", "12").exit_code == 0

    for kind in ("teams", "staff", "patients", "entries"):
        result = bare_ccm("import", kind, str(tmp_path / "files" / f"{kind}.csv"))
        assert result.exit_code == 0, result.output
        assert f"{kind}.csv: " in result.stdout
        assert " 0 changed, 0 unchanged." in result.stdout
    again = bare_ccm("import", "patients", str(tmp_path / "files" / "patients.csv"), "--json")
    assert json.loads(again.stdout) == {"added": 0, "changed": 0, "unchanged": 12}
    assert "of 12 enrolled patients" in bare_ccm("month").stdout


def test_a_sample_of_no_zone_is_refused(bare_ccm: Ccm, tmp_path: Path) -> None:
    result = bare_ccm("sample", str(tmp_path / "files"), "--timezone", "Nowhere")

    assert result.exit_code == 1
    assert "Error TIMEZONE_UNKNOWN" in result.stderr


def test_what_is_wrong_in_a_file_is_printed_line_by_line_and_nothing_is_imported(ccm: Ccm, tmp_path: Path) -> None:
    file = tmp_path / "teams.csv"
    file.write_text("name,channel_id\nRed Team,C0RED\n,C0X\nTeal [x] Team,wrong channel\n", encoding="utf-8")

    result = ccm("import", "teams", str(file))

    assert result.exit_code == 1
    assert "Error IMPORT_REFUSED: teams.csv has 2 problems. Nothing was saved." in result.stderr
    assert "line 3, name: is empty." in result.stderr
    assert "line 4, channel_id: 'wrong channel' is not a channel id." in result.stderr
    assert "Red Team" not in ccm("month", "purple").stderr


def test_a_file_that_is_not_there_is_named(ccm: Ccm) -> None:
    result = ccm("import", "patients", "nowhere.csv")

    assert result.exit_code == 1
    assert "Error FILE_MISSING: There is no file nowhere.csv." in result.stderr


def test_long_entries_are_imported_when_they_are_confirmed(ccm: Ccm, tmp_path: Path) -> None:
    file = tmp_path / "entries.csv"
    columns = "external_id,staff,patient,program,activity,contact,date,minutes,start,end,note,recorded"
    file.write_text(f"{columns}\nE-1,nurse1,P-1042,CCM,medication,,2026-11-20,200,,,Long.,\n", encoding="utf-8")

    refused = ccm("import", "entries", str(file))
    assert refused.exit_code == 1
    assert "line 2" in refused.stderr

    assert ccm("import", "entries", str(file), "--confirm-long").exit_code == 0


@pytest.mark.parametrize(
    ("settings", "mode", "missing"),
    [
        ({}, (), "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": ""}, (), "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, (), "SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, ("--http",), "SLACK_SIGNING_SECRET"),
    ],
)
def test_serve_names_the_setting_that_is_missing_before_it_calls_anybody(
    ccm: Ccm, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], mode: tuple[str, ...], missing: str
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    result = ccm("serve", *mode)

    assert result.exit_code == 1
    assert f"Error SETTING_MISSING: {missing} is not set." in result.stderr
    assert f"for example {missing}=" in result.stderr


def test_serve_names_the_setting_that_was_left_as_in_an_example(ccm: Ccm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-…")

    result = ccm("serve")

    assert result.exit_code == 1
    assert "Error SETTING_WRONG: SLACK_BOT_TOKEN has a character that cannot be in it" in result.stderr


def test_a_ledger_file_can_be_copied_and_read(ccm: Ccm, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = shutil.copy(ledger, ledger.with_name("copy.sqlite3"))
    monkeypatch.setenv("CCM_DATABASE_URL", f"sqlite:///{copied}")

    assert ccm("month").exit_code == 0
