"""What a claim form asks for beside codes: the NPI of a practitioner, and where the service took place."""

import re

from ledger.values.reading import UnreadableValueError, refuse_invisible, shown

_NPI = re.compile(r"[12][0-9]{9}", re.ASCII)
_ISSUER = "80840"
"""What stands before an NPI when its check digit is computed: health applications in the United States.

Source: CMS, Requirements for National Provider Identifier (NPI) and NPI Check Digit.
"""
_NPI_EXAMPLE = "An NPI has ten digits, for example 1234567893."
PLACES_OF_SERVICE = frozenset(
    f"{code:02}" for code in (*range(1, 28), *range(31, 35), 41, 42, *range(49, 59), 60, 61, 62, 65, 66, 71, 72, 81, 99)
)
"""The codes of CMS's Place of Service Code Set for professional claims (as of August 2024)."""


def read_npi(text: str) -> str:
    """Return the National Provider Identifier that a text is, without spaces or dashes.

    Raises:
        UnreadableValueError: Where it has not ten digits that begin with 1 or 2, or its check digit is another.
    """
    npi = re.sub(r"[\s-]", "", text)
    if not _NPI.fullmatch(npi):
        refuse_invisible(text)
        raise UnreadableValueError(f"{shown(text)} is no NPI.", _NPI_EXAMPLE)
    if not _passes_luhn(f"{_ISSUER}{npi}"):
        raise UnreadableValueError(
            f"{shown(text)} is no NPI: its check digit is another, so one of the digits is wrong.",
            "Look it up again, for example at npiregistry.cms.hhs.gov.",
        )
    return npi


def with_check_digit(nine_digits: str) -> str:
    """Return the NPI that begins with these nine digits."""
    return next(npi for digit in range(10) if _passes_luhn(f"{_ISSUER}{(npi := f'{nine_digits}{digit}')}"))


def read_place_of_service(text: str) -> str:
    """Return the two digits of a place of service: ``11`` for the office, ``12`` for the patient's home.

    Raises:
        UnreadableValueError: For what is no code of CMS's set.
    """
    code = text.strip().zfill(2)
    if code not in PLACES_OF_SERVICE:
        refuse_invisible(text)
        raise UnreadableValueError(
            f"{shown(text)} is no place of service.", "Write CMS's two digits, for example 11 (office) or 12 (home)."
        )
    return code


def _passes_luhn(digits: str) -> bool:
    """Return whether the last digit checks the others: every second from the right is doubled, all are added up."""
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(each, 10)) for each in doubled) % 10 == 0
