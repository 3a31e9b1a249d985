"""What each code pays in a month: the book's national figure of the practice's kind, or the practice's own (B3)."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ledger.rules.policy import Policy
from ledger.rules.rulebook import Rulebook

Prices = Mapping[str, int | None]
"""The payment of each code in cents, None where it is not known."""

_CENT = Decimal("0.01")


def prices_of(book: Rulebook, policy: Policy, month: date) -> Prices:
    """Return what each code pays in that month: those that the practice replaced for its year, else the book's (B3)."""
    prices = national_prices(book, policy)
    own = policy.payments.get(str(month.year))
    return {**prices, **own} if own else prices


def national_prices(book: Rulebook, policy: Policy) -> Prices:
    """Return the book's payments for a practice of that kind: in a facility or not, by which conversion factor.

    A code for which the book has no payment in facilities pays what it pays outside.
    """
    if not (policy.in_facility or policy.qualifying_apm):
        return book.national_payments
    return {code: _national_cents(book, code, policy) for code in book.payments}


def _national_cents(book: Rulebook, code: str, policy: Policy) -> int | None:
    payment = book.payments[code]
    cents = payment.facility_cents if policy.in_facility and payment.facility_cents else payment.cents
    factor = book.conversion_factor
    if cents is None or not policy.qualifying_apm or factor.qualifying is None:
        return cents
    return converted_cents(cents, factor.non_qualifying, factor.qualifying)


def converted_cents(cents: int, factor: Decimal, other: Decimal) -> int:
    """Return what a payment made by one conversion factor is by the other.

    A payment is relative value units, in hundredths, times the factor: these are found again where the figure is such
    a product, so that nothing is rounded twice.
    """
    units = (cents * _CENT / factor).quantize(_CENT, ROUND_HALF_UP)
    exact = units if units_cents(units, factor) == cents else cents * _CENT / factor
    return units_cents(exact, other)


def units_cents(units: Decimal, factor: Decimal) -> int:
    """Return the payment in whole cents for so many relative value units, by that conversion factor in dollars."""
    return int((units * factor / _CENT).quantize(Decimal(1), ROUND_HALF_UP))
