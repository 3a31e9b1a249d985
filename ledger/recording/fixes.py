"""A fix: an entry voided and the one that replaces it recorded, together or not at all (E5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.clock import month_of
from ledger.months.figures import Figures, stored_figures
from ledger.practice.practice import Practice
from ledger.recording.entries import MonthChange, NewEntry, Receipt, entry_name, store_entry
from ledger.recording.staff_locks import lock_staff
from ledger.recording.stored_entries import find_live_entry
from ledger.recording.voids import void_parts
from ledger.rules.facts import Program, StaffMember
from ledger.storage.hash_chain import lock_head
from ledger.storage.idempotency import Once, Replayable, Request


@dataclass(frozen=True, slots=True)
class FixReceipt(Replayable):
    """The new entry with all that the fix changed in the figures, and the positions that no longer count."""

    saved: Receipt
    replaced: tuple[int, ...]


_FIX = Once(FixReceipt)


def fix_entry(
    connection: Connection,
    practice: Practice,
    position: int,
    entry: NewEntry,
    *,
    request: Request,
    at: datetime,
    confirmed: bool = False,
) -> FixReceipt:
    """Replace the entry at ``position`` of the same patient by ``entry``, which its own staff member records.

    The replaced entry is voided first, so that neither its times (E6) nor its likeness (E7) stand in the way. Raises
    as ``record_entry`` does, and ``LedgerError`` for an entry that is none or was voided; then nothing may be kept.
    """
    member = lock_staff(connection, practice, entry.staff_id)

    def fix() -> FixReceipt:
        return _fix(connection, practice, position, entry, member, at=at, confirmed=confirmed)

    return _FIX.write(connection, practice.practice_id, request, fix, at=at)


def _fix(
    connection: Connection,
    practice: Practice,
    position: int,
    entry: NewEntry,
    member: Sequence[StaffMember],
    *,
    at: datetime,
    confirmed: bool,
) -> FixReceipt:
    code = entry.patient_code
    head_position, _ = lock_head(connection, practice.practice_id, code)
    old = find_live_entry(connection, practice.practice_id, code, position)
    before = stored_figures(connection, practice.practice_id, [code])
    reason = f"replaced by {entry_name(code, head_position + len(old.parts) + 1)}"
    void_parts(connection, practice, old, reason=reason, by=entry.staff_id, at=at)
    named = replace(entry, replaces_position=old.position)
    saved = store_entry(connection, practice, named, member, at=at, recorded_by=entry.staff_id, confirmed=confirmed)
    after = stored_figures(connection, practice.practice_id, [code])
    new_months = [month_of(part.part.date_of_service) for part in saved.parts]
    touched = {(month, old.program) for month in old.months} | {(month, entry.program) for month in new_months}
    # What was changed only by taking the old entry away comes first: the totals of the new entry are read last.
    ordered = sorted(touched, key=lambda key: (key[0] in new_months and key[1] == entry.program, *key))
    changes = [_change(before.get((code, month), ()), after[code, month], program) for month, program in ordered]
    return FixReceipt(replace(saved, months=tuple(changes)), tuple(part.position for part in old.parts))


def _change(before: tuple[Figures, ...], after: tuple[Figures, ...], program: Program) -> MonthChange:
    return MonthChange(
        next((figures for figures in before if figures.program == program), None),
        next(figures for figures in after if figures.program == program),
    )
