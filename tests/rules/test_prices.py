"""B3: which payment holds for a practice in a month, and that one year's figures are no other's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.rules.book_tables import Payment
from ledger.rules.evaluation import evaluate
from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.prices import converted_cents, prices_of, units_cents
from ledger.rules.rulebook import load_rulebooks, rulebook_for

NOVEMBER = date(2026, 11, 1)
BOOK = rulebook_for(NOVEMBER)
BOTH = replace(
    BOOK,
    payments={**BOOK.payments, "99490": Payment(code="99490", cents=6613, facility_cents=4877, source="secondary")},
)
YEARS = st.integers(2025, 2032)
CODES = st.sampled_from(sorted(BOOK.payments))
OWN = st.dictionaries(CODES, st.integers(0, 99_999), max_size=3)
PAYMENTS = st.dictionaries(YEARS.map(str), OWN, max_size=4)


@pytest.mark.parametrize(
    ("policy", "prices"),
    [
        (DEFAULT_POLICY, (6613, 5044)),
        (Policy(practice_type="fqhc"), (6613, 5044)),
        (Policy(practice_type="rhc"), (6613, 5044)),
        (Policy(practice_type="hospital_outpatient"), (4877, 5044)),  # of 99439 the book has one figure
        (Policy(qualifying_apm=True), (6646, 5069)),
        (Policy(practice_type="hospital_outpatient", qualifying_apm=True), (4901, 5069)),
        (Policy(payments={"2026": {"99490": 7000}}), (7000, 5044)),
        (Policy(payments={"2026": {"99490": 0}}, practice_type="hospital_outpatient"), (0, 5044)),
        (Policy(payments={"2026": {"99490": 7000}}, qualifying_apm=True), (7000, 5069)),
        (Policy(payments={"2025": {"99490": 7000}, "2027": {"99439": 1}}), (6613, 5044)),
    ],
)
def test_b3_the_payment_is_that_of_the_practices_kind_or_its_own_of_the_year(
    policy: Policy, prices: tuple[int, int]
) -> None:
    found = prices_of(BOTH, policy, NOVEMBER)
    assert (found["99490"], found["99439"]) == prices


@pytest.mark.parametrize(("year", "cents"), [(2025, None), (2026, 6780)])
def test_b3_what_is_not_known_stays_so_for_every_kind_of_practice(year: int, cents: int | None) -> None:
    january = date(year, 1, 1)
    book = rulebook_for(january)
    assert prices_of(book, Policy(practice_type="hospital_outpatient"), january)["99426"] == cents


def test_b3_a_year_with_one_conversion_factor_has_one_payment() -> None:
    march = date(2025, 3, 1)
    book = rulebook_for(march)
    assert prices_of(book, Policy(qualifying_apm=True), march) == book.national_payments


def test_b3_the_month_decides_of_which_year_own_payments_are_not_the_book() -> None:
    january = date(2027, 1, 1)
    policy = Policy(payments={"2026": {"99490": 7000}, "2027": {"99439": 5100}})
    found = prices_of(rulebook_for(january), policy, january)
    assert (found["99490"], found["99439"]) == (6613, 5100)


@pytest.mark.parametrize(
    ("cents", "factor", "other", "converted"),
    [
        (6613, "33.4009", "33.5675", 6646),  # 1.98 units
        (668, "33.4009", "33.5675", 671),  # 0.20 units
        (5000, "33.4009", "33.5675", 5025),  # no product of hundredths of a unit
        (6613, "33.4009", "33.4009", 6613),
    ],
)
def test_a_payment_by_another_factor_is_made_of_its_units(cents: int, factor: str, other: str, converted: int) -> None:
    assert converted_cents(cents, Decimal(factor), Decimal(other)) == converted


@given(hundredths=st.integers(1, 1500))
def test_units_paid_by_one_factor_and_converted_are_those_units_paid_by_the_other(hundredths: int) -> None:
    units, one, other = Decimal(hundredths) / 100, Decimal("33.4009"), Decimal("33.5675")
    assert converted_cents(units_cents(units, one), one, other) == units_cents(units, other)


@given(year=YEARS, month=st.integers(1, 12), payments=PAYMENTS, changed=YEARS, own=OWN)
def test_payments_of_one_year_change_no_other(
    year: int, month: int, payments: dict[str, dict[str, int]], changed: int, own: dict[str, int]
) -> None:
    assume(changed != year)
    first = date(year, month, 1)
    after = Policy(payments={**payments, str(changed): own})
    assert prices_of(rulebook_for(first), after, first) == prices_of(
        rulebook_for(first), Policy(payments=payments), first
    )


def test_a_statement_has_the_payments_of_its_own_year(build: Any) -> None:
    facts = build.month([build.entry(25)])
    policy = Policy(payments={"2025": {"99490": 1}, "2027": {"99490": 2}})
    assert evaluate(facts, BOOK, policy) == evaluate(facts, BOOK)
    assert build.statement(facts, Policy(payments={"2026": {"99490": 3}})).expected_cents == 3


def test_every_book_pays_every_kind_of_practice_for_the_same_codes() -> None:
    for book in load_rulebooks():
        for policy in (Policy(practice_type="hospital_outpatient"), Policy(qualifying_apm=True)):
            assert prices_of(book, policy, book.in_force_from).keys() == book.national_payments.keys()
