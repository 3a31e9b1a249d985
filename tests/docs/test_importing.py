"""docs/importing.md: every file with its columns, and commands that work when pasted."""

import re
from pathlib import Path

import pytest
from support.practice import FILES as PRACTICE_FILES

from ledger.recording.fact_reading import FACT_FILES
from ledger.validation import names

TEXT = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
FILES = {kind: names(columns) for kind, columns in PRACTICE_FILES.items()}
FILES |= {kind: file.columns for kind, file in FACT_FILES.items()}


def section(kind: str) -> str:
    (found,) = re.findall(rf"^##+ {kind}\.csv\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize("kind", FILES)
def test_every_column_of_a_file_is_described_in_order_and_no_other(kind: str) -> None:
    first_cells = [line.split("|")[1] for line in section(kind).splitlines() if line.startswith("| `")]
    assert [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)] == list(FILES[kind])


@pytest.mark.parametrize("kind", FILES)
def test_every_file_is_imported_by_a_command_that_is_shown(kind: str) -> None:
    assert f"    ccm import {kind} {kind}.csv\n" in TEXT
