"""An NPI by its check digit, and places of service by CMS's list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.values.amounts import read_dollars
from ledger.values.billing_ids import read_npi, read_place_of_service
from ledger.values.reading import UnreadableValueError

VALID = ("1234567893", "1245319599", "2000000002")


@pytest.mark.parametrize("npi", VALID)
def test_an_npi_with_its_check_digit_is_read(npi: str) -> None:
    assert read_npi(npi) == npi
    assert read_npi(f" {npi[:3]}-{npi[3:6]} {npi[6:]} ") == npi


@pytest.mark.parametrize("text", ["123456789", "12345678930", "3234567893", "12345678931", "NPI", "١٢٣٤٥٦٧٨٩٣", ""])
def test_what_has_not_ten_digits_is_none(text: str) -> None:
    with pytest.raises(UnreadableValueError, match="is no NPI"):
        read_npi(text)


@given(st.sampled_from(VALID), st.integers(1, 9), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(npi: str, place: int, more: int) -> None:
    wrong = f"{npi[:place]}{(int(npi[place]) + more) % 10}{npi[place + 1 :]}"
    with pytest.raises(UnreadableValueError, match="check digit"):
        read_npi(wrong)


@pytest.mark.parametrize(("text", "code"), [("11", "11"), (" 12 ", "12"), ("2", "02"), ("02", "02"), ("72", "72")])
def test_a_place_of_service_has_two_digits(text: str, code: str) -> None:
    assert read_place_of_service(text) == code


@pytest.mark.parametrize("text", ["00", "28", "30", "59", "100", "office", "", "1\u200b1"])
def test_what_cms_does_not_list_is_no_place(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_place_of_service(text)


@pytest.mark.parametrize(
    ("text", "cents"), [("64.13", 6413), ("64.1", 6410), ("64", 6400), ("$1,064.13", 106413), ("0", 0), ("0.05", 5)]
)
def test_amounts_are_read_to_the_cent(text: str, cents: int) -> None:
    assert read_dollars(text) == cents


@pytest.mark.parametrize("text", ["", "-1", "64.135", "1,0", "sixty", "64,13", "99999999"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError, match="no amount"):
        read_dollars(text)


@given(st.integers(0, 999_999_999))
def test_every_amount_comes_back_as_it_was_written(cents: int) -> None:
    assert read_dollars(f"${cents / 100:,.2f}") == cents
