"""What tests of the files for whoever runs the bot share: packages that are built, files that are read, commands."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from bot.cli.commands import COMMANDS
from bot.cli.lazy import real_command
from bot.config import Settings

ROOT = Path(__file__).parents[2]
SETTINGS = {name.upper() for name in Settings.model_fields} | {"CCM_WORKSPACE"}
"""Every variable that the program reads."""


def build(target: str, source: Path, directory: Path) -> Path:
    """The wheel or source distribution of the project in ``source``."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(directory)]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=source, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return next(directory.iterdir())


def names_in(wheel: Path) -> set[str]:
    """The files of a wheel, without those that describe it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with their arguments, each on one line."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, arguments = line.partition(" ")
        found.append((name, " ".join(arguments.split())))
    return found


def copied() -> Iterator[str]:
    """What the Dockerfile copies from the checkout."""
    for name, arguments in instructions():
        if name in {"COPY", "ADD"} and "--from=" not in arguments:
            yield from (word.rstrip("/") for word in arguments.split()[:-1])


def exec_form(name: str) -> list[str]:
    """The words of the Dockerfile's last instruction of that name; fails where it is left to a shell."""
    arguments = [arguments for each, arguments in instructions() if each == name][-1]
    return list(json.loads(arguments[arguments.index("[") :]))


def read_command(words: Sequence[str]) -> dict[str, Any]:
    """What ``ccm`` with these words reads from them; fails where it has no such command or option."""
    name, *rest = words
    command = real_command(COMMANDS[name])
    if isinstance(command, TyperGroup):
        name, *rest = rest
        command = command.commands[name]
    return dict(command.make_context(name, rest).params)
