"""The grammar of a timer's two lines: ``start CODE [WHAT] [HOW] [PROGRAM] [NOTE]`` and ``stop [WHAT] [HOW] NOTE``.

They are log lines whose length, times and day are said already, because the clock says them. So a length in such a
line is a second one and a problem, while ``2 refills approved`` begins the note, as it does behind a log line's length.
"""

import re
from collections.abc import Callable, Sequence

from bot.grammar.log_line import LogLine, said
from bot.grammar.problems import Problem
from bot.grammar.resolve import Reporter, assign_numbers, resolve_code
from bot.grammar.scan import Line, scan
from bot.grammar.tokens import Code, Number, Slot, Token, code_of, unescape
from ledger.rules.facts import Activity, Contact, Program

FindCodes = Callable[[str], Sequence[str]]

_MEASURED = frozenset({Slot.LENGTH, Slot.CLOCK, Slot.DAY})
"""What the clock says of a timer."""
_FIRST_WORD = re.compile(r"\s*(\S+)")
_START_EXAMPLE = "/ccm start P-1042 meds call"


def parse_start(text: str, *, find_codes: FindCodes) -> LogLine:
    """Return what a start line says, without length, times and day, with every problem it has.

    Never raises on any text.
    """
    line = scan(text, find_codes, Line(filled=set(_MEASURED)))
    report = Reporter()
    code, _ = assign_numbers(line, find_codes)
    patient_code = resolve_code(code, find_codes, report)
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
    default_activity: Activity | None = None,
) -> LogLine:
    """Return what a stop line says of the work for ``patient_code``; never raises on any text.

    The patient may be named again, first; another one is a problem. ``default_activity`` is what a word for HOW means
    without a WHAT: what was said at the start.
    """
    begin = _behind_own_code(text, patient_code, find_codes)
    known = Line(tokens=[Code(patient_code, 0, 0)], filled={Slot.CODE, *_MEASURED})
    line = scan(" " * begin + text[begin:], find_codes, known)
    report = Reporter()
    for token in line.conflicts:
        if isinstance(token, Code):
            message = f"is another patient: your timer runs for {patient_code}."
            report(token, "patient_code", "CODE_CONFLICT", message, "/ccm stop Reconciled the list. Dose confirmed.")
        else:
            _report_measured(token, report, "/ccm stop Reconciled the list. Dose confirmed.")
    return _line(line, patient_code, default_activity or Activity.PATIENT_CONTACT, report.problems)


def _report_measured(token: Token, report: Reporter, example: str) -> None:
    message = "is not needed: the timer measures when and how long. Put a note that begins so in quotes."
    report(token, "duration_minutes", "TIMER_MEASURES", message, example)


def _line(line: Line, patient_code: str | None, default_activity: Activity, problems: tuple[Problem, ...]) -> LogLine:
    contact = said(line, Contact)
    return LogLine(
        patient_code=patient_code,
        activity=said(line, Activity) or (default_activity if contact else None),
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
