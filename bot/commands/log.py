"""``/ccm log``: one line, or the form, to a saved entry and the running total."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.commands.pasting import Filled, fill, means_the_same, unread_error, without_command
from bot.commands.reading import Reading, read_line, reading_card
from bot.grammar.days import DayTrouble
from bot.grammar.lengths import format_length, unread_length
from bot.grammar.log_line import LogLine, parse_log
from bot.grammar.tokens import unescape
from bot.permissions import DOCUMENTING, may
from bot.views.formatting import escaped
from bot.views.forms.inputs import as_entered, submitted
from bot.views.forms.log import (
    ACTIVITY,
    CONFIRM,
    CONTACT,
    DATE,
    INPUT_BY_FIELD,
    LENGTH,
    LINE,
    NOTE,
    PATIENT,
    PROGRAM,
    log_form,
    prefill,
    saved_view,
    unclear_intro,
    unlike_error,
    unlike_intro,
)
from bot.views.help import LOG_WORDS, Topic
from bot.views.problem import confirmation, unclear_line
from bot.views.receipt import receipt
from bot.views.reply import OpenForm, Reply, fits_in_button
from ledger.errors import ConfirmationNeededError, LedgerError, ProgramMissingError
from ledger.recording.entries import NOTE_CHARACTERS, NewEntry, Receipt, record_entry
from ledger.roster.directory import find_codes, program_for_entry
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.warnings import note_advice

_INPUT_BY_CODE = {
    "PROGRAM_MISSING": PROGRAM,
    "NOTE_TOO_LONG": NOTE,
    "IDENTIFIER_IN_TEXT": NOTE,
    "MONTH_CLOSED": DATE,
}

Recorder = Callable[..., Receipt]
"""What stores an entry: ``record_entry``, or something that takes the same and does more in the same transaction."""


def log(call: Call, *, confirmed: bool = False) -> Reply | OpenForm:
    """Save the line and answer with its receipt; where it is unclear or has gaps, the form says so.

    Where several programs are possible the form asks which; an unusual entry is answered with a question, in the form
    where the line is long.

    Raises:
        LedgerError: For an entry that the rules refuse.
    """
    if asks_for_reading(call.text):
        return reading_card(read(without_question(call)))
    try:
        said = _saved(call, confirmed=confirmed)
    except ProgramMissingError as error:
        return open_form(call, intro=error.title)
    except ConfirmationNeededError as question:
        if fits_in_button(call.text):
            return confirmation(question, call.text)
        return open_form(call, confirm=save_anyway(question))
    return said if isinstance(said, Reply) else _finish_in_form(call, said)


def save_line(call: Call, *, confirmed: bool) -> Reply | OpenForm:
    """Save the line as ``log`` does, but answer an unclear one with what is wrong with it instead of a form.

    Raises:
        LedgerError: For an entry that the rules refuse, ``ConfirmationNeededError`` for an unusual one unless
            ``confirmed``.
    """
    if asks_for_reading(call.text):
        return reading_card(read(without_question(call)))
    said = _saved(call, confirmed=confirmed)
    if isinstance(said, Reply):
        return said
    return unclear_line(call.text, said.problems) if said.problems else _finish_in_form(call, said)


def asks_for_reading(text: str) -> bool:
    """Return whether a question mark stands alone behind the line: then it is read and not saved."""
    return text.split()[-1:] == ["?"]


def without_question(call: Call) -> Call:
    """Return the call without the question mark behind its line."""
    return call.behind(call.text.rstrip().removesuffix("?").rstrip())


def read(call: Call) -> Reading:
    """Return how the call's line would be understood and what would be asked; nothing is saved."""
    return read_line(
        call,
        lambda connection: _parse(call, connection, call.text),
        lambda connection, line: save_entry(call, connection, line, content={"log": call.text}, confirmed=False),
    )


def _saved(call: Call, *, confirmed: bool) -> Reply | LogLine:
    """Return the receipt of the line, or the line where it cannot be saved as it is."""
    with call.database.writing() as connection:
        line = _parse(call, connection, call.text)
        if not line.is_complete:
            return line
        return save_entry(call, connection, line, content={"log": call.text}, confirmed=confirmed)


def _finish_in_form(call: Call, line: LogLine) -> OpenForm:
    """Return the form with all that was understood of the line, and what was not.

    Raises for a note that fits in no form.
    """
    refuse_long_note(line.note)
    intro = unclear_intro(line.problems, line.missing) if call.text else ""
    return OpenForm(log_form(_values(call, line, call.text), intro=intro))


def open_form(call: Call, *, intro: str = "", confirm: str = "") -> OpenForm:
    """Return the form, prefilled with what is understood of the call's text.

    ``intro`` and ``confirm`` as for ``log_form``.
    Without a text it asks the ledger nothing: Slack waits three seconds for a form.
    """
    line = LogLine()
    if call.text:
        with call.database.reading() as connection:
            line = _parse(call, connection, call.text)
    return OpenForm(log_form(_values(call, line, call.text), intro=intro, confirm=confirm))


def open_form_with_note(call: Call, note: str) -> OpenForm:
    """Return the form with ``note`` in it: the text of a message that the person logs time about, or as much as fits.

    ``note`` comes as Slack sends messages, with its escapes.
    """
    note = unescape(note)
    cut = len(note) - NOTE_CHARACTERS
    intro = f"A note has {NOTE_CHARACTERS:,} characters: the last {cut:,} of the message were left out."
    values = _values(call, LogLine(note=note[:NOTE_CHARACTERS]))
    return OpenForm(log_form(values, intro=intro if cut > 0 else ""))


def read_pasted(call: Call, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form ``view`` with what its pasted line says in the inputs that were empty.

    Above it stands what could not be read.

    A line that was read to its end is taken from its field; one that was not stays there to be corrected.
    """
    values = submitted(view)
    with call.database.reading() as connection:
        line = _parse_pasted(call, connection, values.get(LINE, ""))
        filled = _filled(call, connection, values, line)
    gaps = [field for field in line.missing if INPUT_BY_FIELD[field] not in filled.values]
    intro = "\n".join(filter(None, [unclear_intro(line.problems, gaps), unlike_intro(filled.unlike)]))
    kept = {LINE: values.get(LINE, "")} if line.problems or filled.unlike else {}
    form = log_form({**filled.values, **kept}, intro=intro or "Filled in from the line. Check it and save.")
    return as_entered(form, view)


def submit_form(call: Call, values: Mapping[str, str], *, record: Recorder | None = None) -> OpenForm | dict[str, str]:
    """Save what was filled in; return the receipt or the form with a question as a view, or errors by input."""
    entered = values
    try:
        with call.database.writing() as connection:
            errors: dict[str, str] = {}
            if LINE in values:
                pasted = _parse_pasted(call, connection, values[LINE])
                filled = _filled(call, connection, values, pasted)
                entered, errors = filled.values, _paste_errors(pasted, filled)
            line, wrong = read_form(call, connection, entered)
            errors = {**wrong, **errors}
            if errors:
                return errors
            saved = save_entry(call, connection, line, content=values, confirmed=CONFIRM in values, record=record)
            return OpenForm(saved_view(saved), saved.changed)
    except ConfirmationNeededError as question:
        return OpenForm(log_form(entered, confirm=save_anyway(question)))
    except LedgerError as error:
        return refusal_beside(error)


def read_form(call: Call, connection: Connection, values: Mapping[str, str]) -> tuple[LogLine, dict[str, str]]:
    """Return what was filled in, and what is wrong with it by the names of inputs."""
    line = _parse(call, connection, f"{values.get(PATIENT, '')} {values.get(LENGTH, '')} {values.get(DATE, '')}")
    filled = replace(
        line,
        activity=Activity(values[ACTIVITY]) if ACTIVITY in values else None,
        contact=Contact(values[CONTACT]) if CONTACT in values else None,
        program=Program(values[PROGRAM]) if PROGRAM in values else None,
        note=values.get(NOTE, "").strip(),
    )
    return filled, _form_errors(line, values)


def refusal_beside(error: LedgerError) -> dict[str, str]:
    """Return what the ledger refused, beside the input that it is about."""
    return {_INPUT_BY_CODE.get(error.code, LENGTH): f"{error.title} {error.remedy}"}


def save_anyway(question: ConfirmationNeededError) -> str:
    """Return the question as a form asks it, beside a tick."""
    return f"{question.title} Save it anyway?"


def refuse_long_note(note: str) -> None:
    """Raise ``LedgerError`` for a note that fits into no entry and so into no form.

    Raises:
        LedgerError: NOTE_TOO_LONG.
    """
    if len(note) > NOTE_CHARACTERS:
        raise LedgerError(
            "NOTE_TOO_LONG",
            f"The note has {len(note)} characters; {NOTE_CHARACTERS} fit.",
            "Say what was found and what was decided, and keep the rest in the chart.",
        )


def _parse(call: Call, connection: Connection, text: str) -> LogLine:
    @cache
    def named(word: str) -> Sequence[str]:
        return find_codes(connection, call.practice.practice_id, word)

    return parse_log(text, now=call.local_now, find_codes=named)


def _parse_pasted(call: Call, connection: Connection, pasted: str) -> LogLine:
    # The grammar undoes Slack's escapes in the note: what comes from a form has none.
    return _parse(call, connection, escaped(without_command(pasted)))


def _filled(call: Call, connection: Connection, values: Mapping[str, str], pasted: LogLine) -> Filled:
    said = _values(call, pasted)
    if pasted.date_of_service is None:
        said.pop(DATE, None)
    entered = _parse(call, connection, f"{values.get(LENGTH, '')} {values.get(DATE, '')}")
    if LENGTH in values and means_the_same(entered, pasted):
        said.pop(LENGTH, None)
    return fill(values, said, pasted, today=call.today)


def _paste_errors(pasted: LogLine, filled: Filled) -> dict[str, str]:
    errors = {name: unlike_error(name, filled.unlike) for name in filled.unlike}
    unread = unread_error(pasted, filled.values)
    return {**errors, LINE: unescape(unread)} if unread else errors


def _form_errors(line: LogLine, values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong, by input.

    A note in the line means that a word of the patient or the length was not understood.
    """
    errors = {
        INPUT_BY_FIELD.get(problem.field, LENGTH): f"{problem.message} For example: {problem.example}"
        for problem in line.problems
    }
    if line.patient_code is None:
        errors.setdefault(PATIENT, "No patient has this code. For example: P-1042")
    elif line.duration_minutes is None or line.note:
        errors.setdefault(LENGTH, "This is no length. For example: 12m, 1h5m or 10:05-10:17")
    if ACTIVITY not in values:
        errors[ACTIVITY] = "Say what was done."
    if values.get(ACTIVITY) in {Activity.PATIENT_CONTACT, Activity.CAREGIVER_CONTACT} and CONTACT not in values:
        errors[CONTACT] = "Say how: live, message, voicemail or no answer."
    if not values.get(NOTE, "").strip():
        errors[NOTE] = "Say what was done (rule E1)."
    return errors


def save_entry(
    call: Call,
    connection: Connection,
    line: LogLine,
    *,
    content: Mapping[str, Any],
    confirmed: bool,
    record: Recorder | None = None,
) -> Reply:
    """Store what was understood of a complete line, by ``record`` where that is given; return the receipt.

    Raises as ``record`` does, and ``ProgramMissingError`` where the program is neither said nor the only one.

    Raises:
        LedgerError: LINE_INCOMPLETE.
    """
    if line.patient_code is None or line.activity is None:
        raise LedgerError("LINE_INCOMPLETE", "The line is incomplete.", "/ccm log P-1042 12m meds call What was done.")
    day = line.date_of_service or call.today
    timed = line.started_at is not None and line.ended_at is not None
    entry = NewEntry(
        patient_code=line.patient_code,
        staff_id=call.person.staff_id,
        program=line.program or program_for_entry(connection, call.practice, line.patient_code, day),
        activity=line.activity,
        contact=line.contact,
        note=line.note,
        date_of_service=None if timed else day,
        duration_minutes=None if timed else line.duration_minutes,
        started_at=line.started_at if timed else None,
        ended_at=line.ended_at if timed else None,
    )
    saved = (record or record_entry)(
        connection,
        call.practice,
        entry,
        request=call.request(content),
        at=call.at,
        recorded_by=call.person.staff_id,
        confirmed=confirmed,
    )
    return receipt(saved, call.practice, note_advice=note_advice(line.note), may=partial(may, call.person))


def _values(call: Call, line: LogLine, text: str = "") -> dict[str, str]:
    """Return the form of a line: what was understood, and today where it says no day.

    What a problem is about stays empty, so that nothing is saved by accident; but a day long ago, which is seen, and
    of ``text`` a length that cannot be read, which is refused until it is corrected.
    """
    values = prefill(
        patient_code=line.patient_code,
        length=format_length(line, now=call.local_now),
        activity=line.activity,
        contact=line.contact,
        day=line.date_of_service or call.today,
        program=line.program,
        note=line.note,
    )
    for problem in line.problems:
        if problem.code not in {DayTrouble.LONG_AGO, "WORD_UNKNOWN"}:
            values.pop(INPUT_BY_FIELD[problem.field], None)
    unread = unescape(unread_length(text, line.problems, line, now=call.local_now))
    return {**values, LENGTH: unread} if unread else values


LOG = Command(
    "log",
    DOCUMENTING,
    log,
    Topic(
        "log CODE LENGTH [WHAT] [HOW] [WHEN] [PROGRAM] NOTE",
        "Saves time right after the call and shows the running total. Alone, it opens a form.",
        (
            "/ccm log P-1042 12m meds call Reconciled the insulin list. Dose confirmed.",
            "/ccm log P-1042 10:05-10:17 labs yesterday Reviewed the potassium. Result sent to the practitioner.",
        ),
        LOG_WORDS,
    ),
    keeps_escapes=True,
    terminal=Saving(
        save_line,
        "ccm log --as coord1 P-1042 12m meds call Reconciled the insulin list. Dose confirmed.",
        asks=True,
        explains_author=True,
        read=read,
    ),
)
