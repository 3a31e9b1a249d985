"""``ccm move``: what it prints, what comes next, and that no password is shown."""

import json
from pathlib import Path

import pytest
from sqlalchemy import make_url
from support.databases import fresh_postgresql
from support.terminal import Ccm


def test_a_ledger_is_moved_to_postgresql_and_works_there(
    ccm: Ccm, ledger: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_postgresql(postgresql_url) as url:
        address = make_url(url).set(drivername="postgres", password="secret").render_as_string(hide_password=False)

        result = ccm("move", "--to", address)

        assert result.exit_code == 0, result.output
        assert "1 practices, " in result.stdout
        assert "both are verified and alike." in result.stdout
        assert "set CCM_DATABASE_URL to that address for every process, run ccm doctor --full" in result.stdout
        assert f"sqlite:///{ledger} is as it was." in result.stdout
        assert "secret" not in result.output
        monkeypatch.setenv("CCM_DATABASE_URL", address)
        assert ccm("log", "--as", "nurse1", "P-1042", "25m", "labs", "Reviewed the labs.").exit_code == 0
        assert ccm("verify").exit_code == 0
        assert "Error MOVE_TARGET_FULL" in ccm("move", "--to", f"sqlite:///{ledger}").stderr


def test_the_address_may_stand_in_the_environment(ccm: Ccm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_MOVE_TO", f"sqlite:///{tmp_path / 'other.sqlite3'}")

    done = json.loads(ccm("move", "--json").stdout)

    assert (done["practices"], done["rows"]["patients"], done["rows"]["slack_installations"]) == (1, 5, 0)
    assert (tmp_path / "other.sqlite3").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://ccm:secret@localhost/ccm", "Error DATABASE_KIND: --to names mysql"),
        ("postgresql://ccm:sec@ret@localhost/ccm", "Error DATABASE_URL: --to has an @ more"),
    ],
)
def test_an_address_that_is_none_is_said_to_be_none(ccm: Ccm, address: str, words: str) -> None:
    result = ccm("move", "--to", address)

    assert result.exit_code == 1
    assert words in result.stderr
    assert "secret" not in result.stderr
