"""A value that is one of a few words, or several of them: one table of spellings for a line and for a file."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from ledger.values.reading import UnreadableValueError, shown

Meaning = TypeVar("Meaning", bound=str)
Phrases = Mapping[Meaning, tuple[str, ...]]
"""What may be meant, each with the words for it as ``phrase_of`` writes them."""
ALL, NONE = "all", "none"
_ALL_WORDS = frozenset({ALL, "complete", "everything"})
_BETWEEN = re.compile(r"\s*[;,+|\n]\s*|\s+and\s+", re.IGNORECASE)


def phrase_of(words: str) -> str:
    """Return the words as the tables have them: in small letters, joined by hyphens."""
    return re.sub(r"\s+|_", "-", words.strip().lower())


def meant(text: str, phrases: Mapping[Meaning, tuple[str, ...]]) -> Meaning | None:
    """Return what ``text`` means by the table, or None."""
    phrase = phrase_of(text)
    return next((each for each, words in phrases.items() if phrase in {*words, phrase_of(each)}), None)


def read_phrase(text: str, phrases: Mapping[Meaning, tuple[str, ...]]) -> Meaning:
    """Return what ``text`` means by the table.

    Raises:
        UnreadableValueError: It means nothing; the remedy has the nearest word, or all of them.
    """
    found = meant(text, phrases)
    if found is not None:
        return found
    near = difflib.get_close_matches(phrase_of(text), [word for words in phrases.values() for word in words], n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"One of: {', '.join(phrases)}"
    raise UnreadableValueError(f"{shown(text)} is not known.", remedy)


def read_phrases(text: str, phrases: Mapping[Meaning, tuple[str, ...]]) -> tuple[Meaning, ...]:
    """Return all that ``text`` names, in the order of the table: ``all``, ``none``, or words with ``;`` between them.

    Raises:
        UnreadableValueError: One of the words means nothing.
    """
    if phrase_of(text) in _ALL_WORDS:
        return tuple(phrases)
    if phrase_of(text) == NONE:
        return ()
    named = {read_phrase(word, phrases) for word in _BETWEEN.split(text) if word.strip()}
    return in_order(named, phrases)


def is_canonical(text: str, phrases: Mapping[Meaning, tuple[str, ...]]) -> bool:
    """Return whether the words of ``text`` are those of the table itself, in any order and spelling."""
    known = {*map(phrase_of, phrases), *_ALL_WORDS, NONE}
    return all(phrase_of(word) in known for word in _BETWEEN.split(text) if word.strip())


def in_order(named: set[Meaning], phrases: Mapping[Meaning, tuple[str, ...]]) -> tuple[Meaning, ...]:
    """Return what was named, in the order of the table."""
    return tuple(each for each in phrases if each in named)


def spelled(named: Sequence[str]) -> str:
    """Return what was named as a cell has it; ``none`` where nothing was."""
    return ";".join(named) or NONE
