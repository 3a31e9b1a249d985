"""``/ccm consent``, ``plan``, ``visit``, ``stay``, ``readings``, ``enroll``, ``complex``: a fact about a patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.grammar.fact_words import FactCommand
from bot.grammar.facts import FactLine, completed, format_fact, parse_fact
from bot.views.fact import fact_receipt, unclear_fact
from bot.views.help import Topic
from bot.views.reply import Reply
from ledger.clock import month_of
from ledger.imports.facts import FactRefusedError, read_fact
from ledger.recording_facts import earlier_receipt, record_fact
from ledger.roster import enrolled_programs, enrolled_since, find_codes
from ledger.rules.facts import Program

_DATES = "*DATE* `today`, `yesterday`, `mon` … `sun`, `11/03`, `2026-11-03`; without one it is today."
_ANY_ORDER = "Words come in any order. What is said later of the same day holds in place of what was said before."
_PROGRAMS = "*PROGRAM* `ccm`, `rpm`, `pcm`, `tcm`, `apcm`"

FACT_TOPICS: Mapping[FactCommand, Topic] = {
    FactCommand.CONSENT: Topic(
        "consent CODE [DATE] verbal|written [PROGRAM] [revoked DATE]",
        "Records the consent to a program, or that it was revoked.",
        ("/ccm consent P-1042 yesterday verbal", "/ccm consent P-1042 2026-01-12 written ccm revoked yesterday"),
        (_DATES, f"{_PROGRAMS}; not needed where the patient has one program", _ANY_ORDER),
    ),
    FactCommand.PLAN: Topic(
        "plan CODE [DATE] [substantial]",
        "Records that the care plan was established or revised.",
        ("/ccm plan P-1042", "/ccm plan P-1042 yesterday substantial"),
        (_DATES, _ANY_ORDER),
    ),
    FactCommand.VISIT: Topic(
        "visit CODE [DATE] AWV|IPPE|E/M|TCM",
        "Records the visit that opens care management.",
        ("/ccm visit P-1042 mon AWV",),
        (_DATES, _ANY_ORDER),
    ),
    FactCommand.STAY: Topic(
        "stay CODE SETTING ADMITTED [DISCHARGED]",
        "Records a stay: inpatient, snf, rehab or hospice; with times where they are known.",
        ("/ccm stay P-1042 inpatient yesterday", "/ccm stay P-1042 snf 2026-01-10 14:30 2026-01-13"),
        (
            "*SETTING* `inpatient`, `snf`, `rehab`, `hospice`",
            "*ADMITTED*, *DISCHARGED* `yesterday`, `11/10`, `11/10 14:30`, `2026-11-10T14:30`",
            "To end a stay, write it again with both dates.",
            _ANY_ORDER,
        ),
    ),
    FactCommand.READINGS: Topic(
        "readings CODE DAYS [MONTH]",
        "Records on how many days of a 30-day period a device sent readings.",
        ("/ccm readings P-1042 18", "/ccm readings P-1042 18 last"),
        ("*MONTH* `this`, `last`, `nov`, `2026-11`; without one it is this month.", _ANY_ORDER),
    ),
    FactCommand.ENROLL: Topic(
        "enroll CODE PROGRAM [DATE] [until DATE]",
        "Records the enrollment in a program, or its end.",
        ("/ccm enroll P-1042 pcm", "/ccm enroll P-1042 rpm 2026-11-02 until today"),
        (_DATES, _PROGRAMS, "To end an enrollment, say its program and until when.", _ANY_ORDER),
    ),
    FactCommand.COMPLEX: Topic(
        "complex CODE [DATE] moderate|high RATIONALE",
        "Designates complex care this month, with your rationale.",
        ("/ccm complex P-1042 high New heart failure. Four medications changed.",),
        (_DATES, "The rationale begins at the first word that is none of these, or with a quote."),
    ),
}
"""What the help says of each command."""

_FILES: Mapping[FactCommand, str] = {
    FactCommand.CONSENT: "consents",
    FactCommand.PLAN: "care-plans",
    FactCommand.VISIT: "visits",
    FactCommand.STAY: "stays",
    FactCommand.READINGS: "readings",
    FactCommand.ENROLL: "enrollments",
    FactCommand.COMPLEX: "complexity",
}
"""The import file that has the same facts, by whose rules a typed one is read too."""


@dataclass(frozen=True, slots=True)
class Question:
    """What keeps a line from being recorded as it is, and one that answers it."""

    words: str
    example: FactLine


def record(command: FactCommand, call: Call) -> Reply:
    """Records the fact that the line states and answers with what it changed; the same request again does neither.

    A line with gaps or mistakes is answered with what is missing or wrong, and saves nothing.
    """
    typed = f"{command} {call.text}".strip()
    request = call.request({"fact": typed})
    with call.database.writing() as connection:
        receipt = earlier_receipt(connection, call.practice, request)
        if receipt is not None:
            return fact_receipt(receipt, call.practice)
        line = _parse(call, connection, command)
        if line.problems or line.missing:
            return unclear_fact(line, typed, complaints=(), example=_example(call, line))
        full = _filled(call, connection, line)
        if isinstance(full, Question):
            return unclear_fact(line, typed, complaints=[full.words], example=_example(call, full.example))
        try:
            fact = read_fact(connection, call.practice, _FILES[command], _cells(call, full), at=call.at)
        except FactRefusedError as refused:
            complaints = [f"{each.column} {each.message} {each.remedy}" for each in refused.problems]
            plain = FactLine(command, line.patient_code, line.choice, line.program)
            return unclear_fact(line, typed, complaints=complaints, example=_example(call, plain))
        receipt = record_fact(
            connection, call.practice, fact, request=request, at=call.at, recorded_by=call.person.staff_id
        )
    return fact_receipt(receipt, call.practice)


def _parse(call: Call, connection: Connection, command: FactCommand) -> FactLine:
    @cache
    def named(word: str) -> Sequence[str]:
        return find_codes(connection, call.practice.practice_id, word)

    return parse_fact(command, call.text, today=call.today, find_codes=named)


def _example(call: Call, line: FactLine) -> str:
    return format_fact(completed(line, today=call.today))


def _filled(call: Call, connection: Connection, line: FactLine) -> FactLine | Question:
    """The line with the date, month and program it leaves out, or what has to be asked first."""
    if line.command is FactCommand.ENROLL:
        return _enrollment(call, connection, line)
    if line.command is FactCommand.READINGS:
        return replace(line, month=line.month or month_of(call.today))
    dated = replace(line, first_day=line.first_day or call.today)
    return _consent(call, connection, dated) if line.command is FactCommand.CONSENT else dated


def _enrollment(call: Call, connection: Connection, line: FactLine) -> FactLine | Question:
    """Without a date it begins today; an end alone is that of the enrollment which the patient has."""
    code, on = line.patient_code or "", line.first_day or call.today
    since = enrolled_since(connection, call.practice, code, on).get(line.program or Program.CCM)
    is_end_alone = line.first_day is None and line.last_day is not None
    if is_end_alone and since is None:
        words = f"{code} is not enrolled in {line.program}, so there is nothing to end. Say since when it was."
        return Question(words, replace(line, first_day=call.today, last_day=None))
    if since is None or since == line.first_day or is_end_alone:
        return replace(line, first_day=since or on)
    words = f"{code} is enrolled in {line.program} already, since {since}. To end that, say until when."
    return Question(words, replace(line, first_day=None, last_day=call.today))


def _consent(call: Call, connection: Connection, line: FactLine) -> FactLine | Question:
    """Without a program it is to the only one that the patient is enrolled in on that day, or else today."""
    if line.program:
        return line
    code, on = line.patient_code or "", line.first_day or call.today
    programs = enrolled_programs(connection, call.practice, code, on)
    programs = programs or enrolled_programs(connection, call.practice, code, call.today)
    example = replace(line, program=programs[0] if programs else Program.CCM)
    if len(programs) == 1:
        return example
    enrolled = " and ".join(programs) or "no program"
    return Question(f"{code} is enrolled in {enrolled}: which program is the consent to? Name it.", example)


def _cells(call: Call, line: FactLine) -> dict[str, str]:
    """The line as a row of its import file."""
    choice, program = line.choice.value if line.choice else "", line.program.value if line.program else ""
    first, last = _moment(line.first_day, line.first_time), _moment(line.last_day, line.last_time)
    cells: Mapping[FactCommand, dict[str, str]] = {
        FactCommand.CONSENT: {"program": program, "date": first, "form": choice, "revoked": last},
        FactCommand.PLAN: {"date": first, "substantial": "yes" if line.substantial else "no"},
        FactCommand.VISIT: {"date": first, "type": choice},
        FactCommand.STAY: {"setting": choice, "admitted": first, "discharged": last},
        FactCommand.READINGS: {"month": f"{line.month:%Y-%m}" if line.month else "", "days": str(line.days)},
        FactCommand.ENROLL: {"program": program, "from": first, "to": last},
        FactCommand.COMPLEX: {
            "date": first,
            "mdm": choice,
            "by": call.person.staff_id,
            "rationale": line.rationale,
        },
    }
    return {"patient": line.patient_code or "", **cells[line.command]}


def _moment(day: date | None, at: time | None) -> str:
    if day is None:
        return ""
    return f"{day.isoformat()}T{at:%H:%M}" if at else day.isoformat()
