"""A small practice's codes, and which of them a typed word may mean, for grammars tested alone."""

from collections.abc import Sequence

CODES = ("P-1042", "P-1043", "P-77", "N-0012", "S-0012")


def find_codes(word: str) -> Sequence[str]:
    """The codes that the word equals, or whose digits it is; case and signs do not matter."""
    plain = "".join(character for character in word.upper() if character.isalnum())
    return [code for code in CODES if plain == code.replace("-", "") or (plain and plain == code.split("-")[1])]
