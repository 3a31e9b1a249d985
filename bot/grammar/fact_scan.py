"""Which words of a line about a fact say which part of it.

Words come in any order. A word that says nothing here is a problem, except in a line that ends in a rationale: there
it begins the rationale, as a note begins in ``bot.grammar.scan``, and so does a quote.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.grammar.clock import CLOCK
from bot.grammar.days import DAY
from bot.grammar.fact_lists import read_list
from bot.grammar.fact_vocabulary import FILLERS, FactChoice, Part, Shape
from bot.grammar.months import MONTH_NUMBERS, parse_month
from bot.grammar.tokens import Code, Token, behind, code_of, opens_quote, read_code, read_quoted
from bot.grammar.vocabulary import meaning_of
from ledger.rules.facts import Program
from ledger.values.phrases import ALL, phrase_of

_END = r"(?=[.,;:]*(?:\s|$))"
_WORD = re.compile(r"\S+")
_TWO_WORDS = re.compile(r"\S+\s+\S+")
_COUNTED = re.compile(rf"[0-9]+\s+days?{_END}", re.IGNORECASE)
_NUMBER = re.compile(rf"[0-9]{{1,9}}{_END}")
_DAY = re.compile(rf"(?P<day>{DAY}){_END}", re.IGNORECASE)
_SPAN = re.compile(rf"(?P<day>{DAY})(?:\.\.|(?<=/[0-9])[-–]|(?<=/[0-9][0-9])[-–])(?P<last>{DAY}){_END}", re.IGNORECASE)
"""Days in a row: with two dots, or a dash between dates that have none."""
_MONTH_NAME = re.compile(rf"(?:{'|'.join(MONTH_NUMBERS)})", re.IGNORECASE)
_DAY_AND_TIME = re.compile(
    rf"(?P<day>{DAY})(?:T|\s+(?:at\s+|@\s*)?)(?P<clock>{CLOCK}){_END}",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"^[-–—:|]\s+")
_MOST_DAYS_OF_A_MONTH = 31


@dataclass(frozen=True, slots=True)
class Said(Token):
    """A word or phrase that fills ``part``. Of a day, ``day`` and ``clock`` are as typed."""

    part: Part
    value: FactChoice | Program | date | int | str | None = None
    day: str = ""
    clock: str = ""
    last: str = ""
    """Of days in a row the last, as typed."""


@dataclass(slots=True)
class FactWords:
    """A line taken apart: what fills each part, and the words that do not fit, with why."""

    said: dict[Part, Said] = field(default_factory=dict)
    surplus: list[tuple[Said, Said]] = field(default_factory=list)
    """A word that fills a part again, and the one that filled it."""
    unknown: list[Token] = field(default_factory=list)
    dangling: list[Token] = field(default_factory=list)
    """Words such as ``until`` without a date behind them."""
    lonely: list[tuple[Token, Part, str]] = field(default_factory=list)
    """Words such as ``copy`` with nothing behind them: what they would fill, and how they are written."""
    dates: list[Said] = field(default_factory=list)
    """Days of which a line may name several."""
    rationale: str = ""


def scan_fact(text: str, shape: Shape, today: date, find_codes: Callable[[str], Sequence[str]]) -> FactWords:
    """Return ``text`` taken apart by ``shape``; ``find_codes`` names the patients a typed word may mean."""
    scanner = _Scanner(text, shape, today, find_codes)
    position = scanner.skip_spaces(0)
    while position < len(text):
        end = scanner.take(position)
        if end is None:
            scanner.words.rationale = _rationale(text, position)
            break
        position = scanner.skip_spaces(end)
    return scanner.finished()


def _rationale(text: str, begin: int) -> str:
    if opens_quote(text, begin):
        quoted, end = read_quoted(text, begin)
        if not text[end:].strip():
            return quoted.strip()
    return _DIVIDER.sub("", text[begin:], count=1).strip()


class _Scanner:
    def __init__(self, text: str, shape: Shape, today: date, find_codes: Callable[[str], Sequence[str]]) -> None:
        self.text = text
        self.shape = shape
        self.today = today
        self.find_codes = find_codes
        self.words = FactWords()
        self.expected: tuple[Part, Token] | None = None
        """The part that the next date fills, and the word that said so."""
        self.choices = {word: choice for choice, words in shape.choices.items() for word in words}
        self.has_shaped_code = any(read_code(word, 0, lambda _: False) for word in text.split())

    def skip_spaces(self, position: int) -> int:
        """Return the offset of the first character at or behind ``position`` that is neither space nor punctuation."""
        return behind(self.text, position)

    def take(self, position: int) -> int | None:
        """Take the word or phrase at ``position``; the offset behind it, or None where the rationale begins."""
        has_rationale = Part.RATIONALE in self.shape.parts
        if has_rationale and opens_quote(self.text, position):
            return None
        word = self._word(position)
        end = self._announced(word)
        if end is not None:
            return end
        said = self._read(position)
        if said is not None:
            if has_rationale and said.part in self.words.said and said.part is not Part.CODE:
                return None
            self._add(said)
        elif has_rationale:
            return None
        elif _plain(word.text) not in FILLERS | self.shape.fillers:
            self.words.unknown.append(word)
        return (said or word).end

    def finished(self) -> FactWords:
        """Return all that was found."""
        self._drop_expected()
        return self.words

    def _announced(self, word: Token) -> int | None:
        """Take a word that says what the next is; the offset behind what was taken, None where it is no such word."""
        plain = _plain(word.text)
        if plain in self.shape.behind:
            self._drop_expected()
            self.expected = (self.shape.behind[plain], word)
            return word.end
        return self._name(word, self.shape.names[plain]) if plain in self.shape.names else self._list(word.start)

    def _add(self, said: Said) -> None:
        """Keep what was said, as one too many where its part is filled."""
        known = self.words.said.get(said.part)
        if said.part is Part.DATES:
            self.words.dates.append(said)
        elif known is None or (said.part is Part.ELEMENTS and known.value == ALL):
            self.words.said[said.part] = said
        elif said.part is not Part.ELEMENTS or said.value != ALL:  # "complete" beside what is missing says no more
            self.words.surplus.append((said, known))

    def _name(self, word: Token, part: Part) -> int:
        """Take what stands behind ``word`` as somebody's name; the offset behind it."""
        named = self._word(self.skip_spaces(word.end))
        text = named.text.rstrip(".,;:")
        if not text:
            self.words.lonely.append((word, part, f"{word.text} nurse1"))
            return word.end
        self._add(Said(named.text, named.start, named.end, part, text))
        return named.end

    def _list(self, position: int) -> int | None:
        """Take a word that announces others, and these; the offset behind them, None where there is no such word."""
        read = read_list(self.text, position, self.shape.lists)
        if read is None:
            return None
        found, listing = read
        self.words.unknown += found.unknown
        text = self.text[position : found.end]
        for part, value in found.values(listing).items():
            self._add(Said(text, position, found.end, part, value))
        if not found.named and not found.unknown:
            part, words = list(listing.parts.items())[-1]
            self.words.lonely.append((found.announced, part, f"{found.announced.text}:{next(iter(words))}"))
        return found.end

    def _drop_expected(self) -> None:
        if self.expected is not None:
            self.words.dangling.append(self.expected[1])
            self.expected = None

    def _word(self, position: int) -> Token:
        found = _WORD.match(self.text, position)
        end = found.end() if found else len(self.text)
        return Token(self.text[position:end], position, end)

    def _read(self, position: int) -> Said | None:
        readers = (self._flag, self._choice, self._program, self._month, self._day, self._number, self._code)
        return next((said for read in readers if (said := read(position)) is not None), None)

    def _choice(self, position: int) -> Said | None:
        for phrase in self._phrases(position):
            choice = self.choices.get(phrase_of(_plain(phrase)))
            if choice is not None and not (Part.CHOICE in self.words.said and self._program(position)):
                return Said(phrase, position, position + len(phrase), Part.CHOICE, choice)
        return None

    def _flag(self, position: int) -> Said | None:
        for phrase in self._phrases(position):
            flag = self.shape.flags.get(phrase_of(_plain(phrase)))
            if flag is not None:
                return Said(phrase, position, position + len(phrase), flag[0], flag[1])
        return None

    def _phrases(self, position: int) -> tuple[str, ...]:
        """Return the two words at ``position``, where there are two, and the one."""
        two = _TWO_WORDS.match(self.text, position)
        return (*([two.group()] if two else []), self._word(position).text)

    def _program(self, position: int) -> Said | None:
        word = self._word(position)
        meaning = meaning_of(_plain(word.text)) if Part.PROGRAM in self.shape.parts else None
        program = meaning if isinstance(meaning, Program) else None
        return Said(word.text, word.start, word.end, Part.PROGRAM, program) if program else None

    def _month(self, position: int) -> Said | None:
        is_day = self.expected is not None or _NUMBER.match(self.text, position)
        if Part.MONTH not in self.shape.parts or is_day:
            return None
        for phrase in self._phrases(position):
            month = parse_month(phrase, today=self.today)
            if isinstance(month, date):
                return Said(phrase, position, position + len(phrase), Part.MONTH, month)
        return None

    def _day(self, position: int) -> Said | None:
        if Part.FIRST not in self.shape.parts:
            return None
        span = _SPAN.match(self.text, position) if Part.DATES in self.shape.parts and self.expected is None else None
        if span is not None:
            return Said(span.group(), position, span.end(), Part.DATES, None, span["day"], last=span["last"])
        timed = _DAY_AND_TIME.match(self.text, position) if self.shape.has_times else None
        if timed is not None and not re.search("[:apAP]", timed["clock"]):
            timed = None
        found = timed or _DAY.match(self.text, position)
        if found is None or self._is_month_or_count(found.group()):
            return None
        clock = timed["clock"] if timed else ""
        return Said(found.group(), found.start(), found.end(), self._part_of_day(), None, found["day"], clock)

    def _is_month_or_count(self, text: str) -> bool:
        """Return whether ``text`` is a count of days beside a month, ``18 nov``, where the line may have both."""
        has_both = Part.MONTH in self.shape.parts and self.expected is None
        return has_both and _MONTH_NAME.search(text) is not None

    def _part_of_day(self) -> Part:
        """Return which day a date is.

        The one that was announced, else the first, or the last where two stand in a row.
        """
        if self.expected is not None:
            part, self.expected = self.expected[0], None
            return part
        if Part.DATES in self.shape.parts:
            return Part.DATES
        is_second = Part.FIRST in self.words.said and self.shape.days_in_a_row > 1
        return Part.LAST if is_second else Part.FIRST

    def _number(self, position: int) -> Said | None:
        """Return a bare number: a code where it names a patient and no code is written elsewhere.

        Otherwise it is a count of days.
        """
        found = _NUMBER.match(self.text, position)
        if found is None:
            return None
        number, counts = int(found.group()), Part.DAYS in self.shape.parts
        is_counted = counts and _COUNTED.match(self.text, position) is not None
        may_be_code = Part.CODE not in self.words.said and not is_counted and not (counts and self.has_shaped_code)
        is_no_count = not counts or number > _MOST_DAYS_OF_A_MONTH or Part.DAYS in self.words.said
        needs_match = Part.RATIONALE in self.shape.parts
        if may_be_code and (self.find_codes(found.group()) or (is_no_count and not needs_match)):
            return Said(found.group(), found.start(), found.end(), Part.CODE)
        return Said(found.group(), found.start(), found.end(), Part.DAYS, number) if counts else None

    def _code(self, position: int) -> Said | None:
        token = read_code(self.text, position, lambda word: bool(self.find_codes(word)))
        if token is None or self._is_no_second_code(token):
            return None
        return Said(token.text, token.start, token.end, Part.CODE)

    def _is_no_second_code(self, token: Code) -> bool:
        """Return whether a code is there already and this word, in a rationale, names nobody (``B12 deficiency``)."""
        is_second = Part.CODE in self.words.said and Part.RATIONALE in self.shape.parts
        return is_second and not self.find_codes(code_of(token.text))


def _plain(word: str) -> str:
    return word.lower().rstrip(".,;:")
