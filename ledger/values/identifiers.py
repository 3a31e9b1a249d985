"""The guard of free text: what looks like somebody's number, address or date of birth is refused before it is stored.

Pure patterns with few forms each: a note is full of doses, readings, codes and dates, and an alarm that is false is as
bad as one that is missing (docs/decisions/015).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.errors import LedgerError
from ledger.practice.practice import Practice

OLDEST_BIRTH_YEAR = 1900
ADULT_YEARS = 18
"""A full date of a year before the one so many years ago is taken for a date of birth, whatever stands beside it."""


class IdentifierKind(StrEnum):
    """What a text may not hold, in the words of the error."""

    SSN = "a Social Security number"
    MBI = "a Medicare number"
    EMAIL = "an email address"
    PHONE = "a phone number"
    BIRTH_DATE = "a date of birth"


INSTEAD = {
    IdentifierKind.SSN: "Name the patient by code alone, for example: Verified two identifiers with the patient.",
    IdentifierKind.MBI: "Name the patient by code alone, for example: Checked Medicare coverage, it is active.",
    IdentifierKind.EMAIL: "Say who was written to, for example: Sent the diet plan to the daughter by email.",
    IdentifierKind.PHONE: "Say who was called, for example: Called the daughter at the number in the chart.",
    IdentifierKind.BIRTH_DATE: "Give the age, or of an old event the year alone, for example: Hip replaced in 1998.",
}
"""What to write in place of each kind."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something in a text that looks like an identifier: its kind, and from where to where it stands."""

    kind: IdentifierKind
    start: int
    end: int


_LIKE_ASCII = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | dict.fromkeys("\u00a0\u2009\u202f", " ")
)
"""Dashes and spaces that word processors put in, one character for one."""

_BEFORE, _AFTER = r"(?<![0-9])(?<![0-9][-./])", r"(?![-.]?[0-9])"
_SSN = re.compile(
    rf"""{_BEFORE}(?!000|666)[0-9]{{3}}([-. ])(?!00)[0-9]{{2}}\1(?!0000)[0-9]{{4}}{_AFTER}
    |\b(?:ssn|social\ security)(?:\W|\b(?:is|no|number|was)\b){{0,6}}(?P<plain>[0-9]{{9}})(?![0-9])""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)

# Each place of the eleven as CMS assigns it; the letters S, L, O, I, B and Z are never used
# (https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-format.pdf).
_A = "[AC-HJKMNP-RT-Y]"
_AN = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(
    rf"(?<![0-9A-Z])[1-9]{_A}{_AN}[0-9][- ]?{_A}{_AN}[0-9][- ]?{_A}{{2}}[0-9]{{2}}(?![0-9A-Z])",
    re.ASCII | re.IGNORECASE,
)

# The last part is in one case: "10u@bedtime.Then" is a dose whose sentence ended without a space.
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]*[\w+%-]@(?:[\w-]+\.)+(?:[a-z]{2,}|[A-Z]{2,})(?![\w])")

# Toll-free numbers are those of services, which a note may name: 1-800-MEDICARE, a quit line.
_AREA = r"(?!800|833|844|855|866|877|888)[2-9][0-9]{2}"
_TELEPHONE = r"(?:phone|telephone|tel|cell|mobile|fax)"
_PHONE = re.compile(
    rf"""{_BEFORE}(?:\+?1[-. ]?)?
    (?:\({_AREA}\)[-. ]?[0-9]{{3}}[-. ]?[0-9]{{4}}
    |{_AREA}(?P<mark>[-.])[0-9]{{3}}(?P=mark)[0-9]{{4}}
    |{_AREA}[ ][2-9][0-9]{{2}}[- ][0-9]{{4}}){_AFTER}
    |\+1{_AREA}[0-9]{{7}}(?![0-9])
    |\b(?:{_TELEPHONE}|call|called|calling|text|texted|reach|dial|dialed)\b(?:\W|\b(?:at|number|no|is|on|him|her|them|the|
    patient|back|home)\b){{0,9}}(?P<plain>1?{_AREA}[2-9][0-9]{{6}})(?![0-9])
    |\b{_TELEPHONE}(?:\ ?(?:number|no\.?|\#|is|:)){{1,3}}\ ?(?P<local>[2-9][0-9]{{2}}-[0-9]{{4}})(?![-0-9])""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_FULL_DATE = re.compile(
    rf"""(?<![0-9])(?<![0-9][-./])(?:
    (?P<first>[0-9]{{1,2}})(?P<mark>[-/.])(?P<second>[0-9]{{1,2}})(?P=mark)(?P<year>[0-9]{{4}})
    |(?P<iso>[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}})
    |(?P<named>{_MONTH}\ {_DAY},?\ [0-9]{{4}}|{_DAY}\ (?:of\ )?{_MONTH},?\ [0-9]{{4}}))
    (?![0-9])(?![-/.][0-9])""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_ANY_DATE = (
    rf"(?:[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}}|[0-9]{{1,2}}/[0-9]{{1,2}}|{_MONTH}\ {_DAY}\b|{_DAY}\ {_MONTH})"
)
_BIRTH = r"(?:dob|d\.o\.b\.?|date\ of\ birth|birth\ ?dates?)"
_BIRTH_DATE = re.compile(
    rf"""\b(?:{_BIRTH}(?:\ ?(?:is|was|of|[:=#(,-])){{0,3}}|(?:born|birthday)(?:\ ?(?:is|was|on|[:=(,-])){{0,3}})
    \ ?(?P<after>{_ANY_DATE})
    |(?P<ahead>{_ANY_DATE})(?:\ ?[(]\ ?|\ (?:is|was)\ (?:(?:his|her|their|the)\ )?){_BIRTH}""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def find_identifiers(text: str, *, today: date) -> tuple[Identifier, ...]:
    """Return everything in ``text`` that looks like an identifier, in the order it stands there; never raises.

    ``today`` decides which full dates lie so far back that they are taken for dates of birth.
    """
    plain = text.translate(_LIKE_ASCII)
    found = [*_numbers(plain), *_birth_dates(plain, today)]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Identifier] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def refuse_identifiers(practice: Practice, text: str, what: str, *, today: date) -> None:
    """Raise ``LedgerError`` IDENTIFIER_IN_TEXT where ``text`` looks as if it held an identifier.

    ``what`` names the text in the error, for example ``note``; the error shows each find with ``#`` and ``x`` in place
    of its digits and letters. A practice with a signed agreement may allow such text (``allow_identifiers``).

    Raises:
        LedgerError: IDENTIFIER_IN_TEXT.
    """
    if practice.conduct.allow_identifiers:
        return
    found = find_identifiers(text, today=today)
    if not found:
        return
    said = "; ".join(f"{one.kind} ({_masked(text[one.start : one.end])}) {_place(text, one)}" for one in found[:3])
    kinds = dict.fromkeys(one.kind for one in found)
    remedy = " ".join(INSTEAD[kind] for kind in kinds)
    raise LedgerError("IDENTIFIER_IN_TEXT", f"The {what} has what looks like {said}.", f"Take it out. {remedy}")


def _numbers(text: str) -> Iterator[Identifier]:
    patterns = {
        IdentifierKind.SSN: _SSN,
        IdentifierKind.MBI: _MBI,
        IdentifierKind.EMAIL: _EMAIL,
        IdentifierKind.PHONE: _PHONE,
    }
    for kind, pattern in patterns.items():
        for match in pattern.finditer(text):
            named = next((name for name in ("plain", "local") if match.groupdict().get(name)), 0)
            yield Identifier(kind, *match.span(named))


def _birth_dates(text: str, today: date) -> Iterator[Identifier]:
    for match in _BIRTH_DATE.finditer(text):
        yield Identifier(IdentifierKind.BIRTH_DATE, *match.span("after" if match["after"] else "ahead"))
    for match in _FULL_DATE.finditer(text):
        year = _year(match)
        if year is not None and OLDEST_BIRTH_YEAR <= year < today.year - ADULT_YEARS:
            yield Identifier(IdentifierKind.BIRTH_DATE, *match.span())


def _year(match: re.Match[str]) -> int | None:
    """Return the year of a full date, or None where the numbers make none."""
    if match["year"]:
        year, first, second = (int(match[name]) for name in ("year", "first", "second"))
        return year if _is_date(year, first, second) or _is_date(year, second, first) else None
    if match["iso"]:
        year, month, day = (int(part) for part in re.split("[-/.]", match["iso"]))
        return year if _is_date(year, month, day) else None
    day, year = (int(part) for part in re.findall("[0-9]+", match["named"]))
    named = re.findall("[a-z]{3,}", match["named"].lower())
    month = next(_MONTHS.index(word[:3]) + 1 for word in named if word[:3] in _MONTHS)
    return year if _is_date(year, month, day) else None


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _masked(found: str) -> str:
    return re.sub("[^\\W\\d_]", "x", re.sub("[0-9]", "#", found))


def _place(text: str, found: Identifier) -> str:
    """Return where in the text it stands, in words."""
    third = 3 * found.start // max(len(text), 1)
    return ("near the beginning", "in the middle", "near the end")[min(third, 2)]
