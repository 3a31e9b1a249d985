from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.months import parse_month, split_month
from bot.grammar.problems import Problem

TODAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("this", date(2026, 11, 1)),
        ("last", date(2026, 10, 1)),
        ("Last Month", date(2026, 10, 1)),
        ("nov", date(2026, 11, 1)),
        ("November", date(2026, 11, 1)),
        ("dec", date(2025, 12, 1)),
        ("sept", date(2026, 9, 1)),
        ("nov 2025", date(2025, 11, 1)),
        ("november 2025", date(2025, 11, 1)),
        ("2026-11", date(2026, 11, 1)),
        ("11/2026", date(2026, 11, 1)),
        ("1/2026", date(2026, 1, 1)),
        ("11", date(2026, 11, 1)),
        ("12", date(2025, 12, 1)),
        (" 3 ", date(2026, 3, 1)),
    ],
)
def test_a_month_may_be_written_in_the_ways_people_do(text: str, month: date) -> None:
    assert parse_month(text, today=TODAY) == month


def test_last_month_in_january_is_december() -> None:
    assert parse_month("last", today=date(2026, 1, 31)) == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13", "MONTH_UNREADABLE"),
        ("0", "MONTH_UNREADABLE"),
        ("novem", "MONTH_UNREADABLE"),
        ("11/26", "MONTH_UNREADABLE"),
        ("", "MONTH_UNREADABLE"),
        ("2026-12", "MONTH_IN_FUTURE"),
        ("jan 2027", "MONTH_IN_FUTURE"),
    ],
)
def test_a_month_that_cannot_be_meant_is_a_problem_with_an_example(text: str, code: str) -> None:
    problem = parse_month(text, today=TODAY)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.start, problem.end, problem.example) == (code, 0, len(text), "2026-11")


@pytest.mark.parametrize(
    ("text", "month", "rest"),
    [
        ("october A call was late.", date(2026, 10, 1), "A call was late."),
        ("2026-10 A call was late.", date(2026, 10, 1), "A call was late."),
        ("oct 2025 A call was late.", date(2025, 10, 1), "A call was late."),
        ("last month was wrong", date(2026, 10, 1), "was wrong"),
        ("may be wrong", date(2026, 5, 1), "be wrong"),
        ("  oct\tlate ", date(2026, 10, 1), "late"),
        ("oct", date(2026, 10, 1), ""),
    ],
)
def test_a_text_may_begin_with_a_month(text: str, month: date, rest: str) -> None:
    assert split_month(text, today=TODAY) == (month, rest)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "MONTH_UNREADABLE"), ("it was wrong", "MONTH_UNREADABLE"), ("dec 2026 It was late.", "MONTH_IN_FUTURE")],
)
def test_a_text_that_begins_with_no_month_is_a_problem(text: str, code: str) -> None:
    problem, _ = split_month(text, today=TODAY)
    assert isinstance(problem, Problem)
    assert problem.code == code


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    answer = parse_month(text, today=TODAY)
    assert isinstance(answer, Problem) or (answer.day == 1 and answer <= TODAY)
