"""The grammar of the commands that record a fact, such as ``consent CODE [DATE] verbal|written [PROGRAM]``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import chain
from typing import TypeVar

from bot.grammar.clock import read_clock
from bot.grammar.commands import closest
from bot.grammar.days import DayTrouble, read_day, read_end_day
from bot.grammar.fact_scan import FactWords, Said, scan_fact
from bot.grammar.fact_vocabulary import PLACEHOLDERS, FactChoice, Part, Shape
from bot.grammar.problems import Problem
from bot.grammar.resolve import DAY_TROUBLES, Reporter, resolve_code
from bot.grammar.tokens import Code
from bot.grammar.vocabulary import word_for
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs
from ledger.values.phrases import ALL

_Value = TypeVar("_Value")
EXAMPLE_CODE = "P-1042"
_EXAMPLE_DAYS = 18
_EXAMPLE_RATIONALE = "New heart failure. Four medications changed."


@dataclass(frozen=True, slots=True)
class FactLine:
    """What was understood of one line; None (or an empty rationale) where it says nothing.

    ``first_day`` is the day of the fact (given, revised, visited, admitted, enrolled), ``last_day`` its end (revoked,
    discharged, left, copy given); the times of a stay are on the practice's clock. ``month`` is a first day. Names,
    dates and lists are as the import file has them.
    """

    shape: Shape
    patient_code: str | None = None
    choice: FactChoice | None = None
    program: Program | None = None
    first_day: date | None = None
    first_time: time | None = None
    last_day: date | None = None
    last_time: time | None = None
    days: int | None = None
    month: date | None = None
    dates: str = ""
    substantial: bool = False
    practitioner: str = ""
    taken_by: str = ""
    said: str = ""
    elements: str = ""
    copy_to: str = ""
    copy_how: str = ""
    withdrawn: bool = False
    rationale: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that a saved fact still needs and that no problem is about. Program and date are the caller's."""
        troubled = {problem.field for problem in self.problems}
        return tuple(
            part
            for part in self.shape.needs
            if getattr(self, part.value) in {None, ""} and part.value not in troubled and not self._is_replaced(part)
        )

    def _is_replaced(self, part: Part) -> bool:
        """Return whether another part was said that makes this one needless."""
        other = self.shape.instead.get(part)
        return other is not None and bool(getattr(self, other.value))


def parse_fact(shape: Shape, text: str, *, today: date, find_codes: Callable[[str], Sequence[str]]) -> FactLine:
    """Return what ``text`` behind the command of ``shape`` says, with every problem it has; never raises on any text.

    ``today`` is the practice's date, ``find_codes`` names the patients that a typed word may mean. Words come in any
    order. What cannot be read, contradicts or means nothing here is a problem, never a guess.
    """
    words = scan_fact(text, shape, today, find_codes)
    report = Reporter()
    _report_misfits(words, shape, today, report)
    code, choice = words.said.get(Part.CODE), words.said.get(Part.CHOICE)
    first_day = _first_day(words, today, report)
    last_day, last_time = _last_day(words, shape, first_day, today, report), _time(words, Part.LAST, report)
    return FactLine(
        shape,
        patient_code=resolve_code(Code(code.text, code.start, code.end) if code else None, find_codes, report),
        choice=choice.value if choice and isinstance(choice.value, FactChoice) else None,
        program=_one_of(words, Part.PROGRAM, Program),
        first_day=first_day,
        first_time=_time(words, Part.FIRST, report),
        last_day=last_day,
        last_time=last_time if last_day else None,
        days=_one_of(words, Part.DAYS, int),
        month=_one_of(words, Part.MONTH, date),
        dates=_dates(words, today, report),
        substantial=Part.SUBSTANTIAL in words.said,
        practitioner=_one_of(words, Part.PRACTITIONER, str) or "",
        taken_by=_one_of(words, Part.TAKEN_BY, str) or "",
        said=_one_of(words, Part.SAID, str) or "",
        elements=_one_of(words, Part.ELEMENTS, str) or "",
        copy_to=_one_of(words, Part.COPY_TO, str) or "",
        copy_how=_one_of(words, Part.COPY_HOW, str) or "",
        withdrawn=Part.WITHDRAWN in words.said,
        rationale=words.rationale,
        problems=report.problems,
    )


def format_fact(line: FactLine) -> str:
    """Return ``line`` in its canonical form, behind ``/ccm``; a complete one parses to the same again."""
    parts = [
        line.shape.name,
        line.patient_code,
        line.shape.choices[line.choice][0] if line.choice else None,
        word_for(line.program) if line.program else None,
        f"{line.shape.first_word} {_moment(line.first_day, line.first_time)}".strip() if line.first_day else None,
        f"{line.shape.last_word} {_moment(line.last_day, line.last_time)}" if line.last_day else None,
        " ".join(line.dates.split(";")),
        str(line.days) if line.days is not None else None,
        f"{line.month:%Y-%m}" if line.month else None,
        "substantial" if line.substantial else None,
        f"with {line.practitioner}" if line.practitioner else None,
        f"by {line.taken_by}" if line.taken_by else None,
        _listed("said", line.said),
        "complete" if line.elements == ALL else _listed("elements", line.elements),
        _listed("copy", ";".join(filter(None, (line.copy_to, line.copy_how)))),
        "undo" if line.withdrawn else None,
        '"' + line.rationale.replace('"', '""') + '"' if line.rationale else None,
    ]
    return " ".join(part for part in parts if part)


def completed(line: FactLine, *, today: date) -> FactLine:
    """Return ``line`` with examples in place of what is missing or was not understood: a line that can be saved."""
    gaps = set(replace(line, problems=()).missing)
    if not gaps - {Part.CODE} and replace(line, patient_code=None, problems=()) == FactLine(line.shape):
        gaps.add(Part.FIRST)  # a line that names the patient alone records nothing
    return replace(
        line,
        patient_code=line.patient_code or EXAMPLE_CODE,
        choice=next(iter(line.shape.choices)) if Part.CHOICE in gaps else line.choice,
        program=known_programs()[0] if Part.PROGRAM in gaps else line.program,
        first_day=today if Part.FIRST in gaps else line.first_day,
        days=_EXAMPLE_DAYS if Part.DAYS in gaps else line.days,
        rationale=_EXAMPLE_RATIONALE if Part.RATIONALE in gaps else line.rationale,
        problems=(),
    )


def _report_misfits(words: FactWords, shape: Shape, today: date, report: Reporter) -> None:
    known = [*shape.behind, *shape.names, *shape.lists, *shape.flags]
    known += [word for choice in shape.choices.values() for word in choice]
    known += [
        word for listing in shape.lists.values() for part in listing.parts.values() for word in chain(*part.values())
    ]
    example = format_fact(completed(FactLine(shape), today=today))
    for again, first in words.surplus:
        message = f'is one too many beside "{" ".join(first.text.split())}". Write one of them.'
        has_end = again.part is Part.FIRST and Part.LAST in shape.parts
        meant = f"{shape.last_word} {again.text}" if has_end else first.text
        report(again, again.part.value, "WORD_CONFLICT", message, meant)
    for said in words.dates:
        if Part.DAYS in words.said:
            message = (
                f'is one too many beside "{words.said[Part.DAYS].text}". Write the count and since when, or dates.'
            )
            report(said, Part.DATES.value, "WORD_CONFLICT", message, f"{shape.first_word} {said.text}")
    for word, part, example_of_word in words.lonely:
        report(word, part.value, "WORD_MISSING", "has nothing behind it.", example_of_word)
    for word in words.dangling:
        report(word, Part.LAST.value, "DATE_MISSING", "has no date behind it.", f"{word.text} yesterday")
    for word in words.unknown:
        stands_for = PLACEHOLDERS.get(word.text)
        if stands_for is not None:
            report(word, "", "WORD_IS_PLACEHOLDER", f"stands for {stands_for}: write that instead.", example)
        else:
            report(word, "", "WORD_UNKNOWN", "means nothing here.", closest(word.text, known) or example)


def _first_day(words: FactWords, today: date, report: Reporter) -> date | None:
    said = words.said.get(Part.FIRST)
    return _settled_day(said, *read_day(said.day, today), today, report) if said else None


def _last_day(words: FactWords, shape: Shape, first: date | None, today: date, report: Reporter) -> date | None:
    said = words.said.get(Part.LAST)
    if said is None:
        return None
    found = read_end_day(said.day, first, today) if shape.ends_ahead else read_day(said.day, today)
    return _settled_day(said, *found, today, report)


def _dates(words: FactWords, today: date, report: Reporter) -> str:
    """Return the days that the line names, as a file has them."""
    named: set[date] = set()
    if Part.DAYS in words.said:
        return ""
    for said in words.dates:
        first = _settled_day(said, *read_day(said.day, today), today, report)
        last = _settled_day(said, *read_day(said.last, today), today, report) if said.last else first
        if first and last and last < first:
            report(said, Part.DATES.value, "DATE_UNREADABLE", "ends before it begins.", f"{last}..{first}")
        elif first and last:
            named |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return ";".join(day.isoformat() for day in sorted(named))


def _settled_day(
    said: Said, day: date | None, trouble: DayTrouble | None, today: date, report: Reporter
) -> date | None:
    if trouble is not None:
        report(said, said.part.value, trouble.value, DAY_TROUBLES[trouble], (day or today).isoformat())
        return None
    return day


def _time(words: FactWords, part: Part, report: Reporter) -> time | None:
    said = words.said.get(part)
    if said is None or not said.clock:
        return None
    clock = read_clock(said.clock)
    if not clock.exists:
        report(said, part.value, "TIME_UNREADABLE", "holds a time that no clock shows.", f"{said.day} 14:30")
    elif clock.is_in_doubt:
        report(said, part.value, "TIME_AMBIGUOUS", "could be morning or afternoon.", f"{said.day} {said.clock}pm")
    else:
        return clock.as_time()
    return None


def _one_of(words: FactWords, part: Part, kind: type[_Value]) -> _Value | None:
    said = words.said.get(part)
    return said.value if said and isinstance(said.value, kind) else None


def _listed(word: str, named: str) -> str | None:
    return f"{word}:{','.join(named.split(';'))}" if named else None


def _moment(day: date | None, at: time | None) -> str:
    if day is None:
        return ""
    return f"{day.isoformat()}T{at:%H:%M}" if at else day.isoformat()
