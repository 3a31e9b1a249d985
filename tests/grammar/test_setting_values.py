"""What is typed into the form of a setting: read as it is meant, or a problem with an example that can be read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.problems import Problem
from bot.grammar.setting_values import parse_bands, parse_credentials, parse_dollars


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("15-19, 35-39", [[15, 19], [35, 39]]),
        ("35–39 and 15 to 19", [[15, 19], [35, 39]]),
        ("15-19 minutes; 35 - 39 min", [[15, 19], [35, 39]]),
        ("15-19\n35-39,", [[15, 19], [35, 39]]),
        ("19-15", [[19, 15]]),
    ],
)
def test_bands_are_read(text: str, bands: list[list[int]]) -> None:
    assert parse_bands(text) == bands


@pytest.mark.parametrize(
    ("text", "cents"), [("66.13", 6613), ("$1,066.5", 106650), ("0", 0), (" 70 ", 7000), ("70.10", 7010)]
)
def test_dollars_are_read_to_the_cent(text: str, cents: int) -> None:
    assert parse_dollars(text) == cents


def test_credentials_are_read_once_each_and_in_order() -> None:
    assert parse_credentials("RN, LPN;RN  MD") == ["LPN", "MD", "RN"]
    assert parse_credentials("R.N., Nurse Practitioner; chw\nlvn") == ["LPN", "NP", "RN", "chw"]


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_bands, "15"),
        (parse_bands, ""),
        (parse_bands, "15-19-23"),
        (parse_credentials, " ; "),
        (parse_dollars, "66.135"),
        (parse_dollars, "-1"),
        (parse_dollars, "NaN"),
        (parse_dollars, "Infinity"),
        (parse_dollars, "free"),
    ],
)
def test_what_cannot_be_read_has_an_example_that_can(parse: Any, text: str) -> None:
    problem = parse(text)
    assert isinstance(problem, Problem)
    assert not isinstance(parse(problem.example), Problem)


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for parse in (parse_bands, parse_credentials, parse_dollars):
        parse(text)


@given(st.integers(0, 10**9))
def test_an_amount_as_it_is_shown_can_be_typed(cents: int) -> None:
    assert parse_dollars(f"${cents / 100:,.2f}") == cents
