"""An addendum: text added to the note of an entry, which keeps both with their times (E5)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from ledger.characters import characters
from ledger.errors import LedgerError
from ledger.months.closed_months import refuse_closed
from ledger.months.patient_months import reevaluate
from ledger.practice.practice import Practice
from ledger.recording.entries import NOTE_CHARACTERS, MonthChange, month_change
from ledger.recording.staff_locks import lock_staff
from ledger.recording.stored_entries import find_live_entry
from ledger.storage.hash_chain import link, lock_head, move_head
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import EntryAddendumRow
from ledger.values.identifiers import refuse_identifiers

_INSERT = insert(EntryAddendumRow)


@dataclass(frozen=True, slots=True)
class AddendumReceipt(Replayable):
    """To which entry text was added, and what that changed. It carries no text."""

    patient_code: str
    entry_position: int
    months: tuple[MonthChange, ...]


_ADDENDUM = Once(AddendumReceipt)


def add_addendum(
    connection: Connection,
    practice: Practice,
    patient_code: str,
    position: int,
    *,
    text: str,
    request: Request,
    at: datetime,
    by: str,
) -> AddendumReceipt:
    """Add ``text`` to the note of the entry one of whose parts is at ``position``; ``by`` is who writes it.

    Raises:
        LedgerError: For an entry that is none, was voided or lies in a closed month (E9), and for a text that is empty,
            over 3,000 characters, or looks as if it held an identifier.
    """
    lock_staff(connection, practice, by)

    def add() -> AddendumReceipt:
        return _add(connection, practice, patient_code, position, text=text.strip(), at=at, by=by)

    return _ADDENDUM.write(connection, practice.practice_id, request, add, at=at)


def _add(
    connection: Connection, practice: Practice, patient_code: str, position: int, *, text: str, at: datetime, by: str
) -> AddendumReceipt:
    if not 1 <= characters(text) <= NOTE_CHARACTERS:
        raise LedgerError(
            "ADDENDUM_LENGTH",
            f"An addendum has 1 to {NOTE_CHARACTERS} characters; this one has {characters(text)}.",
            f"For example: /ccm add {patient_code}#{position} Pharmacy confirmed the new dose.",
        )
    refuse_identifiers(practice, text, "addendum", today=practice.local_date(at))
    head_position, head = lock_head(connection, practice.practice_id, patient_code)
    entry = find_live_entry(connection, practice.practice_id, patient_code, position)
    refuse_closed(connection, practice, entry.months)
    row = link(
        "addendum",
        {
            "practice_id": practice.practice_id,
            "patient_code": patient_code,
            "position": head_position + 1,
            "entry_position": entry.position,
            "text": text,
            "recorded_at": at,
            "recorded_by": by,
        },
        head,
    )
    connection.execute(_INSERT, row)
    move_head(connection, practice.practice_id, patient_code, row["position"], row["hash"])
    months = [reevaluate(connection, practice, patient_code, month) for month in entry.months]
    return AddendumReceipt(patient_code, entry.position, tuple(month_change(month, entry.program) for month in months))
