"""The name of an entry as people type it: ``P-1042#7``, ``p1042#7``, ``1042 #7``."""

import re
from dataclasses import dataclass

from bot.grammar.problems import Problem
from bot.grammar.tokens import code_of

_NAME = re.compile(r"\s*(?P<code>[^\s#]+)\s*#\s*(?P<position>[1-9][0-9]{0,8})(?=\s|$)")


@dataclass(frozen=True, slots=True)
class EntryName:
    """What a name says: the patient's code as it was typed, the entry's position, and what follows the name."""

    code: str
    position: int
    rest: str


def parse_entry_name(text: str) -> EntryName | Problem:
    """Return the name of an entry at the beginning of ``text``, or the problem that there is none."""
    found = _NAME.match(text)
    if found is not None:
        return EntryName(code_of(found["code"]), int(found["position"]), text[found.end() :].strip())
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    start = text.index(word)
    message = f'"{word}" names no entry.' if word else "Which entry?"
    return Problem(start, start + len(word), "entry", "ENTRY_UNREADABLE", message, "P-1042#7")
