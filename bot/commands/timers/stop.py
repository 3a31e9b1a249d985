"""``/ccm stop [NOTE]``: the timer becomes an entry with real times, at once or through the form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.commands.command import Command, Saving
from bot.commands.log import refuse_long_note, save_anyway, save_entry, submit_form
from bot.grammar.log_line import LogLine
from bot.grammar.timer_line import parse_stop
from bot.permissions import DOCUMENTING
from bot.views.forms.log import DATE, LENGTH, log_form, missing_intro
from bot.views.forms.timer import Stopped, as_stop_form, stop_intro, stop_values
from bot.views.help import LOG_WORDS, Topic
from bot.views.problem import problem_lines
from bot.views.receipt import receipt
from bot.views.reply import OpenForm, Reply
from ledger.errors import ConfirmationNeededError, LedgerError, ProgramMissingError
from ledger.practice.practice import Practice
from ledger.recording.entries import ENTRY, NewEntry, Receipt
from ledger.recording.staff_locks import lock_staff
from ledger.recording.stored_entries import find_entry
from ledger.recording.timers import Timer, required_timer, stop_timer, to_the_second
from ledger.roster.directory import find_codes
from ledger.rules.warnings import note_advice

OVERLAP, LONG = "OVERLAP", "TIMER_LONG"


@dataclass(frozen=True, slots=True)
class Button:
    """The button that asks for a stop: the timer it is about, and the message to be told; a command has neither."""

    started_at: datetime | None = None
    response_url: str = ""


COMMAND = Button()


def stop(call: Call, button: Button = COMMAND) -> Reply | OpenForm:
    """Return what ``save_stop`` does; what keeps the entry from being saved as it is can be mended in the form."""
    try:
        return save_stop(call, button)
    except ProgramMissingError as error:
        return open_stop_form(call, button, intro=error.title)
    except ConfirmationNeededError as question:
        # The form shows how long it ran and asks: that is all the confirmation a long timer needs.
        return open_stop_form(call, button, confirm="" if question.code == LONG else save_anyway(question))
    except LedgerError as error:
        if error.code != OVERLAP:
            raise
        return open_stop_form(call, button, intro=f"{error.title} {error.remedy}")


def save_stop(call: Call, button: Button = COMMAND, *, confirmed: bool = False) -> Reply | OpenForm:
    """End the timer at the instant of the call and answer with the entry's receipt; open the form for gaps.

    Raises:
        LedgerError: Where no timer runs or what it measured may not be stored; ``ConfirmationNeededError`` where it ran
            longer than the practice's limit, or the entry is unusual, unless ``confirmed``.
    """
    content = {"stop": call.text, "timer": button.started_at}
    with call.database.writing() as connection:
        lock_staff(connection, call.practice, call.person.staff_id)
        saved = ENTRY.earlier(connection, call.practice.practice_id, call.request(content))
        if saved is not None:
            return _again(call, connection, saved)
        timer = required_timer(connection, call.practice, call.person.staff_id, button.started_at)
        _refuse_short(timer, call.at)
        line = _understood(call, connection, timer)
        if line.problems or line.missing:
            return _form(call, timer, line, button)
        if not confirmed:
            _ask_about_long(timer, call)
        record = partial(stop_timer, started_at=timer.started_at)
        return save_entry(call, connection, line, content=content, confirmed=confirmed, record=record)


def open_stop_form(
    call: Call, button: Button = COMMAND, *, intro: str = "", confirm: str = "", open_end: bool = False
) -> OpenForm:
    """Return the form that ends the timer, with what was measured and said.

    With ``open_end`` the end is to be filled in.

    Raises:
        LedgerError: Where no timer runs, or not the one that ``button`` is about.
    """
    with call.database.reading() as connection:
        timer = required_timer(connection, call.practice, call.person.staff_id, button.started_at)
        _refuse_short(timer, call.at)
        line = _understood(call, connection, timer)
    return _form(call, timer, line, button, intro=intro, confirm=confirm, open_end=open_end)


def submit_stop(call: Call, values: Mapping[str, str], stopped: Stopped) -> OpenForm | dict[str, str]:
    """Log what was filled in and end the timer, both or neither; return a view, or errors by input.

    Where length and date are as they were measured, the entry has the instants themselves.
    """
    measured = stopped.measured(call.practice)
    as_measured = all(values.get(name) == measured[name] for name in (LENGTH, DATE))

    def record(connection: Connection, practice: Practice, entry: NewEntry, **how: Any) -> Receipt:
        if as_measured:
            entry = replace(entry, started_at=stopped.started_at, ended_at=stopped.stopped_at)
            entry = replace(entry, date_of_service=None, duration_minutes=None)
        return stop_timer(connection, practice, entry, started_at=stopped.started_at, **how)

    said = submit_form(call, values, record=record)
    return replace(said, view=as_stop_form(said.view, stopped)) if isinstance(said, OpenForm) else said


def _understood(call: Call, connection: Connection, timer: Timer) -> LogLine:
    """Return the line over what was said at the start; the note goes on where one was begun."""
    said = parse_stop(
        call.text,
        patient_code=timer.patient_code,
        find_codes=partial(find_codes, connection, call.practice.practice_id),
        begun=timer,
    )
    note = f"{timer.note} {said.note}".strip()
    refuse_long_note(note)
    return replace(
        said,
        duration_minutes=timer.minutes_until(call.at),
        started_at=timer.started_at,
        ended_at=to_the_second(call.at),
        activity=said.activity or timer.activity,
        contact=said.contact,
        program=said.program or timer.program,
        date_of_service=call.practice.local_date(timer.started_at),
        note=note,
    )


def _form(
    call: Call,
    timer: Timer,
    line: LogLine,
    button: Button,
    *,
    intro: str = "",
    confirm: str = "",
    open_end: bool = False,
) -> OpenForm:
    stopped = Stopped(timer.started_at, to_the_second(call.at), button.response_url)
    filled = replace(timer, activity=line.activity, contact=line.contact, program=line.program, note=line.note)
    lines = [stop_intro(timer, stopped, call.practice), intro, *problem_lines(line.problems)]
    lines.append(missing_intro(line.missing))
    values = stop_values(filled, stopped, call.practice, open_end=open_end)
    view = log_form(values, intro="\n".join(filter(None, lines)), confirm=confirm)
    return OpenForm(as_stop_form(view, stopped))


def _again(call: Call, connection: Connection, saved: Receipt) -> Reply:
    """Return the answer to a stop that was delivered before."""
    entry = find_entry(connection, call.practice.practice_id, saved.patient_code, saved.parts[0].position)
    return receipt(saved, call.practice, note_advice=note_advice(entry.note))


def _refuse_short(timer: Timer, at: datetime) -> None:
    if timer.minutes_until(at) < 1:
        raise LedgerError(
            "TIMER_SHORT",
            f"Your timer for {timer.patient_code} has run under a minute (rule E2). It goes on.",
            "Stop it later, or throw it away: /ccm cancel",
        )


def _ask_about_long(timer: Timer, call: Call) -> None:
    if timer.is_long(call.practice, call.at):
        raise ConfirmationNeededError(
            LONG,
            f"Your timer for {timer.patient_code} ran {timer.minutes_until(call.at)} minutes: is that right?",
            "If you stopped earlier, throw it away and log the time that you worked: /ccm cancel",
        )


STOP = Command(
    "stop",
    DOCUMENTING,
    stop,
    Topic(
        "stop [WHAT] [HOW] [PROGRAM] NOTE",
        "Stops your timer and saves its time as an entry. What is missing is asked for in a form.",
        ("/ccm stop Reconciled the insulin list. Dose confirmed.",),
        LOG_WORDS,
    ),
    keeps_escapes=True,
    terminal=Saving(
        save_stop,
        "ccm stop --as coord1 meds call Reconciled the insulin list. Dose confirmed.",
        asks=True,
    ),
)
