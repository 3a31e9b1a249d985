"""ICD-10-CM codes as people write them: read one way, or refused with what to write."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.values.conditions import MOST_CONDITIONS, read_condition, read_conditions
from ledger.values.reading import UnreadableValueError


def codes(text: str) -> list[str]:
    return [condition.code for condition in read_conditions(text)]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("E11.9", ["E11.9"]),
        ("e119", ["E11.9"]),
        ("e11.9", ["E11.9"]),
        ("I10.", ["I10"]),
        ("E11.9; I10", ["E11.9", "I10"]),
        ("E11.9, I10", ["E11.9", "I10"]),
        ("E11.9|I10", ["E11.9", "I10"]),
        ("E11.9\nI10", ["E11.9", "I10"]),
        ("E11.9\tI10", ["E11.9", "I10"]),
        ("E11.9 I10", ["E11.9", "I10"]),
        ("E11.9 / I10", ["E11.9", "I10"]),
        ("E11.9 & I10 and J44.9", ["E11.9", "I10", "J44.9"]),
        ("E11.9;;I10 ;", ["E11.9", "I10"]),
        ("E11.9;e119;e11.9", ["E11.9"]),
        ("E11.9;E11.65", ["E11.9", "E11.65"]),
        ("C4A.9; M1A.0710; S72.001A; U07.1", ["C4A.9", "M1A.0710", "S72.001A", "U07.1"]),
        ("", []),
        (" ; , ", []),
    ],
)
def test_usual_spellings_and_separators_are_read(text: str, stored: list[str]) -> None:
    assert codes(text) == stored


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("N/A", "'N/A'"),
        ("none", "'none'"),
        ("N/A;none", "'N/A'"),
        ("E11.9; see chart", "'see chart'"),
        ("see chart; DM2", "'see chart'"),
        ("E11.9 Type 2 diabetes", "'E11.9 Type 2 diabetes'"),
        ("Diabetes;Hypertension", "'Diabetes'"),
        ("DM2", "'DM2'"),
        ("COPD", "'COPD'"),
        ("0;0.0", "'0'"),
        ("250.00", "'250.00'"),
        ("E849.0", "'E849.0'"),
        ("E11,9", "'9'"),
        ("E11.98765", "'E11.98765'"),
        ("E11-9", "'E11-9'"),
        ("E11.9\x07", "(U+0007)"),
        ("E11.9.", "'E11.9.'"),
        ("<@U0NURSE1>", "'<@U0NURSE1>'"),
        ("x" * 200, f"'{'x' * 39}…'"),
    ],
)
def test_what_is_no_code_is_refused_and_named_as_it_stands(text: str, named: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_conditions(text)
    assert named in refused.value.message
    assert refused.value.remedy


def test_the_remedy_says_how_to_write_that_none_is_known() -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_conditions("none")
    example = re.search(r"for example (.*?)\. Leave it empty", refused.value.remedy)
    assert example is not None
    assert codes(example[1]) == ["E11.9", "I10"]
    assert codes("") == []


def test_more_codes_than_a_form_holds_are_refused() -> None:
    many = ";".join(f"E{number // 10:02}.{number % 10}" for number in range(MOST_CONDITIONS + 1))
    with pytest.raises(UnreadableValueError, match=f"holds {MOST_CONDITIONS + 1} codes"):
        read_conditions(many)
    assert len(codes(many.rpartition(";")[0])) == MOST_CONDITIONS


STORED = re.compile(r"[A-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?", re.ASCII)
near_codes = st.lists(st.sampled_from([*"E11.9eIiZz0;,|/ \n&+", "I10", "and", "N/A", "none"]), max_size=12).map("".join)


@given(st.one_of(st.text(max_size=40), near_codes))
def test_whatever_is_read_has_the_form_of_a_code_and_is_read_the_same_again(text: str) -> None:
    try:
        found = codes(text)
    except UnreadableValueError:
        return
    assert all(STORED.fullmatch(code) for code in found)
    assert len(set(found)) == len(found)
    assert codes(";".join(found)) == found
    assert [read_condition(code) for code in found] == found


@given(st.from_regex(r"\A[A-Z][0-9][0-9AB]\.[0-9A-Z]{1,4}\Z"))
def test_case_and_dot_make_no_difference(code: str) -> None:
    assert {read_condition(each) for each in (code, code.lower(), code.replace(".", ""), f" {code} ")} == {code}
