"""``/ccm start CODE [WHAT] [HOW]``: a timer, one a person."""

from collections.abc import Mapping
from functools import partial

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.commands.log import refuse_long_note
from bot.grammar.log_line import LogLine
from bot.grammar.timer_line import parse_start
from bot.permissions import DOCUMENTING
from bot.views.forms.log import ACTIVITY, CONTACT, NOTE, PATIENT, PROGRAM, prefill
from bot.views.forms.timer import start_form, started_view
from bot.views.help import LOG_WORDS, Topic
from bot.views.problem import problem_lines
from bot.views.reply import OpenForm, Reply
from bot.views.timer import running_already, started
from ledger.errors import LedgerError
from ledger.recording.timers import Timer, TimerRunningError, running_timer, start_timer, to_the_second
from ledger.roster.directory import find_codes
from ledger.rules.facts import Activity, Contact, Program


def start(call: Call) -> Reply | OpenForm:
    """Return what ``save_start`` does; while one's timer runs, the answer names it and offers to end it."""
    try:
        return save_start(call)
    except TimerRunningError as error:
        return running_already(error.timer, call.local_now)


def save_start(call: Call) -> Reply | OpenForm:
    """Start the timer that the line asks for; open the form where no patient is named or something is unclear.

    Raises:
        TimerRunningError: Where the person has one already, ``LedgerError`` for a note that fits in no entry.
    """
    practice = call.practice
    with call.database.writing() as connection:
        line = parse_start(call.text, find_codes=partial(find_codes, connection, practice.practice_id))
        refuse_long_note(line.note)
        if line.problems or line.patient_code is None:
            running = running_timer(connection, practice, call.person.staff_id)
            if running is not None:
                raise TimerRunningError(running)
            return _form(call, line)
        timer = Timer(
            staff_id=call.person.staff_id,
            patient_code=line.patient_code,
            program=line.program,
            activity=line.activity,
            contact=line.contact,
            note=line.note,
            started_at=to_the_second(call.at),
        )
        return started(start_timer(connection, practice, timer, request=call.request({"start": call.text})), practice)


def submit_start(call: Call, values: Mapping[str, str]) -> OpenForm | dict[str, str]:
    """Start the timer that was filled in; return the answer as a view, or errors by input."""
    with call.database.writing() as connection:
        codes = find_codes(connection, call.practice.practice_id, values[PATIENT])
        if len(codes) != 1:
            return {PATIENT: "No patient has this code. For example: P-1042"}
        timer = Timer(
            staff_id=call.person.staff_id,
            patient_code=codes[0],
            program=Program(values[PROGRAM]) if PROGRAM in values else None,
            activity=Activity(values[ACTIVITY]) if ACTIVITY in values else None,
            contact=Contact(values[CONTACT]) if CONTACT in values else None,
            note=values.get(NOTE, "").strip(),
            started_at=to_the_second(call.at),
        )
        try:
            receipt = start_timer(connection, call.practice, timer, request=call.request(values))
        except LedgerError as error:
            return {NOTE if error.code == "IDENTIFIER_IN_TEXT" else PATIENT: f"{error.title} {error.remedy}"}
    reply = started(receipt, call.practice)
    return OpenForm(started_view(reply), reply.changed)


def _form(call: Call, line: LogLine) -> OpenForm:
    values = prefill(
        patient_code=line.patient_code,
        length="",
        activity=line.activity,
        contact=line.contact,
        day=call.today,
        program=line.program,
        note=line.note,
    )
    return OpenForm(start_form(values, intro="\n".join(problem_lines(line.problems))))


START = Command(
    "start",
    DOCUMENTING,
    start,
    Topic(
        "start CODE [WHAT] [HOW] [PROGRAM] [NOTE]",
        "Starts your timer: the entry will have the real times. Alone, it opens a form.",
        ("/ccm start P-1042 meds call",),
        LOG_WORDS,
    ),
    keeps_escapes=True,
    terminal=Saving(save_start, "ccm start --as coord1 P-1042 meds call"),
)
