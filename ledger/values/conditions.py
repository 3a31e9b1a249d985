"""Conditions: ICD-10-CM codes, told by their form and written one way.

Which codes there are is not checked: they change every October, and a code that CMS does not know is refused by the
payer, not by the ledger. The form is that of the ICD-10-CM Official Guidelines, section I.A.2: a letter, a digit, a
digit or ``A`` or ``B``, and up to four characters after a dot.
"""

import re
from dataclasses import dataclass

from ledger.values.reading import UnreadableValueError, refuse_invisible, shown

_CODE = re.compile(r"([A-Z][0-9][0-9AB])(?:\.?([0-9A-Z]{1,4})|\.)?", re.ASCII)
_BETWEEN = re.compile(r"[;,|\n\t]")
_ALSO_BETWEEN = re.compile(r"[\s/&+]+|\band\b", re.IGNORECASE)
"""What stands between codes too, but also within words that are none: ``N/A``, ``see chart``."""
_REMEDY = "Write ICD-10-CM codes alone, for example E11.9; I10. Leave it empty where none is known."
MOST_CONDITIONS = 100


@dataclass(frozen=True, slots=True)
class Condition:
    """A code as it is stored, and as it was written."""

    code: str
    written: str


def read_condition(text: str) -> str:
    """Return the code as it is stored, with capitals and a dot: ``e119`` is ``E11.9``.

    Raises:
        UnreadableValueError: Where the text has not the form of a code.
    """
    found = _CODE.fullmatch(text.strip().upper())
    if found is None:
        refuse_invisible(text)
        raise UnreadableValueError(f"{shown(text.strip())} is no ICD-10-CM code.", _REMEDY)
    return f"{found[1]}.{found[2]}" if found[2] else found[1]


def is_condition(code: str) -> bool:
    """Return whether a stored condition is a code: ledgers of older versions may hold other texts."""
    return _CODE.fullmatch(code.upper()) is not None


def read_conditions(text: str) -> list[Condition]:
    """Return the codes of a text, each once, however they are separated: by ``;``, ``,``, ``|``, a space or a line.

    Raises:
        UnreadableValueError: Where something among them is no code; the message names it, as it stands there.
    """
    found: dict[str, Condition] = {}
    for part in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        words = [word for word in _ALSO_BETWEEN.split(part) if word]
        are_codes = words and all(_CODE.fullmatch(word.upper()) for word in words)
        for word in words if are_codes else [part]:
            code = read_condition(word)
            found.setdefault(code, Condition(code, word))
    if len(found) > MOST_CONDITIONS:
        raise UnreadableValueError(f"holds {len(found)} codes; {MOST_CONDITIONS} fit.", "Keep those that matter.")
    return list(found.values())
