"""How the rules write dates, money and codes in their messages."""

from collections.abc import Iterable
from datetime import date

Units = tuple[tuple[str, int], ...]
"""Codes with their units, in the order of a claim."""


def day_words(day: date) -> str:
    """Return the date as people write it, for example ``Nov 3, 2026``."""
    return f"{day:%b} {day.day}, {day.year}"


def dollars(amount_cents: int) -> str:
    """Return the amount in dollars, for example ``$1,234.56``."""
    return f"${amount_cents / 100:,.2f}"


def codes_words(units: Units) -> str:
    """Return the codes of a claim, for example ``99xxx + 2 × 99yyy``."""
    return " + ".join(code if count == 1 else f"{count} × {code}" for code, count in units)


def listed(words: Iterable[str]) -> str:
    """Return the words one after the other, separated by commas."""
    return ", ".join(words)
