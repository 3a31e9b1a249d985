"""Codes of patients and ids of staff: short, without a person in them, and safe wherever they are shown.

Both stand in channels, spreadsheets and menus, and a patient's code stands there in place of a name. So a code is
letters, digits and hyphens, and is refused where it looks like a number that identifies somebody, a date of birth, or
a name with a year of birth. Nobody may allow that (``allow_identifiers`` speaks of notes alone).
"""

import re
from collections.abc import Collection
from datetime import date

from ledger.values.identifiers import ADULT_YEARS, OLDEST_BIRTH_YEAR, IdentifierKind, find_identifiers
from ledger.values.reading import UnreadableValueError, refuse_invisible, shown

LONGEST_CODE = 40
"""Slack's menus hold values of 150 characters; a code and the words around it fit in every one of them."""
LONGEST_EXTERNAL_ID = 100
_MARKUP = frozenset("<>*`~")

_CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", re.ASCII)
_CODE_FORM = "Letters, hyphens and digits: P-1042"
_STAFF_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
_STAFF_ID_FORM = "Letters, digits, dots and hyphens: coord1"
_RESERVED = frozenset({"import", "operator", "setup", "slack"})
"""What the record calls those who are nobody of the staff."""
_LIKE_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
"""Dashes that word processors and phones put in a hyphen's place."""

# Wider than the guard of notes: in a code no words around a number say what it is. Zeros in front fill a serial
# number up to its length; no Social Security number begins with three of them.
_SSN = re.compile(r"(?<![0-9])(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|(?!000)[0-9]{3}-?[0-9]{2}-?[0-9]{4})(?![0-9])", re.ASCII)
_PHONE = re.compile(
    r"(?<![0-9])1?-?(?:[0-9]{3}-[0-9]{3}-[0-9]{4}|[2-9][0-9]{2}-?[0-9]{3}-?[0-9]{4})(?![0-9])", re.ASCII
)
_OPAQUE = "Give the patient a code that says nothing of the person, for example P-1042."
_STAFF_OPAQUE = "Give an id of your own, for example coord1."

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+", re.ASCII)
_NAME_LETTERS, _TWO_NAMES_LETTERS = 3, 7
_YEAR_DIGITS = 4
_PLAIN = """
    apcm care case center central chart chronic client clinic code demo east emr file group home house main
    member north office pat patient pcm practice record ref rpm sample site south tcm team test unit west ccm
"""
_PLAIN_WORDS = frozenset(_PLAIN.split())
"""Words before a number that are nobody's name."""


def read_patient_code(text: str, *, today: date, words: Collection[str] = ()) -> str:
    """Return the code of a patient as it is stored.

    Args:
        text: What was written.
        today: Decides which years are taken for years of birth.
        words: What else is no name before a number, in small letters: the names of teams.

    Raises:
        UnreadableValueError: Where it is no code, or says something of the person. The message shows no number that
            identifies somebody.
    """
    code = text.strip().translate(_LIKE_HYPHENS)
    _refuse_identifiers(code, today, _OPAQUE)
    _refuse_form(code, "a patient code", _CODE, _CODE_FORM)
    if not any(character.isdigit() for character in code):
        raise UnreadableValueError(f"{shown(code)} is not a patient code.", _CODE_FORM)
    if _SSN.search(code):
        raise UnreadableValueError(f"looks like {IdentifierKind.SSN.value}.", _OPAQUE)
    if _PHONE.search(code):
        raise UnreadableValueError(f"looks like {IdentifierKind.PHONE.value}.", _OPAQUE)
    _refuse_person(code, today, {*words, *_PLAIN_WORDS})
    return code


def read_staff_id(text: str, *, today: date) -> str:
    """Return the id of a staff member as it is stored.

    Raises:
        UnreadableValueError: Where it is none, or looks like a number or an address that identifies somebody.
    """
    staff_id = text.strip().translate(_LIKE_HYPHENS)
    _refuse_identifiers(staff_id, today, _STAFF_OPAQUE)
    _refuse_form(staff_id, "a staff id", _STAFF_ID, _STAFF_ID_FORM)
    if staff_id.lower() in _RESERVED:
        raise UnreadableValueError(f"{shown(staff_id)} is what the ledger calls itself.", _STAFF_OPAQUE)
    return staff_id


def read_external_id(text: str) -> str:
    """Return the id that another system gave to an entry.

    Raises:
        UnreadableValueError: Where characters of it are not seen, are markup, or are too many.
    """
    refuse_invisible(text)
    if len(text) > LONGEST_EXTERNAL_ID:
        raise UnreadableValueError(f"has {len(text)} characters; {LONGEST_EXTERNAL_ID} fit.", "For example: E-000123")
    if not _MARKUP.isdisjoint(text):
        raise UnreadableValueError(f"{shown(text)} holds markup.", "Letters, digits and hyphens: E-000123")
    return text


def _refuse_identifiers(text: str, today: date, remedy: str) -> None:
    found = find_identifiers(text, today=today)
    if found:
        raise UnreadableValueError(f"looks like {found[0].kind.value}.", remedy)


def _refuse_form(text: str, what: str, form: re.Pattern[str], remedy: str) -> None:
    refuse_invisible(text)
    if len(text) > LONGEST_CODE:
        raise UnreadableValueError(f"has {len(text)} characters; {LONGEST_CODE} fit.", remedy)
    if not form.fullmatch(text):
        raise UnreadableValueError(f"{shown(text)} is not {what}.", remedy)


def _refuse_person(code: str, today: date, plain_words: Collection[str]) -> None:
    """Raise where a code holds a date of birth, a name with a year of birth, or two names."""
    parts = _PARTS.findall(code)
    names = [part for part in parts if _is_name(part) and part.lower() not in plain_words]
    numbers = [part for part in parts if part.isdigit()]
    if any(_is_birth_date(number, today) for number in numbers):
        raise UnreadableValueError(f"looks like {IdentifierKind.BIRTH_DATE.value}.", _OPAQUE)
    if names and any(_is_birth_year(number, today) for number in numbers):
        raise UnreadableValueError("reads like a name with a year of birth.", _OPAQUE)
    if len(numbers) == 1 and len(names) > 1 and len("".join(names)) >= _TWO_NAMES_LETTERS:
        raise UnreadableValueError("reads like a name.", _OPAQUE)


def _is_name(part: str) -> bool:
    """Return whether letters could be a name: three or more, with a vowel among them (MRN and CCM have none)."""
    return part.isalpha() and len(part) >= _NAME_LETTERS and not set("aeiouy").isdisjoint(part.lower())


def _is_birth_year(number: str, today: date) -> bool:
    return len(number) == _YEAR_DIGITS and OLDEST_BIRTH_YEAR <= int(number) < today.year - ADULT_YEARS


def _is_birth_date(number: str, today: date) -> bool:
    """Return whether eight digits are a day of a year of birth: ``03151950``, ``15031950`` or ``19500315``."""
    return any(
        re.fullmatch(form, number) is not None and _is_birth_year(number[year : year + _YEAR_DIGITS], today)
        for form, year in (
            (r"(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{4}", 4),
            (r"(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{4}", 4),
            (r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])", 0),
        )
    )
