"""What an operator gets wrong is told in a line, with what to do and an exit code; nothing of it is a crash."""

import errno
import socket
from pathlib import Path

import pytest
from click.testing import Result
from support.databases import run_outside_a_transaction
from support.terminal import Ccm

from bot.runtime.ports import LAST_PORT, cannot_listen, listen_at
from ledger.errors import LedgerError
from ledger.storage.database import Database


def told(result: Result) -> str:
    """The code of the error that a command ended with, which is followed by what to do."""
    assert result.exit_code == 1, result.exception
    title, remedy = result.stderr.splitlines()[-2:]
    assert title.startswith("Error ")
    assert remedy
    return title.removeprefix("Error ").split(":")[0]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("import", "teams", "nowhere.csv"), "FILE_MISSING"),
        (("import", "staff", "binary.csv"), "FILE_UNREADABLE"),
        (("export", "binary.csv"), "FOLDER_IS_FILE"),
        (("sample", "binary.csv"), "FOLDER_IS_FILE"),
        (("sample", "binary.csv/below"), "FOLDER_IS_FILE"),
        (("evaluate", "nowhere.toml"), "CASE_INVALID"),
        (("demo", "--directory", "binary.csv"), "DEMO_FOLDER"),
    ],
)
def test_a_place_that_does_not_serve_is_told_by_what_is_wrong_with_it(
    ccm: Ccm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("binary.csv").write_bytes(bytes(range(128, 256)))

    assert told(ccm(*command)) == code


def test_a_ledger_below_a_file_is_told_by_every_command(
    bare_ccm: Ccm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CCM_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'ccm.sqlite3'}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-invented")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-invented")
    init = ("init", "--workspace", "T01ABCDEF", "--timezone", "America/New_York", "--name", "Us")

    assert told(bare_ccm("month")) == told(bare_ccm(*init)) == told(bare_ccm("serve")) == "FOLDER_IS_FILE"
    assert "problem  LEDGER_MISSING" in bare_ccm("doctor").stdout


def test_a_right_that_the_role_lacks_is_told_and_no_fault_of_ours(
    postgresql_database: Database, bare_ccm: Ccm, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql_database.url
    superuser = url.set(username="postgres").render_as_string(hide_password=False)
    run_outside_a_transaction(superuser, "CREATE ROLE guest LOGIN PASSWORD 'Winter2026'")
    monkeypatch.setenv(
        "CCM_DATABASE_URL", url.set(username="guest", password="Winter2026").render_as_string(hide_password=False)
    )
    try:
        result = bare_ccm("month")
        assert told(result) == "DATABASE_RIGHTS"
        assert "use the table alembic_version." in result.stderr

        run_outside_a_transaction(superuser, "GRANT SELECT ON alembic_version, practices TO guest")
        doctor = bare_ccm("doctor").stdout
        assert "problem  DATABASE_RIGHTS: PostgreSQL does not let the ledger's role" in doctor
        assert "Winter2026" not in doctor + result.stderr
    finally:
        run_outside_a_transaction(superuser, "DROP OWNED BY guest")
        run_outside_a_transaction(superuser, "DROP ROLE guest")


def test_a_port_that_another_program_has_is_told_with_the_option_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LedgerError) as met:
            listen_at("127.0.0.1", port, option="--health-port")

    assert met.value.code == "PORT_TAKEN"
    assert f"127.0.0.1, port {port}" in met.value.title
    assert "--health-port" in met.value.remedy


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_told(host: str) -> None:
    with pytest.raises(LedgerError, match="HOST_UNKNOWN") as met:
        listen_at(host, 0)

    assert "--host 127.0.0.1" in met.value.remedy


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EACCES, "PORT_FORBIDDEN"), (errno.EADDRINUSE, "PORT_TAKEN"), (errno.EMFILE, "PORT_UNUSABLE")],
)
def test_a_port_that_may_not_be_used_is_told_with_one_that_may(number: int, code: str) -> None:
    error = cannot_listen(OSError(number, "said"), "127.0.0.1", LAST_PORT, option="--port")

    assert error.code == code
    (port,) = [int(word) for word in error.remedy.replace(",", " ").split() if word.isdigit() and word != "1024"]
    assert 1024 <= port <= LAST_PORT


@pytest.mark.parametrize("option", ["--port", "--health-port"])
def test_a_port_that_is_none_is_refused_by_name(bare_ccm: Ccm, option: str) -> None:
    result = bare_ccm("serve", option, "70000")

    assert result.exit_code == 2
    assert option in result.stderr


def test_a_demo_whose_port_is_taken_says_so(bare_ccm: Ccm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = bare_ccm("demo", "--patients", "1", "--port", str(other.getsockname()[1]))

    assert told(result) == "PORT_TAKEN"
    assert "ccm demo --port" in result.stderr
