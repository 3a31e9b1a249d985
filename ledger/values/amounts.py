"""Amounts of money as people and spreadsheets write them."""

import re

from ledger.values.reading import UnreadableValueError, shown

_DOLLARS = re.compile(r"\$?(?P<dollars>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})(?:\.(?P<cents>[0-9]{1,2}))?", re.ASCII)


def read_dollars(text: str) -> int:
    """Return an amount of dollars in cents: ``64.13``, ``64.1``, ``$1,064.13``.

    Raises:
        UnreadableValueError: For what is no amount.
    """
    found = _DOLLARS.fullmatch(text.strip())
    if found is None:
        raise UnreadableValueError(f"{shown(text)} is no amount of dollars.", "Write it as 64.13.")
    cents = (found["cents"] or "").ljust(2, "0")
    return int(found["dollars"].replace(",", "")) * 100 + int(cents)
