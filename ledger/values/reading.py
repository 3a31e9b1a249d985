"""How a reader says that a text is no value of its kind, and how texts are shown in what is said of them."""

import unicodedata

from ledger.characters import beginning, characters

_SHOWN_CHARACTERS = 40


class UnreadableValueError(ValueError):
    """A text that is no value of its kind; ``message`` goes on from its name, ``remedy`` says what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        """Both are sentences."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def shown(text: str) -> str:
    """Return the text in quotes, its control characters written out, and no more of it than its beginning."""
    whole = characters(text) <= _SHOWN_CHARACTERS
    return repr(text if whole else f"{beginning(text, _SHOWN_CHARACTERS - 1)}…")


def refuse_invisible(text: str) -> None:
    """Raise where a character of the text is not seen where the text is shown, or cannot be stored.

    Raises:
        UnreadableValueError: For control characters, zero-width and direction marks, and characters of no meaning.
    """
    for character in text:
        # Cc, Cf, Cn, Co and Cs; Zl and Zp end a line.
        if unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}:
            raise UnreadableValueError(
                f"{shown(text)} holds a character that is not seen (U+{ord(character):04X}).", "Type it again."
            )
