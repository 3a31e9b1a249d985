"""The entry that replaces another: what a line or a form says, and the rest as it was (E5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call
from bot.grammar.clock import later, local_instant
from bot.grammar.log_line import LogLine
from bot.views.correction import fixed
from bot.views.reply import Reply
from ledger.errors import LedgerError
from ledger.recording.entries import NewEntry
from ledger.recording.fixes import fix_entry
from ledger.recording.stored_entries import StoredEntry
from ledger.rules.facts import CONTACT_ACTIVITIES
from ledger.rules.warnings import note_advice


def replaced(
    call: Call,
    connection: Connection,
    old: StoredEntry,
    new: NewEntry,
    *,
    content: Mapping[str, Any],
    confirmed: bool,
) -> Reply:
    """Replace ``old`` by ``new`` and answer with the receipt; raise as ``fix_entry`` does."""
    request = call.request(content)
    done = fix_entry(connection, call.practice, old.position, new, request=request, at=call.at, confirmed=confirmed)
    return fixed(done, call.practice, note_advice=note_advice(new.note))


def corrected(call: Call, old: StoredEntry, line: LogLine, *, keeps_contact: bool = True) -> NewEntry:
    """Return the entry with what the line says, and as it was where the line says nothing.

    A contact that nobody names is the old one, unless a form without it was sent.

    Raises:
        LedgerError: Where that changes nothing, or where a contact is missing.
    """
    times = _times(call, old, line)
    activity = line.activity or old.activity
    contact = line.contact or (old.contact if keeps_contact else None)
    if activity in CONTACT_ACTIVITIES and contact is None:
        raise LedgerError(
            "CONTACT_MISSING",
            "How was the contact: live, message, voicemail or no answer?",
            f"Say it, for example: /ccm fix {old.name} patient-contact call",
        )
    new = NewEntry(
        patient_code=old.patient_code,
        staff_id=old.staff_id,
        program=line.program or old.program,
        activity=activity,
        note=line.note or old.note,
        contact=contact,
        date_of_service=None if times else line.date_of_service or old.date_of_service,
        duration_minutes=None if times else line.duration_minutes or old.duration_minutes,
        started_at=times.start if times else None,
        ended_at=times.end if times else None,
    )
    if new == _as_it_was(old):
        raise LedgerError(
            "FIX_CHANGES_NOTHING",
            f"{old.name} says so already: nothing would change.",
            f"Say what is to be different: a length, times, a day, what was done, or the note: /ccm fix {old.name} 15m",
        )
    return new


def _as_it_was(old: StoredEntry) -> NewEntry:
    is_timed = old.started_at is not None
    return NewEntry(
        patient_code=old.patient_code,
        staff_id=old.staff_id,
        program=old.program,
        activity=old.activity,
        note=old.note,
        contact=old.contact,
        date_of_service=None if is_timed else old.date_of_service,
        duration_minutes=None if is_timed else old.duration_minutes,
        started_at=old.started_at,
        ended_at=old.ended_at,
    )


@dataclass(frozen=True, slots=True)
class _Times:
    start: datetime
    end: datetime


def _times(call: Call, old: StoredEntry, line: LogLine) -> _Times | None:
    """Return when the work was, where that is known: a new length keeps the beginning, a new day the time of day."""
    minutes = line.duration_minutes or old.duration_minutes
    if line.started_at is not None:
        return _Times(line.started_at, line.ended_at or later(line.started_at, minutes))
    if line.ended_at is not None:
        return _Times(later(line.ended_at, -minutes), line.ended_at)
    if old.started_at is None or old.ended_at is None:
        return None
    start, length = old.started_at, old.ended_at - old.started_at
    if line.date_of_service is not None and line.date_of_service != old.date_of_service:
        start = _moved(call.practice.local(start), line.date_of_service)
    if minutes != old.duration_minutes:
        length = timedelta(minutes=minutes)
    return _Times(start, start + length)


def _moved(start: datetime, day: date) -> datetime:
    """Return the same time of day on another day, in UTC.

    Raises:
        LedgerError: Where clocks skip it on that day.
    """
    moved = local_instant(day, start.time(), start.tzinfo)
    if moved is None:
        raise LedgerError(
            "TIME_SKIPPED",
            f"Clocks skipped {start:%H:%M} on {day:%Y-%m-%d} (daylight saving time began).",
            "Write the times too, for example: 3:05am-3:17am",
        )
    return moved.astimezone(UTC)
