"""Codes of patients and ids of staff: accepted where they are opaque, refused where they say something of somebody."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.values.codes import LONGEST_CODE, read_patient_code, read_staff_id
from ledger.values.identifiers import find_identifiers
from ledger.values.reading import UnreadableValueError

TODAY = date(2026, 11, 24)
OPAQUE = """P-1042 p-1042 1042 P1042 T-0001 N-0012 MRN1950 P-1950 BT-1950 PAT-1950 NORTH-1950 CCM-2026-0012
    CLIN-2024-0012 SMITH-1042 000123456 0001234567 20261124 P-20261124 ABC-12-XYZ A1-B2-C3 7 CARDIO-12
    0f4fadeb-beef-4dad-9caf-e150f0a1b2c3"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[(code, code) for code in OPAQUE.split()],
        ("P\u20131042", "P-1042"),
        (" P-1042 ", "P-1042"),
        ("P" + "1" * (LONGEST_CODE - 1), "P" + "1" * (LONGEST_CODE - 1)),
    ],
)
def test_an_opaque_code_is_accepted(text: str, code: str) -> None:
    assert read_patient_code(text, today=TODAY) == code


IDENTIFYING = {
    "a Social Security number": "123-45-6789 123456789 P-123-45-6789 123-456789 12345-6789 SSN123456789 078-05-1120",
    "a phone number": "555-123-4567 212-555-0123 2125550123 P-212-555-0123 5551234567 12125550123 1-212-555-0123",
    "a date of birth": "1950-03-15 03-15-1950 P-19500315 03151950 15031950",
    "a Medicare number": "1EG4-TE5-MK73 1EG4TE5MK73",
    "a name": "SMITH-1950 smith1950 JohnDoe1948 DOE1941 LEE-1938 SMITH-J-1950 P-SMITH-1950 1950-SMITH JOHN-SMITH-7 "
    "SMITH-03151950",
}


@pytest.mark.parametrize(("what", "code"), [(what, code) for what in IDENTIFYING for code in IDENTIFYING[what].split()])
def test_a_code_that_says_something_of_somebody_is_refused_without_being_repeated(what: str, code: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_patient_code(code, today=TODAY)
    said = refused.value.message
    assert what in said or "a date of birth" in said
    assert code.lower() not in f"{said} {refused.value.remedy}".lower()
    assert read_patient_code("P-1042", today=TODAY) in refused.value.remedy


@pytest.mark.parametrize(
    "code",
    [
        "",
        "P-none",
        "=1+1",
        "+1042",
        "-1042",
        "@1042",
        "P 1042",
        "P_1042",
        "P-1042-",
        "P--1042",
        "*P-1042*",
        "<@U0NURSE1>",
        "P-1042\x07",
        "P-10\n42",
        "P-10\u200b42",
        "\u202eP-1042",
        "P-104\u0662",
        "\uff30-1042",
        "jane1@example.org",
        "P" + "1" * LONGEST_CODE,
        "A1" * 100,
    ],
)
def test_what_has_not_the_form_of_a_code_is_refused(code: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_patient_code(code, today=TODAY)


def test_a_word_of_the_practice_before_a_year_is_no_name() -> None:
    assert read_patient_code("AZURE-1950", today=TODAY, words={"azure", "team"}) == "AZURE-1950"
    with pytest.raises(UnreadableValueError):
        read_patient_code("AZURE-1950", today=TODAY)


def test_which_years_are_years_of_birth_follows_the_calendar() -> None:
    assert read_patient_code("LAKE-2008", today=TODAY) == "LAKE-2008"
    with pytest.raises(UnreadableValueError):
        read_patient_code("LAKE-2008", today=date(2027, 1, 1))


MARKUP = set("<>*_~`@&|=+:\"'()[]{}\\/ \t\r\n")
pieces = st.sampled_from(
    [
        "P-",
        "123",
        "45",
        "6789",
        "-",
        "555",
        "SMITH",
        "Jane",
        "1950",
        "03",
        "15",
        "=",
        "*",
        "<@U1>",
        "\x00",
        "\u200b",
        "1",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=8).map("".join), st.from_regex(r"[A-Z0-9-]{1,14}")))
def test_no_code_that_is_accepted_has_markup_or_identifies_somebody(text: str) -> None:
    try:
        code = read_patient_code(text, today=TODAY)
    except UnreadableValueError:
        return
    assert code.isascii()
    assert code.isprintable()
    assert MARKUP.isdisjoint(code)
    assert code[0].isalnum()
    assert len(code) <= LONGEST_CODE
    assert not re.search(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)", code)
    assert not re.search(r"(?<!\d)\d{3}-\d{3}-\d{4}(?!\d)", code)
    assert not re.fullmatch(r"[1-9]\d{8}|[2-9]\d{9}|1[2-9]\d{9}", code.replace("-", ""))
    assert find_identifiers(code, today=TODAY) == ()
    assert read_patient_code(code, today=TODAY) == code


@given(st.integers(1, 99_999), st.sampled_from(["P-", "N-", "T", "MRN", "PT-", ""]))
def test_a_running_number_is_accepted_whichever_it_is(number: int, before: str) -> None:
    code = f"{before}{number:04}"
    assert read_patient_code(code, today=TODAY) == code


@pytest.mark.parametrize("text", ["coord1", "Coord1", "j.doe", "nurse-2", "rn_7", "1042", "A"])
def test_a_plain_staff_id_is_accepted(text: str) -> None:
    assert read_staff_id(text, today=TODAY) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "coord 1",
        "*coord1*",
        "<@U0NURSE1>",
        "_coord1_",
        "co\x07ord",
        "co\u200bord",
        "jane.doe@example.org",
        "123-45-6789",
        "=1+1",
        "operator",
        "Import",
        "c" * (LONGEST_CODE + 1),
    ],
)
def test_another_staff_id_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_staff_id(text, today=TODAY)
    assert refused.value.remedy.endswith(("coord1", "coord1.", "Type it again."))


@given(st.text(max_size=50))
def test_no_staff_id_that_is_accepted_has_markup(text: str) -> None:
    try:
        staff_id = read_staff_id(text, today=TODAY)
    except UnreadableValueError:
        return
    assert staff_id.isascii()
    assert staff_id.isprintable()
    assert (MARKUP - {"_"}).isdisjoint(staff_id)
    assert "_" not in {staff_id[0], staff_id[-1]}
    assert read_staff_id(staff_id, today=TODAY) == staff_id
