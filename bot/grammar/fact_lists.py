"""Words that announce others in a line about a fact: ``copy:caregiver,portal``, ``said service and cost sharing``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.grammar.fact_vocabulary import Listing, Part
from bot.grammar.tokens import Token
from ledger.values.phrases import ALL, NONE, in_order, meant, spelled

_ANNOUNCED = re.compile(r"(?P<word>[^\s:=]+)(?P<colon>\s*[:=]\s*|\s+|$)")
_BETWEEN = re.compile(r"(?:\s|[,;+&])*(?:(?:and|to|by|via|the)\s+)*", re.IGNORECASE)
_PHRASES = tuple(re.compile(rf"[^\s,;:+&.]+{more}(?=[\s,;:+&.]|$)") for more in (r"\s+[^\s,;:+&.]+", ""))
_WORD = re.compile(r"[^\s,;+&]+")


@dataclass(slots=True)
class Listed:
    """What was read behind an announcing word, by the part it fills; and what was not understood there."""

    announced: Token
    end: int
    named: dict[Part, list[str]] = field(default_factory=dict)
    unknown: list[Token] = field(default_factory=list)

    def values(self, listing: Listing) -> Mapping[Part, str]:
        """Return what each part is filled with, as a file has it."""
        if not listing.takes_all:
            return {part: words[0] for part, words in self.named.items()}
        return {part: _all_of(set(words), listing, part) for part, words in self.named.items()}


def _all_of(words: set[str], listing: Listing, part: Part) -> str:
    known = listing.parts[part]
    named = set(known) if ALL in words else words - {NONE}
    wanted = set(known) - named if listing.is_rest else named
    return ALL if wanted == set(known) else spelled(in_order(wanted, known))


def read_list(text: str, position: int, lists: Mapping[str, Listing]) -> tuple[Listed, Listing] | None:
    """Return what a word at ``position`` that announces others announces; None where it announces nothing.

    Behind a colon or a comma a word that is none of these is not understood; else it belongs to the rest of the line.
    """
    begun = _ANNOUNCED.match(text, position)
    listing = lists.get(begun["word"].lower()) if begun else None
    if begun is None or listing is None:
        return None
    found = Listed(Token(begun["word"], begun.start(), begun.end("word")), begun.end("word"))
    is_bound, at = bool(begun["colon"].strip()), _past(_BETWEEN, text, begun.end())
    while at < len(text):
        word = _one(text, at, listing)
        if word is not None:
            part, value, found.end = word
            is_second = part in found.named and not listing.takes_all
            if is_second:
                found.unknown.append(Token(text[at : found.end], at, found.end))
            else:
                found.named.setdefault(part, []).append(value)
        elif is_bound:
            found.end = _past(_WORD, text, at)
            found.unknown.append(Token(text[at : found.end], at, found.end))
        else:
            break
        following = _past(_BETWEEN, text, found.end)
        is_bound, at = bool(text[found.end : following].strip()), following
    return found, listing


def _one(text: str, at: int, listing: Listing) -> tuple[Part, str, int] | None:
    """Return the part that the word or the two words at ``at`` fill, with what, and where they end."""
    for form in _PHRASES:
        phrase = form.match(text, at)
        if phrase is None:
            continue
        for part, words in listing.parts.items():
            value = meant(phrase.group(), words)
            if value is None and listing.takes_all and phrase.group().lower() in {ALL, NONE}:
                value = phrase.group().lower()
            if value is not None:
                return part, value, phrase.end()
    return None


def _past(form: re.Pattern[str], text: str, position: int) -> int:
    found = form.match(text, position)
    return found.end() if found else position
