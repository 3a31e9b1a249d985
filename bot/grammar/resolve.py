"""A scanned line's tokens, turned into values slot by slot; each function reports the problems it finds."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from bot.grammar.clock import elapsed_minutes, is_after, later, local_instant
from bot.grammar.days import DayTrouble, read_day
from bot.grammar.problems import Problem
from bot.grammar.scan import Line
from bot.grammar.tokens import (
    MAX_MINUTES,
    Ago,
    At,
    Code,
    Day,
    Length,
    Number,
    Times,
    Token,
    Unreadable,
    code_of,
    length_of,
)

Report = Callable[[Token, str, str, str, str], None]
"""Adds a problem: the token it is about, the field, the code, the message and an example."""

_Kind = TypeVar("_Kind", bound=Token)
_NAMED_AT_MOST = 5
DAY_TROUBLES = {
    DayTrouble.UNREADABLE: "is no date of the calendar.",
    DayTrouble.FUTURE: "lies in the future.",
    DayTrouble.LONG_AGO: "is more than two months back. If it is the date, write it with its year.",
    DayTrouble.AMBIGUOUS: "may be the day of this week or of the week before. Write its date.",
    DayTrouble.FAR: "is more than two months away. Write it with its year.",
}
"""What is said of a day that is not accepted."""


@dataclass(frozen=True, slots=True)
class Span:
    """When the work was: instants as far as they are known, and the length they or the line give."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_minutes: int | None = None


class Reporter:
    """Collects problems in the order of the text."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def __call__(self, token: Token, field: str, code: str, message: str, example: str) -> None:
        """Add a problem about ``token``; the message is preceded by what was typed."""
        words = f'"{" ".join(token.text.split())}" {message}'
        self._problems.append(Problem(token.start, token.end, field, code, words, example))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, by position."""
        return tuple(sorted(self._problems, key=lambda problem: (problem.start, problem.end)))


def assign_numbers(line: Line, find_codes: Callable[[str], Sequence[str]]) -> tuple[Code | None, list[Token]]:
    """Return the token that is the patient's code, and all that are lengths.

    CODE is expected first: of bare numbers the first that names one patient is the code, else the first that names
    several. Where none does, a single number is the length, unless a length is written beside it.
    """
    code = _first(line, Code)
    lengths: list[Token] = [token for token in line.tokens if isinstance(token, Length | Times | Unreadable)]
    numbers = line.numbers
    if code is None and numbers:
        named = [(number, len(find_codes(number.text))) for number in numbers]
        choices = [number for number, count in named if count == 1] + [number for number, count in named if count]
        if not choices and len(numbers) + len(lengths) > 1:
            choices = numbers
        if choices:
            code = Code(choices[0].text, choices[0].start, choices[0].end)
            numbers = [number for number in numbers if number is not choices[0]]
    lengths += [length_of(number.text, number.start, number.end, int(number.text)) for number in numbers]
    return code, lengths


def resolve_code(code: Code | None, find_codes: Callable[[str], Sequence[str]], report: Report) -> str | None:
    """Return the one patient the typed code names."""
    if code is None:
        return None
    found = sorted(set(find_codes(code_of(code.text))))
    if len(found) == 1:
        return found[0]
    if not found:
        report(code, "patient_code", "CODE_UNKNOWN", "names no patient.", "P-1042")
        return None
    candidates = ", ".join(found[:_NAMED_AT_MOST]) + (" and others" if len(found) > _NAMED_AT_MOST else "")
    report(code, "patient_code", "CODE_AMBIGUOUS", f"may be {candidates}. Write the whole code.", found[0])
    return None


def resolve_length(lengths: list[Token], report: Report) -> int | None:
    """Return the one length written, in minutes; None where there is none, or none that can be relied on."""
    for token in lengths:
        if isinstance(token, Unreadable):
            field = "started_at" if token.code.startswith("TIME_") else token.field
            report(token, field, token.code, token.message, token.example)
    readable = [token for token in lengths if isinstance(token, Length | Times)]
    for extra in readable[1:]:
        report(extra, "duration_minutes", "LENGTH_CONFLICT", "is a second length. Write one.", "12m")
    if len(readable) == 1 and isinstance(readable[0], Length):
        return readable[0].minutes
    return None


def resolve_day(line: Line, today: date, report: Report) -> date | None:
    """Return the date that was written, as seen from ``today``."""
    token = _first(line, Day)
    if token is None:
        return None
    day, trouble = read_day(token.day, today)
    if trouble is not None:
        report(token, "date_of_service", trouble.value, DAY_TROUBLES[trouble], today.strftime("%m/%d/%Y"))
    return day


def resolve_span(line: Line, minutes: int | None, now: datetime, default_day: date | None, report: Report) -> Span:
    """Start, end and length. Times give the length; a length gives the end of ``at 14:05`` and the start of ``-15``."""
    clock = next((token for token in line.tokens if isinstance(token, Times | At | Ago)), None)
    day_token = _first(line, Day)
    day = read_day(day_token.day, now.date())[0] if day_token else default_day
    if day is None and day_token:
        return Span(duration_minutes=minutes)
    match clock:
        case Times():
            return _span_of_times(clock, day, now, report)
        case At():
            return _span_from_start(clock, minutes, day or now.date(), now, report)
        case Ago():
            return _span_to_end(clock, minutes, day if day_token else None, now, report)
        case _:
            return Span(duration_minutes=minutes)


def report_day_or_times(line: Line, lengths: list[Token], report: Report) -> None:
    """Report ``10-12`` where no length is written: it may be a day, or times. It is then taken for neither."""
    day = _first(line, Day)
    hours = day and re.fullmatch("([0-9]+)-([0-9]+)", day.day)
    if day is None or not hours or lengths:
        return
    line.tokens.remove(day)
    message = "may be a day or times, and no length is written. Write the length, or both times whole."
    report(day, "duration_minutes", "LENGTH_UNREADABLE", message, f"{hours[1]}:00-{hours[2]}:00")


def report_doubts(line: Line, report: Report) -> None:
    """Report every word that looks like a part of the line and may be none."""
    for doubt in line.doubts:
        report(doubt, doubt.field, doubt.code, doubt.message, doubt.example)


def report_conflicts(line: Line, report: Report) -> None:
    """Report every token that contradicts an earlier one."""
    for token in line.conflicts:
        match token:
            case Code():
                report(token, "patient_code", "CODE_CONFLICT", "is a second patient. Write one.", "P-1042")
            case Day():
                report(token, "date_of_service", "DATE_CONFLICT", "is a second date. Write one.", "yesterday")
            case Length() | Times() | Number():
                report(
                    token,
                    "duration_minutes",
                    "LENGTH_CONFLICT",
                    "is a second length. Write one, or put a note that begins so in quotes.",
                    "12m",
                )
            case _:
                report(token, "started_at", "TIMES_CONFLICT", "is a second time of day. Write one.", "at 14:05")


def _span_of_times(token: Times, day: date | None, now: datetime, report: Report) -> Span:
    crosses_midnight = token.last.as_time() < token.first.as_time()
    if day is None:
        day = now.date()
        # Typed shortly after midnight, 23:50-00:10 began yesterday; a start that has passed today is today's.
        if crosses_midnight and token.first.as_time() > now.time():
            day -= timedelta(days=1)
    start = local_instant(day, token.first.as_time(), now.tzinfo)
    end = local_instant(day + timedelta(days=crosses_midnight), token.last.as_time(), now.tzinfo)
    if start is None or end is None:
        _report_skipped(token, report)
        return Span()
    minutes = elapsed_minutes(start, end)
    if not 1 <= minutes <= MAX_MINUTES:
        report(token, "duration_minutes", "LENGTH_UNREADABLE", "spans a change of clocks. Write the length.", "12m")
        return Span()
    if is_after(end, now):
        _report_future(token, report)
        return Span(duration_minutes=minutes)
    return Span(start, end, minutes)


def _span_from_start(token: At, minutes: int | None, day: date, now: datetime, report: Report) -> Span:
    start = local_instant(day, token.clock.as_time(), now.tzinfo)
    if start is None:
        _report_skipped(token, report)
        return Span(duration_minutes=minutes)
    end = later(start, minutes) if minutes else None
    if is_after(end or start, now):
        _report_future(token, report)
        return Span(duration_minutes=minutes)
    return Span(start, end, minutes)


def _span_to_end(token: Ago, minutes: int | None, day: date | None, now: datetime, report: Report) -> Span:
    end = later(now.replace(second=0, microsecond=0), -token.minutes)
    start = later(end, -minutes) if minutes else None
    if day not in {None, end.date(), (start or end).date()}:
        report(token, "started_at", "TIMES_CONFLICT", "does not fit the date. Write one of them.", "at 14:05")
        return Span(duration_minutes=minutes)
    return Span(start, end, minutes)


def _report_skipped(token: Token, report: Report) -> None:
    message = "holds a time that clocks skipped on that day (daylight saving time began)."
    report(token, "started_at", "TIME_SKIPPED", message, "at 3:05am")


def _report_future(token: Token, report: Report) -> None:
    message = "has not ended yet. If it was another day, write the day too."
    report(token, "started_at", "TIME_IN_FUTURE", message, f"yesterday {' '.join(token.text.split())}")


def _first(line: Line, kind: type[_Kind]) -> _Kind | None:
    return next((token for token in line.tokens if isinstance(token, kind)), None)
