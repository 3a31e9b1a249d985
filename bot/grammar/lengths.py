"""A length or times as one input of a form shows them, so that what it shows reads as what was meant."""

from collections.abc import Sequence
from datetime import datetime

from bot.grammar.log_line import LogLine, parse_log
from bot.grammar.problems import Problem

_LENGTH_FIELDS = frozenset({"duration_minutes", "started_at"})


def format_length(line: LogLine, *, now: datetime) -> str:
    """Return ``10:05-10:17``, ``12m at 10:05``, ``12m`` or ``at 10:05``.

    The first that says with the day what ``line`` says.

    Times in the second pass of an hour that clocks show twice cannot be written; of them the length is kept.
    """
    start, end = line.started_at, line.ended_at
    length = f"{line.duration_minutes}m" if line.duration_minutes else ""
    if start and end:
        span, longhand = f"{start:%H:%M}-{end:%H:%M}", f"{length} at {start:%H:%M}"
        return next((words for words in (span, longhand) if _says_the_same(words, line, now)), length)
    return length or (f"at {start:%H:%M}" if start else "")


def unread_length(text: str, problems: Sequence[Problem], line: LogLine, *, now: datetime) -> str:
    """Return the words of ``text`` that were to be a length or times and are none, to be corrected; else nothing.

    Of words that contradict one another none are shown: each could be read by itself, and be saved by accident.
    """
    about = [problem for problem in problems if problem.field in _LENGTH_FIELDS]
    if len(about) != 1:
        return ""
    words = text[about[0].start : about[0].end]
    if line.duration_minutes and _read(words, line, now).duration_minutes is None:
        words = f"{line.duration_minutes}m {words}"
    return words if _read(words, line, now).problems else ""


def _says_the_same(words: str, line: LogLine, now: datetime) -> bool:
    read = _read(words, line, now)
    return not read.problems and _moments(read) == _moments(line)


def _moments(line: LogLine) -> tuple[object, ...]:
    """Return its ends on every clock.

    Python takes two times of one zone, an hour apart as clocks go back, to be equal.
    """
    ends = (end.timestamp() if end else None for end in (line.started_at, line.ended_at))
    return (*ends, line.duration_minutes)


def _read(words: str, line: LogLine, now: datetime) -> LogLine:
    day = line.date_of_service.isoformat() if line.date_of_service else ""
    return parse_log(f"{words} {day}", now=now, find_codes=lambda _word: ())
