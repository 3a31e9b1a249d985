"""B4: payments from CMS's relative value file as CMS publishes it, and from a list of code and amount."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.imports.payment_file import FilePayment, read_payments
from ledger.rules.prices import units_cents

CMS = Path(__file__).parents[2] / "support" / "rvu.csv"
CODES = ["99490", "99439", "99457", "99454", "99496"]
TEXT = CMS.read_text(encoding="utf-8")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "payments.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_cms_file_gives_units_times_the_factor_of_the_codes_that_are_asked_for() -> None:
    found = read_payments(CMS, CODES)
    assert (found.year, found.conversion_factor, found.is_relative_values) == (2027, Decimal("32.8409"), True)
    assert dict(found.payments) == {
        "99490": FilePayment(6601, 4795),  # 2.01 and 1.46 units
        "99439": FilePayment(5090, 3777),
        "99457": FilePayment(5123, 3153),  # the line without a modifier
        "99454": FilePayment(5287, None),  # no total in facilities
    }


def with_columns_turned(text: str) -> str:
    """The file with its columns in another order: code and modifier stand last."""
    out = io.StringIO()
    csv.writer(out).writerows([[*row[2:], *row[:2]] for row in csv.reader(io.StringIO(text))])
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        with_columns_turned,
        lambda text: text.replace("NON-FACILITY,FACILITY,PCTC", "NON-FAC,FAC,PCTC"),
        lambda text: text.replace(" January Release", " October Release"),
        lambda text: "\n".join(text.splitlines()[4:]),  # without its titles
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("A service,A", "A servic\xe9,A"),
    ],
    ids=["turned", "short names", "October", "no titles", "of Windows", "an accent"],
)
def test_columns_are_found_by_their_names(tmp_path: Path, change: Any) -> None:
    found = read_payments(written(tmp_path, change(TEXT), "cp1252"), CODES)
    assert found.payments["99490"] == FilePayment(6601, 4795)
    assert found.conversion_factor == Decimal("32.8409")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("NON-FACILITY,FACILITY,PCTC", "OUTSIDE,FACILITY,PCTC", "line 8: names no column NON-FACILITY TOTAL"),
        (",ENDO,CONV,", ",ENDO,X,", "names no column CONV FACTOR"),
        ("2.01,1.46,0,XXX", "many,1.46,0,XXX", "line 14: has no number where 99490 has its units or factor"),
        ("2.01,1.46,0,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.8409", "2.01,1.46,0,XXX,0,0,0,0,0,0,0,0,,33.0", "several"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(LedgerError) as caught:
        read_payments(written(tmp_path, TEXT.replace(old, new)), CODES)
    assert caught.value.code == "PAYMENTS_UNREADABLE"
    assert words in caught.value.title
    assert caught.value.title.endswith("Nothing was saved.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("99490,66.13\n99439,50.44\n", {"99490": 6613, "99439": 5044}),
        ("code,amount\n99490,66.13\n", {"99490": 6613}),
        ("HCPCS,payment\n99490,66.13\n", {"99490": 6613}),
        ("code;amount\n99490;$66.13\n\n", {"99490": 6613}),
        ('99490,"$1,066.5"\n12345,1\n', {"99490": 106650}),
        ("code\tamount\n99490\t66\n", {"99490": 6600}),
    ],
)
def test_a_list_of_code_and_amount_is_read(tmp_path: Path, text: str, expected: dict[str, int]) -> None:
    found = read_payments(written(tmp_path, text), CODES)
    assert {code: payment.cents for code, payment in found.payments.items()} == expected
    assert (found.year, found.is_relative_values) == (None, False)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("99490,66.131\n", "PAYMENTS_UNREADABLE", "line 1: has no amount in dollars for 99490"),
        ("99490,\n", "PAYMENTS_UNREADABLE", "line 1: has no amount"),
        ("99490\n", "PAYMENTS_UNREADABLE", "line 1: has no amount"),
        ("99490,-5\n", "PAYMENTS_UNREADABLE", "line 1: has no amount"),
        ("code,amount\n99490,1\n99490,2\n", "PAYMENTS_UNREADABLE", "line 3: has 99490 a second time"),
        ("code,amount\nP-1042,1\n", "PAYMENTS_UNREADABLE", "line 2: begins with no code"),
        ("12345,1\n", "PAYMENTS_NONE", "has none of the codes of the rulebooks, such as 99490"),
        ('99490,"66\n', "PAYMENTS_UNREADABLE", "is no CSV"),
        ("", "FILE_UNREADABLE", "is empty"),
    ],
)
def test_what_is_no_list_is_told_with_its_line(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(LedgerError) as caught:
        read_payments(written(tmp_path, text), CODES)
    assert caught.value.code == code
    assert words in caught.value.title


@given(cents=st.dictionaries(st.sampled_from(CODES), st.integers(0, 9_999_999), min_size=1))
def test_whatever_was_written_as_dollars_is_read_as_its_cents(
    tmp_path_factory: pytest.TempPathFactory, cents: dict[str, int]
) -> None:
    text = "\n".join(f"{code},{amount // 100}.{amount % 100:02}" for code, amount in cents.items())
    found = read_payments(written(tmp_path_factory.mktemp("payments"), text), CODES)
    assert {code: payment.cents for code, payment in found.payments.items()} == cents


def test_a_payment_is_rounded_half_up_to_the_cent() -> None:
    assert units_cents(Decimal("1.98"), Decimal("33.4009")) == 6613
    assert units_cents(Decimal("0.50"), Decimal("0.01")) == 1
