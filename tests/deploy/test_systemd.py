"""The units for one machine: systemd takes them, and they run commands that there are with settings that there are."""

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from sqlalchemy import make_url
from support.deployment import ROOT, SETTINGS, read_command

DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
PROGRAM = "/opt/ccm/bin/ccm"
ENVIRONMENT = (DEPLOY / "ccm.env.example").read_text(encoding="utf-8")
REMEDY = "systemd-analyze is missing: apt-get install systemd"


def unit(name: str) -> ConfigParser:
    """A unit by its sections."""
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def test_there_are_the_bot_and_a_backup_with_its_timer() -> None:
    assert [path.name for path in UNITS] == ["ccm-backup.service", "ccm-backup.timer", "ccm.service"]


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(REMEDY)
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")

    copies = [str(tmp_path / path.name) for path in UNITS]
    done = subprocess.run(  # noqa: S603 - the system's own
        ["systemd-analyze", "verify", "--man=no", *copies],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line or line.startswith("ccm")] == []
    assert done.returncode == 0, done.stderr


def test_the_units_run_commands_that_there_are() -> None:
    backup = unit("ccm-backup.service")["Service"]["ExecStart"]
    assert f"{PROGRAM} serve" == unit("ccm.service")["Service"]["ExecStart"]

    assert read_command(["serve"])["http"] is False
    words = re.findall(rf"{PROGRAM} (\w+) (\S+?)\$\(", backup)
    assert [read_command(each)["file"].parent for each in words] == [Path("/var/backups/ccm")]


def test_every_unit_and_command_runs_as_one_user_with_one_file_of_settings() -> None:
    command = (DEPLOY / "ccm").read_text(encoding="utf-8")

    for name in ("ccm.service", "ccm-backup.service"):
        service = unit(name)["Service"]
        assert (service["User"], service["EnvironmentFile"], service["UMask"]) == ("ccm", "/etc/ccm.env", "0077")
    for words in ("--uid=ccm", "EnvironmentFile=/etc/ccm.env", "UMask=0077", f'{PROGRAM} "$@"'):
        assert words in command


def test_the_example_of_settings_has_settings_that_there_are_and_a_ledger_where_the_unit_may_write() -> None:
    settings = dict(re.findall(r"^([A-Z_]+)=(.*)$", ENVIRONMENT, re.MULTILINE))
    service = unit("ccm.service")["Service"]

    assert set(settings) <= SETTINGS
    assert str(make_url(settings["CCM_DATABASE_URL"]).database).startswith(f"/var/lib/{service['StateDirectory']}/")
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"


@pytest.mark.parametrize("script", ["deploy/ccm", "deploy/postgresql/10-ccm.sh"])
def test_the_scripts_can_be_run_and_are_read_by_a_plain_shell(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["/bin/sh", "-n", ROOT / script], check=False).returncode == 0  # noqa: S603 - ours
