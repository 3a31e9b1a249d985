"""The words of a line that mean something, each read at one position of the text without looking at the others.

Beside them what can stand around a note: quotes, and Slack's escapes.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.grammar.clock import CLOCK, ClockTime, minutes_between, read_clock, settle_halves
from bot.grammar.days import DAY
from bot.grammar.vocabulary import MEASURES, longest_phrase, meaning_of
from ledger.rules.facts import Activity, Contact, Program

MAX_MINUTES = 24 * 60
"""An entry is never longer than 24 hours (billing-rules E4)."""

_UNITS = ("minutes", "minute", "hours", "hour")
_HALF_DAY_MINUTES = 12 * 60
_CLOSE = r"[.,;:!…–—-]*(?:\s|$)"
_END = rf"(?={_CLOSE}|[.,;:–—…]+(?=[^\W\d_]))"
"""The end of a word of the line: punctuation behind it is not meaning, with or without a space before the next word."""
_NUMBER_END = rf"(?={_CLOSE})"
_PUNCTUATION = re.compile(r"[.,;:!…–—-]*(?:\s+(?:[.,;:|–—-]+(?=\s|$))?)*")
_MINUTE_UNIT = r"(?:minutes|minute|mins|min|m)"
_HOUR_UNIT = r"(?:hours|hour|hrs|hr|h)"

_DASH = "[-–—−]"  # noqa: RUF001 phones type real dashes and minus signs
_TIMES = re.compile(
    rf"(?:(?:at|from)\s+)?(?P<first>{CLOCK})(?P<dash>\s*{_DASH}\s*|\s+to\s+)(?P<last>{CLOCK}){_END}", re.IGNORECASE
)
_AT = re.compile(rf"(?:at\s+|@\s*)(?P<clock>{CLOCK}){_END}", re.IGNORECASE)
_COLON_MINUTES = re.compile(rf":(?P<minutes>[0-5][0-9]){_END}")
_DECIMAL = re.compile(
    rf"(?P<whole>[0-9]{{0,4}})[.,](?P<part>[0-9]{{1,2}})\s*(?:(?P<hours>{_HOUR_UNIT})|{_MINUTE_UNIT}){_END}",
    re.IGNORECASE,
)
_HOURS_COLON_MINUTES = re.compile(rf"(?P<hours>[0-9]{{1,2}}):(?P<minutes>[0-9]{{2}})(?!\s*{_DASH}){_END}")
"""As a length; ``10:00-`` is the begin of times, whose end is still to be said."""
_HOURS = re.compile(
    rf"(?P<hours>[0-9]{{1,2}})\s*{_HOUR_UNIT}"
    rf"(?:\.?\s*(?P<minutes>[0-9]{{1,2}})\s*{_MINUTE_UNIT}|(?P<bare>[0-9]{{1,2}}))?{_END}",
    re.IGNORECASE,
)
_MINUTES = re.compile(rf"(?P<minutes>[0-9]{{1,4}})\s*{_MINUTE_UNIT}{_END}", re.IGNORECASE)
_NUMBER = re.compile(rf"[0-9]{{1,9}}{_NUMBER_END}")
_NUMBER_OF_SOMETHING = re.compile(rf"[0-9]{{1,9}}\s+(?P<measure>\S+){_END}")
_AGO = re.compile(rf"{_DASH}(?P<minutes>[0-9]{{1,4}})(?!\s*{_MINUTE_UNIT}{_END}){_END}", re.IGNORECASE)
_DAY = re.compile(
    r"(?:(?:on|for|dos|d/o/s|dated?(?:\s+of\s+service)?|service\s+date)(?:\s*:\s*|\s+))?"
    rf"(?P<day>{DAY}){_END}",
    re.IGNORECASE,
)
_CODE_WORD = re.compile(rf"\S*?[^\s.,;:]{_NUMBER_END}")
_BEFORE_CODE = re.compile(r"(?:(?P<patient>patient|pt)[.:]?|for)\s+", re.IGNORECASE)
_CODE = re.compile(rf"[A-Za-z]{{1,3}}[-‐‑‒–—_]?[0-9]+{_END}")  # noqa: RUF001 phones type real hyphens and dashes
_WORD = re.compile(r"\S+")
_PHRASE_WORD = re.compile(r"\s*[^\s.,;:!…–—]*[^\s.,;:!…–—-]")
_END_OF_PHRASE = re.compile(_END)
BACK = r"\s+(?:(?:her|him|them|pt|patient)\s+)?back\b"
"""What makes of ``call`` one that is to be made, perhaps: as a pattern."""
_BACK = re.compile(BACK, re.IGNORECASE)
_TWO_HOURS = re.compile(rf"([0-9]{{1,2}}){_DASH}([0-9]{{1,2}})$")
_UNREADABLE = re.compile(rf"{_DASH}[0-9]+\s*{_MINUTE_UNIT}{_END}|(?:{_DASH}|[+.:])?[0-9]\S*", re.IGNORECASE)
_CLOSERS = {'"': '"', "“": '”“"', "”": '”“"', "„": '”“"'}
_SLACK_ESCAPE = re.compile(r"&(?:amp|lt|gt);")
_UNESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


class Slot(StrEnum):
    """The parts of a line that can be said once each."""

    CODE = "code"
    LENGTH = "length"
    WHAT = "what"
    HOW = "how"
    DAY = "day"
    CLOCK = "clock"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase that means something: ``text`` is what stands at ``start`` up to ``end``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Code(Token):
    """A word with the shape of a patient code, or one that names a patient."""


@dataclass(frozen=True, slots=True)
class Length(Token):
    """A length with its unit, or as h:mm. ``minutes`` is 1 to ``MAX_MINUTES``."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Times(Token):
    """From one time of day to another, perhaps across midnight."""

    first: ClockTime
    last: ClockTime


@dataclass(frozen=True, slots=True)
class At(Token):
    """The time of day at which the work began."""

    clock: ClockTime


@dataclass(frozen=True, slots=True)
class Ago(Token):
    """The work ended so many minutes ago."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Day(Token):
    """A day, not yet resolved to a date: ``day`` is what matches ``bot.grammar.days.DAY``."""

    day: str
    has_preposition: bool = False


@dataclass(frozen=True, slots=True)
class Word(Token):
    """A word of the tables in ``bot.grammar.vocabulary``."""

    meaning: Activity | Contact | Program


@dataclass(frozen=True, slots=True)
class Number(Token):
    """A bare number: a code or a length, which only the whole line can tell."""


@dataclass(frozen=True, slots=True)
class Unreadable(Token):
    """A word that looks like a part of the line, but cannot be read as one for certain.

    ``code``, ``message`` and ``example`` are those of the problem to report, ``field`` is what it would fill.
    """

    code: str = "LENGTH_UNREADABLE"
    message: str = "cannot be read as a length, so nothing is assumed."
    example: str = "12m"
    field: str = "duration_minutes"


_FILLS: Mapping[type[Token] | type[str], frozenset[Slot]] = {
    Code: frozenset({Slot.CODE}),
    Length: frozenset({Slot.LENGTH}),
    Times: frozenset({Slot.LENGTH, Slot.CLOCK}),
    At: frozenset({Slot.CLOCK}),
    Ago: frozenset({Slot.CLOCK}),
    Day: frozenset({Slot.DAY}),
    Activity: frozenset({Slot.WHAT}),
    Contact: frozenset({Slot.HOW}),
    Program: frozenset({Slot.PROGRAM}),
}


def behind(text: str, position: int) -> int:
    """Return the offset of the next word: behind punctuation, spaces and dashes that stand alone."""
    found = _PUNCTUATION.match(text, position)
    return found.end() if found else position


def slots_of(token: Token) -> frozenset[Slot]:
    """Return what ``token`` fills.

    A bare number, which may be a code or a length, and an unreadable word fill nothing.
    """
    return _FILLS.get(type(token.meaning if isinstance(token, Word) else token), frozenset())


def read_token(text: str, position: int, names_patient: Callable[[str], bool]) -> Token | None:
    """Return the token that begins at ``position``, or None where a note begins.

    ``names_patient`` knows patient codes of any shape; ``P-1042`` is taken for one whether it is known or not.
    """
    for read in (_read_times, _read_length, _read_at, _read_ago, _read_day, _read_number, _read_word):
        token = read(text, position)
        if token is not None:
            return token
    return read_code(text, position, names_patient) or _read_unreadable(text, position)


def code_of(word: str) -> str:
    """Return a typed code with plain hyphens in place of the dashes phones put there."""
    return re.sub("[‐‑‒–—]", "-", word)  # noqa: RUF001 as above


def _token_at(found: re.Match[str]) -> tuple[str, int, int]:
    return found.group(), found.start(), found.end()


def _read_times(text: str, position: int) -> Token | None:
    found = _TIMES.match(text, position)
    if found is None:
        return None
    first, last = read_clock(found["first"]), read_clock(found["last"])
    if not _is_range(first, found["dash"], last):
        return None
    return _times(found, first, last)


def _is_range(first: ClockTime, dash: str, last: ClockTime) -> bool:
    """Return whether two numbers are times: ``10-12`` are not, ``10-12pm``, ``10-10:20`` are, ``10 -12pm`` are not."""
    if first.has_minutes or first.half:
        return last.has_minutes or bool(last.half)
    return (last.has_minutes or bool(last.half)) and dash == dash.strip()


def _times(found: re.Match[str], first: ClockTime, last: ClockTime) -> Token:
    example = "10:05-10:17"
    settled = settle_halves(first, last) if first.exists and last.exists else (first, last)
    if settled is None:
        message = "could be morning or afternoon. Write am or pm."
        return Unreadable(*_token_at(found), "TIME_AMBIGUOUS", message, "2:05pm-2:17pm")
    first, last = settled
    if not (first.exists and last.exists):
        return Unreadable(*_token_at(found), "TIME_UNREADABLE", "holds a time that no clock shows.", example)
    minutes = minutes_between(first, last)
    if minutes == 0:
        return Unreadable(*_token_at(found), "LENGTH_UNREADABLE", "ends when it begins.", example)
    if last.as_time() < first.as_time() and minutes > _HALF_DAY_MINUTES:
        return Unreadable(*_token_at(found), "TIMES_REVERSED", "ends before it begins.", example)
    return Times(*_token_at(found), first, last)


def _read_length(text: str, position: int) -> Token | None:
    decimal = _DECIMAL.match(text, position)
    if decimal is not None:
        return _decimal_length(decimal)
    colon = _COLON_MINUTES.match(text, position)
    if colon is not None:
        return length_of(*_token_at(colon), int(colon["minutes"]))
    clock = _HOURS_COLON_MINUTES.match(text, position)
    if clock is not None:
        return _length(clock, int(clock["hours"]), int(clock["minutes"]))
    hours = _HOURS.match(text, position)
    if hours is not None:
        return _length(hours, int(hours["hours"]), int(hours["minutes"] or hours["bare"] or 0))
    minutes = _MINUTES.match(text, position)
    if minutes is not None:
        return length_of(*_token_at(minutes), int(minutes["minutes"]))
    return None


def _decimal_length(found: re.Match[str]) -> Token:
    """Return a length written with a decimal, where it comes to whole minutes; ``1.5h`` does, ``12.5m`` does not."""
    whole, part = int(found["whole"] or 0), found["part"]
    hundredths = (whole * 100 + int(part.ljust(2, "0"))) * (60 if found["hours"] else 1)
    minutes, rest = divmod(hundredths, 100)
    if rest:
        return Unreadable(*_token_at(found), message="does not come to whole minutes.", example=spelled(minutes))
    return length_of(*_token_at(found), minutes)


def spelled(minutes: int) -> str:
    """Return a length as it is best typed: ``1h30m``, ``12m``."""
    hours, rest = divmod(max(minutes, 1), 60)
    return "".join((f"{hours}h" if hours else "", f"{rest}m" if rest else ""))


def _length(found: re.Match[str], hours: int, minutes: int) -> Token:
    if minutes >= 60:  # noqa: PLR2004 an hour
        return Unreadable(*_token_at(found), "LENGTH_UNREADABLE", "has more than 59 minutes beside its hours.", "1h5m")
    return length_of(*_token_at(found), hours * 60 + minutes)


def length_of(text: str, start: int, end: int, minutes: int) -> Length | Unreadable:
    """Return a length of so many minutes, or why it is none: under 1 minute (E2) or over 24 hours (E4)."""
    if minutes < 1:
        return Unreadable(text, start, end, "LENGTH_UNREADABLE", "is less than a minute.", "12m")
    if minutes > MAX_MINUTES:
        return Unreadable(text, start, end, "LENGTH_TOO_LONG", "is longer than 24 hours.", "12m")
    return Length(text, start, end, minutes)


def _read_at(text: str, position: int) -> Token | None:
    found = _AT.match(text, position)
    if found is None:
        return None
    clock = read_clock(found["clock"])
    if not (clock.has_minutes or clock.half):
        return None
    if not clock.exists:
        return Unreadable(*_token_at(found), "TIME_UNREADABLE", "is a time that no clock shows.", "at 14:05")
    if clock.is_in_doubt:
        message = "could be morning or afternoon. Write am or pm."
        return Unreadable(*_token_at(found), "TIME_AMBIGUOUS", message, "at 2:05pm")
    return At(*_token_at(found), clock)


def _read_ago(text: str, position: int) -> Token | None:
    found = _AGO.match(text, position)
    if found is None or int(found["minutes"]) > MAX_MINUTES:
        return None
    return Ago(*_token_at(found), int(found["minutes"]))


def _read_day(text: str, position: int) -> Token | None:
    found = _DAY.match(text, position)
    return Day(*_token_at(found), found["day"], found.start() < found.start("day")) if found else None


def _read_number(text: str, position: int) -> Token | None:
    counted = _NUMBER_OF_SOMETHING.match(text, position)
    measure = counted["measure"].lower().rstrip(".,;") if counted else ""
    if counted is not None and (measure in MEASURES or difflib.get_close_matches(measure, _UNITS, cutoff=0.8)):
        return Unreadable(*_token_at(counted))
    found = _NUMBER.match(text, position)
    return Number(*_token_at(found)) if found else None


def _read_word(text: str, position: int) -> Token | None:
    longest: Token | None = None
    end = position
    for _ in range(longest_phrase()):
        following = _PHRASE_WORD.match(text, end)
        if following is None:
            break
        end = following.end()
        meaning = meaning_of(text[position:end]) if _END_OF_PHRASE.match(text, end) else None
        if meaning is not None and not (meaning is Contact.LIVE and _BACK.match(text, end)):
            longest = Word(text[position:end], position, end, meaning)
    return longest


def read_code(text: str, position: int, names_patient: Callable[[str], bool]) -> Code | None:
    """Return the patient code at ``position``, known or not where it has the usual shape; None where there is none."""
    before = _BEFORE_CODE.match(text, position)
    begin = before.end() if before else position
    shaped = _CODE.match(text, begin)
    if shaped is not None:
        return Code(*_token_at(shaped))
    found = _CODE_WORD.match(text, begin)
    if found is None or (before and not before["patient"]) or not any(char.isdigit() for char in found.group()):
        return None
    return Code(*_token_at(found)) if names_patient(code_of(found.group())) else None


def _read_unreadable(text: str, position: int) -> Token | None:
    found = _UNREADABLE.match(text, position)
    if found is None:
        return None
    hours = _TWO_HOURS.match(found.group())
    number = int(next(iter(re.findall("[0-9]{1,9}", found.group())), 0))
    nearest = f"{hours[1]}:00-{hours[2]}:00" if hours else f"{number}m"
    return Unreadable(*_token_at(found), example=nearest if hours or 0 < number <= MAX_MINUTES else "12m")


def opens_quote(text: str, position: int) -> bool:
    """Return whether a quoted note begins at ``position``."""
    return text[position : position + 1] in _CLOSERS


def read_quoted(text: str, position: int) -> tuple[str, int]:
    """Return what stands in the quotes that open at ``position``, and the offset behind them.

    Straight quotes doubled inside straight ones stand for one. Where nothing closes the quote it holds all the rest.
    """
    opener = text[position]
    closers = _CLOSERS[opener]
    at = position + 1
    while at < len(text):
        if opener == '"' and text.startswith('""', at):
            at += 2
        elif text[at] in closers:
            return _undouble(text[position + 1 : at], opener), at + 1
        else:
            at += 1
    return _undouble(text[position + 1 :], opener), len(text)


def quoted(note: str) -> str:
    """Return ``note`` as ``read_quoted`` and ``unescape`` read it back."""
    escaped = _SLACK_ESCAPE.sub(lambda found: "&amp;" + found.group()[1:], note)
    return '"' + escaped.replace('"', '""') + '"'


def unescape(text: str) -> str:
    """Return ``text`` with Slack's three escapes undone (docs.slack.dev, "Formatting message text", escaping)."""
    return _SLACK_ESCAPE.sub(lambda found: _UNESCAPED[found.group()], text)


def _undouble(text: str, opener: str) -> str:
    return text.replace('""', '"') if opener == '"' else text
