"""The grammar of a timer's two lines: ``start CODE [WHAT] [HOW] [PROGRAM] [NOTE]`` and ``stop [WHAT] [HOW] NOTE``.

They are log lines whose length, times and day are said already, because the clock says them. So a length in such a
line is a second one and a problem, while ``2 refills approved`` begins the note, as it does behind a log line's length.
"""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.grammar.clock import CLOCK
from bot.grammar.log_line import LogLine, said, said_contact
from bot.grammar.problems import Problem
from bot.grammar.resolve import Reporter, assign_numbers, report_doubts, resolve_code
from bot.grammar.scan import Line, scan
from bot.grammar.tokens import Code, Number, Slot, Token, Word, code_of, opens_quote, unescape
from ledger.rules.facts import Activity, Contact, Program

FindCodes = Callable[[str], Sequence[str]]

_MEASURED = frozenset({Slot.LENGTH, Slot.CLOCK, Slot.DAY})
"""What the clock says of a timer."""
_FIRST_WORD = re.compile(r"\s*(\S+)")
_UNTIL = re.compile(rf"(?:until|till?|(?:ended|stopped)(?:\s+at)?)\s+{CLOCK}(?=[\s.,;:]|$)", re.IGNORECASE)
_START_EXAMPLE = "/ccm start P-1042 meds call"


class Begun(Protocol):
    """What was said when a timer began."""

    @property
    def activity(self) -> Activity | None:
        """The activity, if one was said."""

    @property
    def contact(self) -> Contact | None:
        """The way of contact, if one was said."""


def parse_start(text: str, *, find_codes: FindCodes) -> LogLine:
    """Return what a start line says, without length, times and day, with every problem it has.

    Never raises on any text.
    """
    line = scan(text, find_codes, Line(filled=set(_MEASURED)))
    report = Reporter()
    code, _ = assign_numbers(line, find_codes)
    patient_code = resolve_code(code, find_codes, report)
    report_doubts(line, report)
    for token in line.conflicts:
        if isinstance(token, Code):
            report(token, "patient_code", "CODE_CONFLICT", "is a second patient. Write one.", "P-1042")
        elif isinstance(token, Number) and code is None:
            report(token, "patient_code", "CODE_UNKNOWN", "names no patient.", _START_EXAMPLE)
        else:
            _report_measured(token, report, _START_EXAMPLE)
    return _line(line, patient_code, Activity.PATIENT_CONTACT, report.problems)


def parse_stop(
    text: str,
    *,
    patient_code: str,
    find_codes: FindCodes,
    begun: Begun | None = None,
) -> LogLine:
    """Return what a stop line says of the work for ``patient_code``; never raises on any text.

    The patient may be named again, first; another one is a problem. ``begun`` is what was said at the start: its
    activity is what a word for HOW means without a WHAT, and its way of contact is one of those that the line says.
    """
    begin = _behind_own_code(text, patient_code, find_codes)
    said_before: list[Token] = [Code(patient_code, 0, 0)]
    if begun is not None and begun.contact is not None:
        said_before.append(Word("", 0, 0, begun.contact))
    known = Line(tokens=said_before, filled={Slot.CODE, *_MEASURED})
    line = scan(" " * begin + text[begin:], find_codes, known)
    report = Reporter()
    for token in line.conflicts:
        if isinstance(token, Code):
            message = f"is another patient: your timer runs for {patient_code}."
            report(token, "patient_code", "CODE_CONFLICT", message, "/ccm stop Reconciled the list. Dose confirmed.")
        else:
            _report_measured(token, report, "/ccm stop Reconciled the list. Dose confirmed.")
    report_doubts(line, report)
    until = _UNTIL.match(line.note)
    if until is not None and not opens_quote(text, text.find(line.note) - 1):
        begin = text.find(until.group())
        message = (
            "is no end: the timer ends now. Correct its length in the form, or put a note that begins so in quotes."
        )
        token = Token(until.group(), begin, begin + len(until.group()))
        report(token, "duration_minutes", "TIMER_MEASURES", message, "/ccm stop Reconciled the list. Dose confirmed.")
    activity = begun.activity if begun is not None else None
    return _line(line, patient_code, activity or Activity.PATIENT_CONTACT, report.problems)


def _report_measured(token: Token, report: Reporter, example: str) -> None:
    message = "is not needed: the timer measures when and how long. Put a note that begins so in quotes."
    report(token, "duration_minutes", "TIMER_MEASURES", message, example)


def _line(line: Line, patient_code: str | None, default_activity: Activity, problems: tuple[Problem, ...]) -> LogLine:
    contact = said_contact(line)
    return LogLine(
        patient_code=patient_code,
        activity=said(line, Activity) or (default_activity if line.contacts else None),
        contact=contact,
        program=said(line, Program),
        note=unescape(line.note).strip(),
        problems=problems,
    )


def _behind_own_code(text: str, patient_code: str, find_codes: FindCodes) -> int:
    """Return where the text goes on behind the patient's own code; 0 where it does not begin with it."""
    first = _FIRST_WORD.match(text)
    if first is None or list(find_codes(code_of(first[1]))) != [patient_code]:
        return 0
    return first.end()
