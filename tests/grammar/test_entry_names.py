"""The name of an entry, however it is typed."""

import pytest

from bot.grammar.entry_names import EntryName, parse_entry_name
from bot.grammar.problems import Problem


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("P-1042#7", EntryName("P-1042", 7, "")),
        ("p1042#7 15m labs", EntryName("p1042", 7, "15m labs")),
        ("1042#12  Wrong  patient. ", EntryName("1042", 12, "Wrong  patient.")),
        (" 1042 # 7 why", EntryName("1042", 7, "why")),
        ("P–1042#7", EntryName("P-1042", 7, "")),
        ("P-1042#7\nwhy", EntryName("P-1042", 7, "why")),
        ("P-1042#7 see #8", EntryName("P-1042", 7, "see #8")),
    ],
)
def test_a_name_is_a_code_and_a_position(text: str, name: EntryName) -> None:
    assert parse_entry_name(text) == name


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("P-1042", "P-1042"),
        ("P-1042 7 why", "P-1042"),
        ("#7", "#7"),
        ("P-1042#0", "P-1042#0"),
        ("P-1042#7x", "P-1042#7x"),
        ("P-1042#1234567890", "P-1042#1234567890"),
        ("  hello P-1042#7", "hello"),
    ],
)
def test_what_is_no_name_is_quoted_where_it_stands(text: str, word: str) -> None:
    problem = parse_entry_name(text)

    assert isinstance(problem, Problem)
    assert text[problem.start : problem.end] == word
    assert problem.message == f'"{word}" names no entry.'
    assert isinstance(parse_entry_name(problem.example), EntryName)


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_asked_about(text: str) -> None:
    problem = parse_entry_name(text)

    assert isinstance(problem, Problem)
    assert problem.message == "Which entry?"
