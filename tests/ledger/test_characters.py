"""Lengths as Slack's clients count them, everywhere by one function."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.characters import beginning, characters

ROOT = Path(__file__).parents[2]
SAME_RULE_ELSEWHERE = {"ledger/rules/warnings.py", "ledger/reports/sheets.py"}
"""A rule for auditors, and cells of a workbook: neither is a limit of Slack."""
COUNTED_OTHERWISE = re.compile(r"\blen\(.*_CHARACTERS\b|_CHARACTERS\b.*\blen\(|\[:\s*\w*_CHARACTERS")


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("note", 4), ("é", 1), ("e\u0301", 2), ("…", 1), ("💊", 2), ("\U0001d4b3", 2), ("👩‍⚕️", 5), ("🇺🇸", 4)],
)
def test_a_text_is_as_long_as_a_form_says(text: str, count: int) -> None:
    assert characters(text) == count


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [("note", 4, "note"), ("note", 3, "not"), ("a💊b", 3, "a💊"), ("a💊b", 2, "a"), ("💊", 1, ""), ("💊", 0, "")],
)
def test_what_is_cut_is_cut_between_characters(text: str, most: int, kept: str) -> None:
    assert beginning(text, most) == kept


@given(st.text(alphabet=st.characters(), max_size=60), st.integers(0, 80))
def test_a_beginning_fits_and_is_as_long_as_fits(text: str, most: int) -> None:
    kept = beginning(text, most)

    assert text.startswith(kept)
    assert characters(kept) <= most
    assert kept == text or characters(text[: len(kept) + 1]) > most


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_a_count_is_the_sum_of_its_parts(text: str) -> None:
    assert characters(text) == sum(1 if ord(letter) <= 0xFFFF else 2 for letter in text)


def test_no_limit_is_held_by_another_way_of_counting() -> None:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for room in ("bot", "jobs", "ledger")
        for path in (ROOT / room).rglob("*.py")
    }
    found = {name for name, source in sources.items() if any(map(COUNTED_OTHERWISE.search, source.splitlines()))}

    assert found == SAME_RULE_ELSEWHERE
