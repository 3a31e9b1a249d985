"""Which words of a line are tokens, and where its note begins.

Words may come in any order up to the first that means nothing here; there the note begins. A slot that is filled does
not take a second word, so that notes which begin with such a word survive:

- A second WHAT, HOW or PROGRAM begins the note: ``12m meds call labs were fine`` notes "labs were fine".
- A second length with its unit, second times, a second date in digits or another patient's code is a conflict: what
  is billed to whom and when is never guessed.
- A second day word or ``-15``, and a bare number where code and length are both there, begin the note when an unknown
  word follows (``12m meds call 2 refills approved``); otherwise, or right behind the length, they are conflicts.
- A word that looks like a length but cannot be read is a problem while no length was read (``12x``, ``12 units``),
  and begins the note after one (``12m meds 10mg lisinopril started``).
- A quote opens the note at once; tokens may follow it. Quotes followed by other words are part of the note.
- A dash, colon or bar standing alone opens the note too and is dropped.
"""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from bot.grammar.tokens import (
    Ago,
    Code,
    Day,
    Length,
    Number,
    Slot,
    Token,
    Unreadable,
    code_of,
    opens_quote,
    read_quoted,
    read_token,
    slots_of,
)

_DIVIDER = re.compile(r"^[-–—:|](?=\s|$)")


@dataclass(slots=True)
class Line:
    """A scanned line: its tokens and bare numbers in order, those that contradict an earlier one, and its note."""

    tokens: list[Token] = field(default_factory=list)
    conflicts: list[Token] = field(default_factory=list)
    note: str = ""
    filled: set[Slot] = field(default_factory=set)

    @property
    def numbers(self) -> list[Number]:
        """The bare numbers among the tokens."""
        return [token for token in self.tokens if isinstance(token, Number)]


def scan(text: str, find_codes: Callable[[str], Sequence[str]], known: Line | None = None) -> Line:
    """Return ``text`` taken apart by the rules above; ``find_codes`` names the patients a typed word may mean.

    What stands in ``known`` was said before the text began: a word that says it again is a second one.
    """
    line = known or Line()
    begin = _take_tokens(text, 0, line, find_codes)
    if opens_quote(text, begin):
        note, end = read_quoted(text, begin)
        whole = deepcopy(line)
        if _take_tokens(text, end, whole, find_codes) == len(text):
            whole.note = note.strip()
            return whole
    line.note = _DIVIDER.sub("", text[begin:], count=1).strip()
    return line


def _take_tokens(text: str, position: int, line: Line, find_codes: Callable[[str], Sequence[str]]) -> int:
    """Add the tokens from ``position`` on to ``line``; the offset of the first word that is none."""
    scanner = _Scanner(text, line, find_codes)
    position = scanner.skip_spaces(position)
    while position < len(text) and (token := scanner.accepted_token(position)) is not None:
        position = scanner.skip_spaces(token.end)
    return position


class _Scanner:
    def __init__(self, text: str, line: Line, find_codes: Callable[[str], Sequence[str]]) -> None:
        self.text = text
        self.line = line
        self.find_codes = find_codes

    def skip_spaces(self, position: int) -> int:
        """Return the offset of the first character at or behind ``position`` that is no white space."""
        return len(self.text) - len(self.text[position:].lstrip())

    def accepted_token(self, position: int) -> Token | None:
        """Return the token at ``position``, stored where it belongs; None where the note begins."""
        token = read_token(self.text, position, self._names_patient)
        if token is None:
            return None
        if self._fits(token):
            self.line.tokens.append(token)
            self.line.filled |= slots_of(token)
        elif self._contradicts(token):
            self.line.conflicts.append(token)
        else:
            return None
        return token

    def _fits(self, token: Token) -> bool:
        match token:
            case Number():
                return self._number_fits(token)
            case Unreadable():
                return (Slot.CLOCK if token.code.startswith("TIME_") else Slot.LENGTH) not in self.line.filled
            case _:
                return not slots_of(token) & self.line.filled

    def _number_fits(self, token: Number) -> bool:
        free = {Slot.CODE, Slot.LENGTH} - self.line.filled
        if Slot.LENGTH in free:
            return len(free) > len(self.line.numbers)
        return Slot.CODE in free and not self.line.numbers and self._names_patient(token.text)

    def _contradicts(self, token: Token) -> bool:
        match token:
            case Code():
                return self._names_another_patient(token)
            case Number():
                return self._follows_a_length(token) or self._stands_alone(token)
            case Ago():
                return self._stands_alone(token)
            case Day():
                return token.text[0].isdigit() or self._stands_alone(token)
            case _:
                return Slot.LENGTH in slots_of(token) or Slot.CLOCK in slots_of(token)

    def _names_patient(self, word: str) -> bool:
        return Slot.CODE not in self.line.filled and bool(self.find_codes(word))

    def _names_another_patient(self, token: Code) -> bool:
        named = set(self.find_codes(code_of(token.text)))
        first = next((known for known in self.line.tokens if isinstance(known, Code)), None)
        return bool(named) and first is not None and named != set(self.find_codes(code_of(first.text)))

    def _follows_a_length(self, token: Token) -> bool:
        last = self.line.tokens[-1] if self.line.tokens else None
        between = self.text[last.end : token.start] if last else ""
        return isinstance(last, Length | Number) and not between.strip()

    def _stands_alone(self, token: Token) -> bool:
        """Return whether the end, a quote or another token comes next, so that ``token`` cannot begin a note."""
        following = self.skip_spaces(token.end)
        if following == len(self.text) or opens_quote(self.text, following):
            return True
        next_token = read_token(self.text, following, self._names_patient)
        return next_token is not None and not isinstance(next_token, Unreadable | Number) and self._fits(next_token)
