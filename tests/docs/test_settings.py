"""docs/settings.md says of every setting what the program says: its words, its default, what each value means."""

import re
from pathlib import Path

import pytest

from ledger.practice.settings import KNOWN_SETTINGS, said
from ledger.rules.setting import SettingGroup
from ledger.setting_changes import DEFAULTS

DOC = Path(__file__).parents[2] / "docs" / "settings.md"
LINES = DOC.read_text(encoding="utf-8").splitlines()


def setting_row(name: str) -> str:
    """A setting as a row of its group's table."""
    text = KNOWN_SETTINGS[name]
    others = [label for value, label in text.choices.items() if value != DEFAULTS[name]]
    may_be = f" Or: {'; '.join(others)}." if others else ""
    return f"| `{name}` | {text.title} | {said(name, DEFAULTS[name])} | {text.changes}{may_be} |"


@pytest.mark.parametrize("name", KNOWN_SETTINGS)
def test_a_setting_stands_there_under_its_group(name: str) -> None:
    heading = f"## {KNOWN_SETTINGS[name].group}"
    above = LINES[: LINES.index(setting_row(name))]
    assert next(line for line in reversed(above) if line.startswith("## ")) == heading


def test_no_setting_stands_there_that_there_is_not() -> None:
    named = {found[1] for line in LINES if (found := re.match(r"^\| `(\w+)` \|", line))}
    assert named == set(KNOWN_SETTINGS)
    assert [line.removeprefix("## ") for line in LINES if line.startswith("## ")] == [*SettingGroup]
