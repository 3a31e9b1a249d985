"""What an administrator types into the form of a setting: text to the value as it is written, or a problem."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.grammar.problems import Problem
from ledger.values.credentials import read_qualifying

BANDS_EXAMPLE = "15-19, 35-39"
CREDENTIALS_EXAMPLE = "RN, LPN, MD"
DOLLARS_EXAMPLE = "66.13"
BUSINESS_DAYS_EXAMPLE = "6, 5, 4"
DAYS_OFF_EXAMPLE = "2026-12-24, 2026-12-31"
_LONGEST_COUNT = 4
_BAND = re.compile(r"(\d{1,4})\s*(?:-|\u2013|to)\s*(\d{1,4})\s*(?:min|minutes)?", re.ASCII)


def parse_bands(text: str) -> list[list[int]] | Problem:
    """Bands of minutes, lowest first: ``15-19, 35-39``."""
    bands = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]|\band\b", text))):
        found = _BAND.fullmatch(part)
        if found is None:
            return _problem(text, "bands", f'"{part}" is no band of minutes.', BANDS_EXAMPLE)
        bands.append([int(found[1]), int(found[2])])
    return sorted(bands) or _problem(text, "bands", "At least one band is needed.", BANDS_EXAMPLE)


def parse_credentials(text: str) -> list[str] | Problem:
    """Credentials as they are known, each once, in order: ``LPN, MD, RN``."""
    credentials = sorted(read_qualifying(re.split(r"[,;\n]", text)))
    return credentials or _problem(text, "credentials", "At least one credential is needed.", CREDENTIALS_EXAMPLE)


def parse_business_days(text: str) -> list[int] | Problem:
    """Read business days left, the first to come first: ``6, 5, 4``; nothing for none."""
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    if not all(part.isascii() and part.isdigit() and len(part) < _LONGEST_COUNT for part in parts):
        return _problem(text, "business days", "These are no whole numbers.", BUSINESS_DAYS_EXAMPLE)
    return sorted({int(part) for part in parts}, reverse=True)


def parse_days_off(text: str) -> list[str] | Problem:
    """Date as they are written, the earliest first: ``2026-12-24, 2026-12-31``; nothing for none."""
    found = set()
    for part in filter(None, re.split(r"[,;\s]+", text)):
        try:
            found.add(date.fromisoformat(part))
        except ValueError:
            return _problem(text, "days off", f'"{part}" is no date.', DAYS_OFF_EXAMPLE)
    return [day.isoformat() for day in sorted(found)]


def parse_dollars(text: str) -> int | Problem:
    """Return an amount of dollars as cents: ``$1,066.13`` is 106613."""
    try:
        cents = Decimal(text.strip().removeprefix("$").replace(",", "")) * 100
    except InvalidOperation:
        return _problem(text, "dollars", "This is no amount of dollars.", DOLLARS_EXAMPLE)
    if not cents.is_finite() or cents < 0 or cents != cents.to_integral_value():
        return _problem(text, "dollars", "An amount has dollars and whole cents.", DOLLARS_EXAMPLE)
    return int(cents)


def _problem(text: str, field: str, message: str, example: str) -> Problem:
    return Problem(0, len(text), field, "SETTING_UNCLEAR", message, example)
