"""What an administrator types into the form of a setting: text to the value as it is written, or a problem."""

import re
from decimal import Decimal, InvalidOperation

from bot.grammar.problems import Problem

BANDS_EXAMPLE = "15-19, 35-39"
CREDENTIALS_EXAMPLE = "RN, LPN, MD"
DOLLARS_EXAMPLE = "66.13"
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
    """Credentials, each once, in order: ``LPN, MD, RN``."""
    credentials = sorted({word for word in re.split(r"[,;\s]+", text) if word})
    return credentials or _problem(text, "credentials", "At least one credential is needed.", CREDENTIALS_EXAMPLE)


def parse_dollars(text: str) -> int | Problem:
    """An amount of dollars as cents: ``$1,066.13`` is 106613."""
    try:
        cents = Decimal(text.strip().removeprefix("$").replace(",", "")) * 100
    except InvalidOperation:
        return _problem(text, "dollars", "This is no amount of dollars.", DOLLARS_EXAMPLE)
    if not cents.is_finite() or cents < 0 or cents != cents.to_integral_value():
        return _problem(text, "dollars", "An amount has dollars and whole cents.", DOLLARS_EXAMPLE)
    return int(cents)


def _problem(text: str, field: str, message: str, example: str) -> Problem:
    return Problem(0, len(text), field, "SETTING_UNCLEAR", message, example)
