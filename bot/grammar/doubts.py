"""What looks like a day, a time, a length or a way of contact where a note would begin, and is not one for certain.

It never becomes note in silence: it is asked about, unless quotes say that it is note (slack-experience, "One line").
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.grammar.clock import CLOCK
from bot.grammar.days import DAY
from bot.grammar.months import MONTH_NUMBERS
from bot.grammar.tokens import BACK, Day, Slot, Token, Unreadable, behind, spelled
from bot.grammar.vocabulary import MEASURES, WEEKDAYS
from ledger.rules.facts import Contact

_IN_QUOTES = "If the note begins so, put it in quotes."
_NOT_UNDERSTOOD = "looks like {} and cannot be read as one for certain."
_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_WHOLE_MONTH = "|".join(MONTH_NUMBERS.keys() - {"mar", "march", "may", "jan", "dec", "sep", "jun"})
_IN_FRONT = (
    r"(?:(?:early|earlier|late|dated|done|made|as\s+of|eod|back-?dated?|it\s+was|this\s+was|was|entered|actually)"
    r"\s*:?\s+)"
)
"""Words that stand before a day when they are not the note's."""
_MONTH_NUMBER, _DATE_NUMBER = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_LONG_DAY_WORDS = ("yesterday", "tomorrow", *(word for word in WEEKDAYS if word.endswith("day")))
_LIKE_ENOUGH = 0.8

_NUMBER_WORDS = {
    **{word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)},  # noqa: SIM905 as quoted words, 10 lines
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fortyfive": 45,
    "sixty": 60,
}
_FRACTIONS = {"half": 30, "1/2": 30, "quarter": 15, "1/4": 15, "3/4": 45, "": 60, "1": 60, "one": 60}
_HOUR = r"(?:hours?|hrs?|h)\b"
_MINUTE = r"(?:minutes?|mins?|m)\b"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Something that looks like one of the ``slot``, as a pattern, and how it might be written."""

    pattern: re.Pattern[str]
    slot: Slot
    looks_like: str
    example: Callable[[re.Match[str]], str]


def _pattern(pattern: str, slot: Slot, looks_like: str, example: str | Callable[[re.Match[str]], str]) -> _Pattern:
    written = example if callable(example) else lambda _found: example
    return _Pattern(re.compile(pattern, re.IGNORECASE), slot, looks_like, written)


def _fraction_of_an_hour(found: re.Match[str]) -> str:
    return spelled(_FRACTIONS[found["part"].lower() if found["part"] else ""])


def _number_of_minutes(found: re.Match[str]) -> str:
    return f"{_NUMBER_WORDS[found['number'].lower()]}m"


_A_DAY, _A_LENGTH, _A_TIME = "a day", "a length", "a time of day"
_PATTERNS = (
    _pattern(
        rf"(?P<part>half|1/2|quarter|1/4|3/4|one|1)?\s*(?:an?|of\s+an)?\s*(?<![a-z]){_HOUR}"
        r"(?:\s+and\s+a\s+(?:half|quarter))?",
        Slot.LENGTH,
        _A_LENGTH,
        _fraction_of_an_hour,
    ),
    _pattern(rf"(?P<number>{'|'.join(_NUMBER_WORDS)})\s+{_MINUTE}", Slot.LENGTH, _A_LENGTH, _number_of_minutes),
    _pattern(
        rf"(?:~|≈|\+|>|<|about|around|approx\.?|ca\.?|roughly)\s*(?P<number>[0-9]{{1,3}})\s*(?:{_MINUTE})?",
        Slot.LENGTH,
        _A_LENGTH,
        lambda found: f"{found['number']}m",
    ),
    _pattern(r"(?:a\s+while|some\s+time|a\s+few\s+min\w*|a\s+couple\s+of\s+min\w*)\b", Slot.LENGTH, _A_LENGTH, "12m"),
    _pattern(rf"next\s+(?:week|month|{_WEEKDAY})\b|tomorrow\b|tm[rw]w?\b", Slot.DAY, "a day ahead", "today"),
    _pattern(
        rf"{_IN_FRONT}*(?:last|this|earlier\s+this)\s+(?:night|week|weekend|month)\b|the\s+other\s+day\b|"
        r"the\s+day\s+before\b|(?:wk|week|day|month)s?\s+ago\b|yest\b|"
        r"yesterday['\u2019]?s\s+(?:call|visit|contact|work|time)\b|"
        r"(?:an?|one|two|few|a\s+few|couple|a\s+couple|[0-9]+)\s+(?:of\s+)?(?:days?|weeks?|wks?|months?)\s+(?:ago|back)\b",
        Slot.DAY,
        _A_DAY,
        "11/03",
    ),
    _pattern(r"(?:on\s+)?(?:the\s+)?[0-9]{1,2}(?:st|nd|rd|th)\b", Slot.DAY, _A_DAY, "11/03"),
    _pattern(
        rf"(?:[(\[@]\s*(?:on\s+)?|from\s+|{_IN_FRONT}+(?:(?:for|on)\s+)?|late\s+entry\W+(?:(?:for|from|of)\s+)?)(?:{DAY})|late\s+entry\b",
        Slot.DAY,
        _A_DAY,
        "11/03",
    ),
    _pattern(rf"(?:in\s+)?(?:{_WHOLE_MONTH})\b|[0-9]{{1,2}}/20[0-9]{{2}}\b", Slot.DAY, _A_DAY, "11/03"),
    _pattern(r"20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}T[0-9]\S*", Slot.DAY, _A_DAY, "11/03"),
    _pattern(rf"{_MONTH_NUMBER}(?:\s+/\s*|/\s+|\s*\\\s*){_DATE_NUMBER}\b", Slot.DAY, _A_DAY, "11/03"),
    _pattern(rf"{_MONTH_NUMBER}\s+{_DATE_NUMBER}(?=\s+(?-i:[A-Z]))", Slot.DAY, _A_DAY, "11/03"),
    _pattern(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?=\s+(?-i:[A-Z]))", Slot.DAY, _A_DAY, "11/03"),
    _pattern(r"(?:20[0-9]{6}|[01][0-9][0-3][0-9](?:20)?[0-9]{2})\b", Slot.DAY, _A_DAY, "11/03"),
    _pattern(
        r"[0-9]+\s*(?:d|days?|h|hrs?|hours?|w|wks?|weeks?)\s+(?:ago|back)\b|[-–−][0-9]+\s*d(?:ays?)?\b",  # noqa: RUF001 as above
        Slot.DAY,
        _A_DAY,
        "11/03",
    ),
    _pattern(
        r"(?:0?[1-9]|[12][0-9]|3[01])(?P<by>[./-])(?:0?[1-9]|[12][0-9]|3[01])(?![0-9%])(?:(?P=by)(?:[0-9]{2}){1,2}\b)?\S*",
        Slot.DAY,
        _A_DAY,
        "11/03",
    ),
    _pattern(
        rf"(?:(?:until|till?|since|from)\s+{CLOCK}|(?:(?:at|around|about|by)\s+)?[0-9]{{1,2}}(?::[0-9]{{2}})?\s*[ap]\.?m\b)"
        r"(?=[\s.,;:]|$)",
        Slot.CLOCK,
        _A_TIME,
        "at 2:05pm",
    ),
)
_FIELDS = {Slot.LENGTH: "duration_minutes", Slot.DAY: "date_of_service", Slot.CLOCK: "started_at"}
_CODES = {Slot.LENGTH: "LENGTH_UNREADABLE", Slot.DAY: "DATE_UNREADABLE", Slot.CLOCK: "TIME_UNREADABLE"}

_NO_MEASURE = re.compile(r"\s*(?P<percent>%)|\s+(?P<word>[^\s.,;:!?]+)")
_BEHIND_FRACTION = MEASURES | {
    *("a1c", "hba1c", "bmi", "inr", "cup", "cups", "f", "grade", "lb", "mile", "miles", "mmol", "murmur", "of", "pain"),
    *("per", "scale", "strength", "tbsp", "tsp", "x"),
}
_BEHIND_SUN = {"exposure", "damage", "protection", "screen", "burn", "light", "sensitivity", "block", "safety"}
_OXYGEN = re.compile(r"[\s.,:;]+(?:is\s+|was\s+|at\s+)?[0-9]{2,3}\b")
_UNSURE_NUMBERS = re.compile(r"[0-9]{1,2}-[0-9]{1,2}|(?:[0-9]|10)/10")
_LOWER_OR_NUMBER = re.compile(r"\s+[a-z0-9]")
_DATE_AND_NUMBER = re.compile(r"[0-9]{1,2}\s*[a-z]+\.?\s+[0-9]{1,2}(?![0-9:/]|\s*(?:m|mins?|h|hrs?)\b)", re.IGNORECASE)
_TEXT = re.compile(r"\s+\S")
_GOES_ON = re.compile(
    r"\s+(?:before\s+(?:last|that)|(?:she|he|they|her|his|their|refill|appointment|appt)\b)|[\s:,;-]+(?:[6-9][0-9]|[12][0-9]{2})/[0-9]{2,3}\b",
    re.IGNORECASE,
)
"""What goes on with a day's word, so that it may be the note's first: ``yesterday she fell``, ``Mon: 120/80``."""

_ATTEMPT = (
    r"no[- ]?answer|no\s+response|no\s+pick[- ]?up|voice[- ]?mail|vm\b|lvm\b|utr\b|unable\s+to\s+reach|unreachable|"
    r"(?:could|did)(?:\s+not|n['\u2019]?t)\s+(?:reach|answer|pick)|not\s+reached|unanswered|"
    r"no\s+ans\b|n/?a\b|v/m\b|mailbox|wrong\s+number|hung\s+up|missed\s+call|voice\s+message|not\s+in\s+service|"
    r"(?:pt|patient|he|she)\s+(?:is\s+|was\s+)?unavailable|unsuccessful|no\s+contact\b|disconnected|not\s+(?:home|available)|"
    r"rang\s+out|left\s+(?:a\s+)?(?:message|msg)|lm\b|nobody\s+(?:answered|home)|no\s+one\s+(?:answered|home)"
)
_REACHED_NOBODY = re.compile(rf"\b(?:{_ATTEMPT})", re.IGNORECASE)
_BEGINS_WITH_ATTEMPT = re.compile(rf"(?:(?:line|phone|was)\s+)*(?:busy\b|attempt(?:ed|s)?\b|{_ATTEMPT})", re.IGNORECASE)
_BEHIND_A_CALL = re.compile(
    r"(?:failed|dropped|unavailable|no\s+luck|tried\s+(?:twice|again|to\s+(?:call|reach)|[0-9])|"
    r"phone\s+(?:is\s+|was\s+)?off|x\s?[0-9]|[0-9]\s?x)\b",
    re.IGNORECASE,
)
"""What says at the note's begin that a call may have reached nobody, and means something else without one."""
_BEGINS_WITH_CALL = re.compile(r"(?:called|calling|phoned|rang|dial|tried|call)", re.IGNORECASE)
_UNSURE_CONTACT = re.compile(
    rf"call{BACK}|(?:call|phone|video|vm|portal|message)[/+&]\S*|(?:text|texted|sms|txt|zoom|facetime)(?![\w-])",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?:[^\s.;!?]+\s*){1,6}")
_NEXT_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def read_doubt(text: str, position: int, filled: set[Slot]) -> Unreadable | None:
    """Return what at ``position`` looks like a part of the line that nothing has ``filled`` yet, and is not one."""
    for each in _PATTERNS:
        found = each.pattern.match(text, position) if each.slot not in filled else None
        if found is not None and not (
            each.slot is Slot.DAY and found[0][-1].isdigit() and is_measured(text, found.end())
        ):
            message = _NOT_UNDERSTOOD.format(each.looks_like)
            message += "" if each.slot is Slot.LENGTH else f" {_IN_QUOTES}"
            return _doubt(found, _CODES[each.slot], message, each.example(found), _FIELDS[each.slot])
    return None if Slot.DAY in filled else _misspelled(text, position)


def day_in_doubt(text: str, day: Day, *, is_followed_by_note: bool) -> Unreadable | None:
    """Return a day that may as well be the note's first word, such as ``sat`` before ``down`` or ``10-12``."""
    if day.has_preposition or not (is_followed_by_note or _DATE_AND_NUMBER.match(text, day.start)):
        return None
    word, end = day.day.lower(), day.start + len(day.text)
    is_fraction = word.endswith("/10") and _UNSURE_NUMBERS.fullmatch(word) and _TEXT.match(text, end)
    names_number_too = _DATE_AND_NUMBER.match(text, day.start)
    is_short = names_number_too or word in {"sat", "sun"} or _UNSURE_NUMBERS.fullmatch(word)
    goes_on = word != "today" and _GOES_ON.match(text, end)
    if is_fraction or goes_on or (is_short and _LOWER_OR_NUMBER.match(text, end)):
        message = f"may be the day, or the note may begin with it. Write on {day.day} where it is the day. {_IN_QUOTES}"
        return Unreadable(day.text, day.start, day.end, "DATE_AMBIGUOUS", message, f"on {day.day}", "date_of_service")
    return None


def is_no_day(text: str, day: Day) -> bool:
    """Return whether what reads as a day is no day: ``sat 92%``, ``sun exposure``, ``10/10 pain``, ``1/2 tablet``."""
    word = day.day.lower()
    if day.has_preposition:
        return False
    if word == "sat":
        return _OXYGEN.match(text, day.end) is not None
    if word == "sun":
        following = _NEXT_WORD.match(text, behind(text, day.end))
        return following is not None and following.group().lower() in _BEHIND_SUN
    return word[0].isdigit() and not word.endswith("ago") and is_measured(text, day.end)


def is_measured(text: str, end: int) -> bool:
    """Return whether a word for a measure stands behind the number that ends at ``end``."""
    found = _NO_MEASURE.match(text, end)
    return found is not None and (bool(found["percent"]) or (found["word"] or "").lower() in _BEHIND_FRACTION)


def attempt_in_doubt(text: str, begin: int, contacts: set[Contact]) -> Unreadable | None:
    """Return words at the note's begin that say nobody was reached, where the line says a live contact or none."""
    if contacts & {Contact.VOICEMAIL, Contact.NO_ANSWER}:
        return None
    head = _HEAD.match(text, begin)
    found = _BEGINS_WITH_ATTEMPT.match(text, begin)
    if found is None and Contact.LIVE in contacts:
        found = _BEHIND_A_CALL.match(text, begin)
    if found is None and head is not None and (Contact.LIVE in contacts or _BEGINS_WITH_CALL.match(text, begin)):
        found = _REACHED_NOBODY.search(text, begin, head.end())
    if found is None:
        return None
    example = "vm" if re.search(r"v\w*m|message|msg|lm", found.group(), re.IGNORECASE) else "no-answer"
    message = f"says that nobody was reached. Write vm or no-answer where it was an attempt. {_IN_QUOTES}"
    return _doubt(found, "CONTACT_IN_DOUBT", message, example, "contact")


def contacts_in_doubt(token: Token) -> Unreadable:
    """Return a second way of contact that contradicts the first, such as ``portal`` behind ``call``."""
    message = f"is a second way of contact. Write one. {_IN_QUOTES}"
    return Unreadable(token.text, token.start, token.end, "CONTACT_CONFLICT", message, "call", "contact")


def contact_in_doubt(text: str, position: int) -> Unreadable | None:
    """Return ``call her back``, ``call/vm``, ``text`` and the like: a way of contact, or the note's first words."""
    found = _UNSURE_CONTACT.match(text, position)
    if found is None:
        return None
    return _doubt(found, "CONTACT_IN_DOUBT", f"may be the contact or the note. {_IN_QUOTES}", "call", "contact")


def _misspelled(text: str, position: int) -> Unreadable | None:
    found = _NEXT_WORD.match(text, position)
    word = found.group().lower() if found else ""
    near = difflib.get_close_matches(word, _LONG_DAY_WORDS, n=1, cutoff=_LIKE_ENOUGH)
    if found is None or not near or word.removesuffix("s") in _LONG_DAY_WORDS:
        return None
    return _doubt(
        found, "DATE_UNREADABLE", f"{_NOT_UNDERSTOOD.format(_A_DAY)} {_IN_QUOTES}", near[0], "date_of_service"
    )


def _doubt(found: re.Match[str], code: str, message: str, example: str, field: str) -> Unreadable:
    return Unreadable(found.group(), found.start(), found.end(), code, message, example, field)
