"""``ccm log --dry-run``: lines as people type them come out as they are meant, or are asked about; nothing is saved."""

import json
import sqlite3
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.sample import write_sample

Ccm = Any
LINES = Path(__file__).with_name("lines.toml")
TYPED = tomllib.loads(LINES.read_text(encoding="utf-8"))["line"]


@pytest.fixture
def sample_ccm(bare_ccm: Ccm, tmp_path: Path) -> Ccm:
    """Runs ``ccm`` on the ledger of ``ccm sample`` as it is written on the day of most lines."""
    write_sample(tmp_path / "sample", patients=60, seed=1, today=date(2026, 11, 24))
    init = ("init", "--workspace", "T0SAMPLE", "--timezone", "America/New_York", "--name", "Sample")
    assert bare_ccm(*init).exit_code == 0
    for kind in ("teams", "staff", "patients"):
        seen = bare_ccm("import", kind, str(tmp_path / "sample" / f"{kind}.csv"))
        assert seen.exit_code == 0, seen.output
    return bare_ccm


def entries(ledger: Path) -> int:
    with sqlite3.connect(ledger) as connection:
        return int(connection.execute("SELECT count(*) FROM time_entries").fetchone()[0])


def test_every_typed_line_is_understood_as_it_is_meant_or_asked_about(sample_ccm: Ccm, ledger: Path) -> None:
    seen = sample_ccm("log", "--lines", str(LINES), "--as", "coord1")

    assert seen.exit_code == 0, seen.output
    readings = [json.loads(line) for line in seen.output.splitlines()]
    assert len(readings) == len(TYPED)
    wrong = []
    for typed, reading in zip(TYPED, readings, strict=True):
        assert reading["saved"] is False
        understood = {name: reading["understood"][name] for name in typed["expect"]}
        asked = bool(reading["asks"] or reading["problems"])
        exact = understood == typed["expect"]
        if not (exact and not asked) and (typed["kind"] == "must" or not asked):
            wrong.append((typed["text"], understood, reading["asks"]))
    assert wrong == []
    assert entries(ledger) == 0


def test_a_line_is_shown_as_json_with_what_would_be_asked(sample_ccm: Ccm, ledger: Path) -> None:
    seen = sample_ccm(
        "log", "--dry-run", "--json", "--now", "2026-11-24T15:00", "--as", "coord1", "P-1003 12m meds call 31.11. Done."
    )

    assert seen.exit_code == 0, seen.output
    reading = json.loads(seen.output)
    assert reading["saved"] is False
    assert reading["asks"] == ["date"]
    assert reading["understood"] == {
        "patient": "P-1003",
        "minutes": 12,
        "activity": "medication",
        "contact": "live",
        "date": None,
        "start": None,
        "end": None,
        "program": "CCM",
        "note": "31.11. Done.",
    }
    assert [problem["field"] for problem in reading["problems"]] == ["date"]
    assert set(reading["problems"][0]) == {"field", "message", "example"}
    assert entries(ledger) == 0


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("P-1003 200m meds call Reconciled the list.", ["minutes"]),
        ("P-1003 meds call Reconciled the list.", ["minutes"]),
        ("P-1003 12m meds call", ["note"]),
        ("12m meds call Reconciled the list.", ["patient"]),
        ("P-1003 12m caregiver Talked about meals.", ["contact"]),
        ("P-1003 10:00-10:12 meds call Reconciled the list.", []),
    ],
)
def test_whatever_would_open_the_form_or_a_question_is_named(sample_ccm: Ccm, line: str, asks: list[str]) -> None:
    seen = sample_ccm("log", "--dry-run", "--json", "--now", "2026-11-24T15:00", "--as", "coord1", line)

    assert (seen.exit_code, json.loads(seen.output)["asks"]) == (0, asks)


def test_a_question_mark_behind_a_line_shows_how_it_is_read(sample_ccm: Ccm, ledger: Path) -> None:
    seen = sample_ccm("log", "--as", "coord1", "P-1003 4m call vm Asked to be called. ?")

    assert seen.exit_code == 0, seen.output
    assert "How: voicemail" in seen.output
    assert "Note: Asked to be called." in seen.output
    assert entries(ledger) == 0


@pytest.mark.parametrize("text", ["[[line]]\nat = 3\n", "[[line]]\ntext = 5\n", "[[line\n"])
def test_a_file_of_lines_that_cannot_be_read_is_refused_by_name(ccm: Ccm, tmp_path: Path, text: str) -> None:
    file = tmp_path / "typed.toml"
    file.write_text(text, encoding="utf-8")
    seen = ccm("log", "--lines", str(file), "--as", "nurse1")

    assert seen.exit_code == 1
    assert "LINES_UNREADABLE" in seen.output
    assert "typed.toml" in seen.output
