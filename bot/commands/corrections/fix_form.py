"""The form that fixes an entry: the log form with the entry in it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.commands.call import Call
from bot.commands.corrections.entries import named_entry
from bot.commands.corrections.fixing import corrected, replaced
from bot.commands.log import read_form, refusal_beside
from bot.grammar.lengths import format_length
from bot.grammar.log_line import LogLine
from bot.views.forms.log import ACTIVITY, CONFIRM, CONTACT, LENGTH, NOTE, PATIENT, PROGRAM, fix_form, prefill
from bot.views.reply import OpenForm, reply_view
from ledger.characters import characters
from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.recording.entries import NOTE_CHARACTERS
from ledger.recording.stored_entries import StoredEntry


def entry_form(call: Call, entry: StoredEntry) -> dict[str, Any]:
    """Return the form with the entry in it; a note that has grown too long for one is left out, and that is said."""
    values = _values(call, entry)
    if characters(entry.note) <= NOTE_CHARACTERS:
        return fix_form(entry.name, values)
    intro = (
        f"With its addenda the note has {characters(entry.note)} characters and {NOTE_CHARACTERS} fit: write it anew."
    )
    return fix_form(entry.name, {name: value for name, value in values.items() if name != NOTE}, intro=intro)


def submit_fix(call: Call, values: Mapping[str, str]) -> OpenForm | dict[str, str]:
    """Replace the entry that ``call.text`` names by what was filled in; return a view, or errors by input.

    What stands in the form as it was stays in the entry as it was, to the second.

    Raises:
        LedgerError: For an entry that is not the person's.
    """
    with call.database.reading() as connection:
        old, _ = named_entry(call, connection, command="fix")
    begun = _values(call, old)
    changes = {name for name, value in values.items() if begun.get(name) != value}
    try:
        with call.database.writing() as connection:
            line, errors = read_form(call, connection, {**values, PATIENT: old.patient_code})
            if errors:
                return errors
            new = corrected(call, old, _changed(line, changes, old), keeps_contact=CONTACT in values)
            content = {"fix": old.name, **values}
            saved = replaced(call, connection, old, new, content=content, confirmed=CONFIRM in values)
    except ConfirmationNeededError as question:
        return OpenForm(fix_form(old.name, values, confirm=f"{question.title} Save it anyway?"))
    except LedgerError as error:
        return refusal_beside(error)
    return OpenForm(reply_view(saved, title="Fixed"), saved.changed)


def _values(call: Call, entry: StoredEntry) -> dict[str, str]:
    start, end = entry.started_at, entry.ended_at
    line = LogLine(
        duration_minutes=entry.duration_minutes,
        started_at=_to_the_minute(call, start) if start else None,
        ended_at=_to_the_minute(call, end) if end else None,
        date_of_service=entry.date_of_service,
    )
    return prefill(
        patient_code=None,
        length=format_length(line, now=call.local_now),
        activity=entry.activity,
        contact=entry.contact,
        day=entry.date_of_service,
        program=entry.program,
        note=entry.note,
    )


def _to_the_minute(call: Call, instant: datetime) -> datetime:
    return call.practice.local(instant).replace(second=0, microsecond=0)


def _changed(line: LogLine, changes: Collection[str], old: StoredEntry) -> LogLine:
    """Return of a filled form what was changed."""
    if LENGTH not in changes:
        line = replace(line, duration_minutes=None, started_at=None, ended_at=None)
    return replace(
        line,
        date_of_service=line.date_of_service if line.date_of_service != old.date_of_service else None,
        activity=line.activity if ACTIVITY in changes else None,
        contact=line.contact if CONTACT in changes else None,
        program=line.program if PROGRAM in changes else None,
        note=line.note if NOTE in changes else "",
    )
