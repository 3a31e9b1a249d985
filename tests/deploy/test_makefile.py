"""What ``make`` says on a machine whose Python cannot run this: one line with the remedy, and nothing half made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.deployment import ROOT

LACKS = {
    "is too old": ("sys.version_info = (3, 9, 2)", "make PYTHON=python3.12"),
    "has no venv": ("sys.modules['ensurepip'] = None", "apt-get install python3-venv"),
}


@pytest.mark.parametrize(("lack", "remedy"), LACKS.values(), ids=LACKS)
def test_a_python_that_cannot_run_this_is_told_of_in_one_line(lack: str, remedy: str, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "import sys; {lack}; exec(sys.argv[1])" "$2"\n')
    python.chmod(0o755)

    said = make_environment(tmp_path / "venv", python)

    assert remedy in said[0]
    assert len(said) == 2, "the remedy, and make's own line"
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_missing_is_told_of_in_one_line(tmp_path: Path) -> None:
    said = make_environment(tmp_path / "venv", tmp_path / "python")

    assert "Install Python 3.11 or newer" in said[0]
    assert len(said) == 2


def make_environment(directory: Path, python: Path) -> list[str]:
    """The lines that ``make`` prints where it cannot make the virtual environment."""
    command = ["make", f"VENV={directory}", f"PYTHON={python}", f"{directory}/bin/python"]
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode
    return done.stdout.splitlines()
