"""Which words of a line are tokens, and where its note begins.

Words may come in any order up to the first that means nothing here; there the note begins. Punctuation behind a word
is not meaning. A slot that is filled does not take a second word, so that notes which begin with such a word survive:

- A second WHAT or PROGRAM begins the note: ``12m meds call labs were fine`` notes "labs were fine".
- Of several HOW words the one that counts least holds (``call vm``); ``call portal`` is in doubt.
- What looks like a day, a length or a way of contact and is not one for certain is in doubt (``bot.grammar.doubts``):
  it is asked about. Where no other word of the line follows it, the note begins with it.
- A second length with its unit, second times, a second date in digits or another patient's code is a conflict: what
  is billed to whom and when is never guessed.
- A second day word or ``-15``, and a bare number where code and length are both there, begin the note when an unknown
  word follows (``12m meds call 2 refills approved``); otherwise, or right behind the length, they are conflicts.
- A conflict that a note follows stands in that note too.
- A word that looks like a length but cannot be read is a problem while no length was read (``12x``, ``12 units``),
  and begins the note after one (``12m meds 10mg lisinopril started``).
- A quote opens the note at once; tokens may follow it. Quotes followed by other words are part of the note.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from bot.grammar.days import DAY_WORDS
from bot.grammar.doubts import (
    attempt_in_doubt,
    contact_in_doubt,
    contacts_in_doubt,
    day_in_doubt,
    is_no_day,
    read_doubt,
)
from bot.grammar.tokens import (
    Ago,
    Code,
    Day,
    Length,
    Number,
    Slot,
    Token,
    Unreadable,
    Word,
    behind,
    code_of,
    opens_quote,
    read_quoted,
    read_token,
    slots_of,
)
from ledger.rules.facts import Contact

_ATTEMPTS = frozenset({Contact.VOICEMAIL, Contact.NO_ANSWER})
_DISTANCES = frozenset({"walk", "walking", "walked", "run", "dash", "sprint"})
_WORDS_BEFORE_CODE = 3


@dataclass(slots=True)
class Line:
    """A scanned line: its tokens and bare numbers in order, those that contradict an earlier one, and its note."""

    tokens: list[Token] = field(default_factory=list)
    conflicts: list[Token] = field(default_factory=list)
    doubts: list[Unreadable] = field(default_factory=list)
    note: str = ""
    filled: set[Slot] = field(default_factory=set)

    @property
    def numbers(self) -> list[Number]:
        """The bare numbers among the tokens."""
        return [token for token in self.tokens if isinstance(token, Number)]

    @property
    def contacts(self) -> set[Contact]:
        """The ways of contact that it says."""
        meanings = (token.meaning for token in self.tokens if isinstance(token, Word))
        return {meaning for meaning in meanings if isinstance(meaning, Contact)}


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
    attempt = attempt_in_doubt(text, begin, line.contacts)
    if attempt is not None and not opens_quote(text, begin):
        line.doubts.append(attempt)
    line.note = text[begin:].strip()
    return line


def _take_tokens(text: str, position: int, line: Line, find_codes: Callable[[str], Sequence[str]]) -> int:
    """Add the tokens from ``position`` on to ``line``; the offset of the first word that is none."""
    scanner = _Scanner(text, line, find_codes)
    position = scanner.skip_spaces(position)
    if not line.tokens:
        position = scanner.behind_unknown_words(position)
    while position < len(text) and (token := scanner.accepted_token(position)) is not None:
        position = scanner.skip_spaces(token.end)
    return position


class _Scanner:
    def __init__(self, text: str, line: Line, find_codes: Callable[[str], Sequence[str]]) -> None:
        self.text = text
        self.line = line
        self.find_codes = find_codes

    def skip_spaces(self, position: int) -> int:
        """Return the offset of the first character at or behind ``position`` that is neither space nor punctuation."""
        return behind(self.text, position)

    def behind_unknown_words(self, position: int) -> int:
        """Return where the patient's code stands, if no more than a few words that mean nothing stand before it."""
        begin = position
        for _ in range(_WORDS_BEFORE_CODE + 1):
            if position >= len(self.text) or opens_quote(self.text, position):
                return begin
            token = read_token(self.text, position, self._names_patient)
            if isinstance(token, Code) and self.find_codes(code_of(token.text)):
                break
            if token is not None:
                return begin
            word = self.text[position:].split(maxsplit=1)[0]
            position = self.skip_spaces(position + len(word))
        else:
            return begin
        if position > begin:
            unknown = self.text[begin:position].strip()
            message = "means nothing in front of the code. Leave it out, or write it behind the line as the note."
            end = begin + len(unknown)
            self.line.doubts.append(Unreadable(unknown, begin, end, "WORD_UNKNOWN", message, token.text, "note"))
        return position

    def accepted_token(self, position: int) -> Token | None:
        """Return the token at ``position``, stored where it belongs; None where the note begins."""
        token = read_token(self.text, position, self._names_patient)
        if isinstance(token, Day) and is_no_day(self.text, token):
            return None
        doubt = self._doubt(position, token)
        if doubt is not None and doubt.field == "duration_minutes":
            token, doubt = doubt, None
        if doubt is not None:
            self.line.doubts.append(doubt)
            return doubt if self._stands_alone(doubt) else None
        if token is None:
            return None
        if self._fits(token):
            self.line.tokens.append(token)
            self.line.filled |= slots_of(token)
            return token
        if not self._contradicts(token):
            return None
        self.line.conflicts.append(token)
        return token if self._stands_alone(token) or isinstance(token, Unreadable | Code) else None

    def _doubt(self, position: int, token: Token | None) -> Unreadable | None:
        """Return what is in doubt at ``position``, where ``token`` was read."""
        if isinstance(token, Day) and Slot.DAY not in self.line.filled:
            fraction = read_doubt(self.text, position, self.line.filled | {Slot.DAY, Slot.CLOCK})
            return fraction or day_in_doubt(self.text, token, is_followed_by_note=not self._stands_alone(token))
        if isinstance(token, Word) and isinstance(token.meaning, Contact):
            said = self.line.contacts
            both = {token.meaning, *said}
            return contacts_in_doubt(token) if Contact.MESSAGE in both and len(both) > 1 else None
        if token is not None and (self._fits(token) or self._contradicts(token)):
            return None
        if Slot.HOW not in self.line.filled and (unsure := contact_in_doubt(self.text, position)):
            return unsure
        return read_doubt(self.text, position, self.line.filled)

    def _fits(self, token: Token) -> bool:
        match token:
            case Number():
                return self._number_fits(token)
            case Word(meaning=Contact() as contact):
                return contact not in self.line.contacts or self._is_said_again(token)
            case Unreadable():
                return (Slot.CLOCK if token.code.startswith("TIME_") else Slot.LENGTH) not in self.line.filled
            case _:
                return not slots_of(token) & self.line.filled

    def _number_fits(self, token: Number) -> bool:
        free = {Slot.CODE, Slot.LENGTH} - self.line.filled
        if Slot.LENGTH in free:
            return len(free) > len(self.line.numbers)
        return Slot.CODE in free and not self.line.numbers and self._names_patient(token.text)

    def _is_said_again(self, token: Word) -> bool:
        """Return whether a HOW word only repeats the one before it: ``call phone number`` begins the note instead."""
        following = self.skip_spaces(token.end)
        next_token = read_token(self.text, following, self._names_patient)
        is_how = isinstance(next_token, Word) and isinstance(next_token.meaning, Contact)
        return is_how or not self.text[following : following + 1].islower() or following > token.end + 1

    def _contradicts(self, token: Token) -> bool:
        match token:
            case Code():
                return self._names_another_patient(token)
            case Number():
                return self._follows_a_length(token) or self._stands_alone(token)
            case Ago():
                return self._stands_alone(token)
            case Day():
                return token.day.lower() not in DAY_WORDS or self._stands_alone(token)
            case Length():
                following = self.text[self.skip_spaces(token.end) :].split(maxsplit=1)
                return not following or following[0].lower().rstrip(".,;:!") not in _DISTANCES
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
        if next_token is None or isinstance(next_token, Unreadable | Number) or slots_of(next_token) & slots_of(token):
            return False
        return self._fits(next_token)
