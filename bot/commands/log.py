"""``/ccm log``: one line, or the form, to a saved entry and the running total."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.grammar.log_line import LogLine, parse_log
from bot.views.form import (
    ACTIVITY,
    CONFIRM,
    CONTACT,
    DATE,
    LENGTH,
    NOTE,
    PATIENT,
    PROGRAM,
    log_form,
    missing_intro,
    prefill,
    saved_view,
)
from bot.views.problem import confirmation, unclear_line
from bot.views.receipt import receipt
from bot.views.reply import OpenForm, Reply, fits_in_button
from ledger.errors import ConfirmationNeededError, LedgerError, ProgramMissingError
from ledger.recording import NOTE_CHARACTERS, NewEntry, Receipt, record_entry
from ledger.roster import find_codes, program_for_entry
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.warnings import note_advice

_INPUT_BY_FIELD = {"patient_code": PATIENT, "duration_minutes": LENGTH, "started_at": LENGTH, "date_of_service": DATE}
_INPUT_BY_CODE = {"PROGRAM_MISSING": PROGRAM, "NOTE_TOO_LONG": NOTE, "IDENTIFIER_IN_TEXT": NOTE}

Recorder = Callable[..., Receipt]
"""What stores an entry: ``record_entry``, or something that takes the same and does more in the same transaction."""


def log(call: Call, *, confirmed: bool = False) -> Reply | OpenForm:
    """What ``save_line`` does; where several programs are possible the form asks which.

    An unusual entry is answered with a question, in the form where the line is long.
    """
    try:
        return save_line(call, confirmed=confirmed)
    except ProgramMissingError as error:
        return open_form(call, intro=error.title)
    except ConfirmationNeededError as question:
        if fits_in_button(call.text):
            return confirmation(question, call.text)
        return open_form(call, confirm=save_anyway(question))


def save_line(call: Call, *, confirmed: bool) -> Reply | OpenForm:
    """Saves the line and answers with its receipt; opens the form where something is missing.

    A line that cannot be read is answered with what is wrong with it, and saves nothing. Raises ``LedgerError`` for
    an entry that the rules refuse, ``ConfirmationNeededError`` for an unusual one unless ``confirmed``.
    """
    with call.database.writing() as connection:
        line = _parse(call, connection, call.text)
        if line.problems:
            return unclear_line(call.text, line.problems)
        if line.missing:
            refuse_long_note(line.note)
            return OpenForm(log_form(_values(call, line), intro=missing_intro(line.missing if call.text else ())))
        return save_entry(call, connection, line, content={"log": call.text}, confirmed=confirmed)


def open_form(call: Call, *, intro: str = "", confirm: str = "") -> OpenForm:
    """The form, prefilled with what is understood of the call's text; ``intro`` and ``confirm`` as for ``log_form``."""
    with call.database.reading() as connection:
        line = _parse(call, connection, call.text)
    return OpenForm(log_form(_values(call, line), intro=intro, confirm=confirm))


def open_form_with_note(call: Call, note: str) -> OpenForm:
    """The form with ``note`` in it: the text of a message that the person logs time about."""
    return OpenForm(log_form(_values(call, LogLine(note=note[:NOTE_CHARACTERS]))))


def submit_form(call: Call, values: Mapping[str, str], *, record: Recorder | None = None) -> OpenForm | dict[str, str]:
    """Saves what was filled in; returns the receipt or the form with a question as a view, or errors by input."""
    try:
        with call.database.writing() as connection:
            line = _parse(
                call, connection, f"{values.get(PATIENT, '')} {values.get(LENGTH, '')} {values.get(DATE, '')}"
            )
            errors = _form_errors(line, values)
            if errors:
                return errors
            filled = LogLine(
                patient_code=line.patient_code,
                duration_minutes=line.duration_minutes,
                started_at=line.started_at,
                ended_at=line.ended_at,
                activity=Activity(values[ACTIVITY]),
                contact=Contact(values[CONTACT]) if CONTACT in values else None,
                date_of_service=line.date_of_service,
                program=Program(values[PROGRAM]) if PROGRAM in values else None,
                note=values[NOTE].strip(),
            )
            saved = save_entry(
                call,
                connection,
                filled,
                content=values,
                confirmed=CONFIRM in values,
                with_buttons=False,
                record=record,
            )
            return OpenForm(saved_view(saved), saved.changed)
    except ConfirmationNeededError as question:
        return OpenForm(log_form(values, confirm=save_anyway(question)))
    except LedgerError as error:
        return {_INPUT_BY_CODE.get(error.code, LENGTH): f"{error.title} {error.remedy}"}


def save_anyway(question: ConfirmationNeededError) -> str:
    """The question as a form asks it, beside a tick."""
    return f"{question.title} Save it anyway?"


def refuse_long_note(note: str) -> None:
    """Raises ``LedgerError`` for a note that fits into no entry and so into no form."""
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


def _form_errors(line: LogLine, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by input. A note in the line means that a word of the patient or the length was not understood."""
    errors = {
        _INPUT_BY_FIELD.get(problem.field, LENGTH): f"{problem.message} For example: {problem.example}"
        for problem in line.problems
    }
    if line.patient_code is None:
        errors.setdefault(PATIENT, "No patient has this code. For example: P-1042")
    elif line.duration_minutes is None or line.note:
        errors.setdefault(LENGTH, "This is no length. For example: 12m, 1h5m or 10:05-10:17")
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
    with_buttons: bool = True,
    record: Recorder | None = None,
) -> Reply:
    """Stores what was understood of a complete line, by ``record`` where that is given; returns the receipt.

    Raises as ``record`` does, and ``ProgramMissingError`` where the program is neither said nor the only one.
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
    return receipt(saved, call.practice, note_advice=note_advice(line.note), with_buttons=with_buttons)


def _values(call: Call, line: LogLine) -> dict[str, str]:
    length = f"{line.duration_minutes}m" if line.duration_minutes else ""
    if line.started_at and line.ended_at:
        length = f"{line.started_at:%H:%M}-{line.ended_at:%H:%M}"
    elif line.started_at:
        length = f"at {line.started_at:%H:%M}"
    return prefill(
        patient_code=line.patient_code,
        length=length,
        activity=line.activity,
        contact=line.contact,
        day=line.date_of_service or call.today,
        program=line.program,
        note=line.note,
    )
