"""The grammar of one line: ``CODE LENGTH [WHAT] [HOW] [WHEN] [PROGRAM] NOTE``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from bot.grammar.problems import Problem
from bot.grammar.resolve import (
    Reporter,
    assign_numbers,
    report_conflicts,
    report_day_or_times,
    report_doubts,
    resolve_code,
    resolve_day,
    resolve_length,
    resolve_span,
)
from bot.grammar.scan import Line, scan
from bot.grammar.tokens import Word, quoted, unescape
from bot.grammar.vocabulary import ACTIVITY_WORDS, CONTACT_WORDS, word_for
from ledger.rules.facts import CONTACT_ACTIVITIES, Activity, Contact, Program

_Meaning = TypeVar("_Meaning", Activity, Contact, Program)


@dataclass(frozen=True, slots=True)
class LogLine:
    """What was understood of one line; None (or an empty note) where it says nothing.

    ``started_at`` and ``ended_at`` are in the zone of ``now`` and truncated to the minute; with both,
    ``duration_minutes`` is derived from them. Where the work crosses midnight, ``date_of_service`` is the day it began.
    ``date_of_service`` stays None where neither a date nor times were written: today, or for a fix the entry's own.
    """

    patient_code: str | None = None
    duration_minutes: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    activity: Activity | None = None
    contact: Contact | None = None
    date_of_service: date | None = None
    program: Program | None = None
    note: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields a saved entry still needs, in the order of the line (billing-rules E1, section 2)."""
        needed = {
            "patient_code": self.patient_code,
            "duration_minutes": self.duration_minutes,
            "activity": self.activity,
            "contact": self.contact if self.activity in CONTACT_ACTIVITIES else "not needed",
            "note": self.note,
        }
        return tuple(name for name, value in needed.items() if not value)

    @property
    def is_complete(self) -> bool:
        """Whether it can be saved as it is: no problems and nothing missing. The program is the caller's to decide."""
        return not self.problems and not self.missing


def parse_log(
    text: str,
    *,
    now: datetime,
    find_codes: Callable[[str], Sequence[str]],
    default_day: date | None = None,
    default_activity: Activity = Activity.PATIENT_CONTACT,
) -> LogLine:
    """Return what ``text`` says, with every problem it has; never raises on any text.

    ``now`` is an aware instant in the practice's zone, ``find_codes`` names the patients that a typed word may mean.
    ``default_day`` is the day of times written without one, where that is not today (a fix of an older entry);
    ``default_activity`` is what a word for HOW means without a WHAT (for a fix the entry's own).

    Words come in any order up to the first that means nothing; there the note begins (``bot.grammar.scan`` says what
    happens to words that come twice, and what is asked about).
    Slack's escapes in the note are undone. A length, a time or a date that cannot be read is a problem, never a guess.

    Raises:
        ValueError: ``now`` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware, in the practice's zone")
    line = scan(text, find_codes)
    report = Reporter()
    code, lengths = assign_numbers(line, find_codes)
    patient_code = resolve_code(code, find_codes, report)
    report_conflicts(line, report)
    report_doubts(line, report)
    report_day_or_times(line, lengths, report)
    minutes = resolve_length(lengths, report)
    is_length_sure = all(problem.field != "duration_minutes" for problem in report.problems)
    day = resolve_day(line, now.date(), report)
    span = resolve_span(line, minutes if is_length_sure else None, now, default_day, report)
    contact = said_contact(line)
    return LogLine(
        patient_code=patient_code,
        duration_minutes=span.duration_minutes if is_length_sure else None,
        started_at=span.started_at,
        ended_at=span.ended_at if is_length_sure else None,
        activity=said(line, Activity) or (default_activity if line.contacts else None),
        contact=contact,
        date_of_service=span.started_at.date() if span.started_at else day,
        program=said(line, Program),
        note=unescape(line.note).strip(),
        problems=report.problems,
    )


def format_log(line: LogLine) -> str:
    """Return ``line`` in its canonical form, which parses to the same again (its problems apart).

    Two things cannot be written and are left out: an end without a length, and times in the second pass of an hour
    that clocks show twice. Their length and date are kept.
    """
    is_writable = line.started_at is not None and line.started_at.fold == 0
    parts = [
        line.patient_code,
        f"{line.duration_minutes}m" if line.duration_minutes else None,
        ACTIVITY_WORDS[line.activity][0] if line.activity else None,
        CONTACT_WORDS[line.contact][0] if line.contact else None,
        line.date_of_service.isoformat() if line.date_of_service else None,
        f"at {line.started_at:%H:%M}" if line.started_at and is_writable else None,
        word_for(line.program) if line.program else None,
        quoted(line.note) if line.note else None,
    ]
    return " ".join(part for part in parts if part)


def said_contact(line: Line) -> Contact | None:
    """Return the way of contact: of several the one that counts least; None where none is said, or in doubt which."""
    contacts = line.contacts
    attempt = next((each for each in (Contact.VOICEMAIL, Contact.NO_ANSWER) if each in contacts), None)
    in_doubt = any(doubt.field == "contact" for doubt in line.doubts)
    return None if in_doubt else attempt or next(iter(contacts), None)


def said(line: Line, kind: type[_Meaning]) -> _Meaning | None:
    """Return the WHAT, HOW or PROGRAM of a scanned line; None where it says none."""
    meanings = (token.meaning for token in line.tokens if isinstance(token, Word))
    return next((meaning for meaning in meanings if isinstance(meaning, kind)), None)
