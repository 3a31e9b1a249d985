"""Many patients given to another billing practitioner at once, by a form of an administrator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from ledger.months.worth import WorthChange
from ledger.practice.practice import Practice
from ledger.roster.changes import RosterRefusedError
from ledger.roster.designations import Designation, Known, designate, known_for_designations, patients_billed_by
from ledger.roster.directory import read_known_code
from ledger.roster.storing import FROM, lock_roster, read_from
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.validation import Cells, Column, names
from ledger.values.reading import UnreadableValueError, shown

REASSIGNMENT = (Column("leaves"), Column("patients"), Column("practitioner"), FROM)
"""What the form says: all patients of who ``leaves``, or those that are named, and who bills for them from when on."""


@dataclass(frozen=True, slots=True)
class ReassignmentReceipt(Replayable):
    """Who bills now, for which patients that had another or nobody before, and for how many had them already."""

    practitioner: str
    patient_codes: tuple[str, ...]
    unchanged: int
    months: int = 0
    worth: tuple[WorthChange, ...] = ()
    renewals: tuple[str, ...] = ()
    """Who has to consent anew for the other practitioner (R9)."""


_REASSIGNMENT = Once(ReassignmentReceipt)


def reassign(
    connection: Connection,
    practice: Practice,
    cells: Mapping[str, str],
    *,
    request: Request,
    at: datetime,
    by: str,
    confirmed: bool = False,
) -> ReassignmentReceipt:
    """Give all patients of somebody, or those that are named, to another billing practitioner, in one transaction.

    Args:
        connection: A transaction that writes.
        practice: Whose patients.
        cells: What the form says, by the columns of ``REASSIGNMENT``.
        request: The same one again returns the first receipt.
        at: The present instant.
        by: The administrator's staff id.
        confirmed: Whether what that changes in months was seen and wanted.

    Raises:
        RosterRefusedError: Something in the form is wrong.
        ConfirmationNeededError: Other codes or payments would come of it, and that is not ``confirmed``.
    """
    lock_roster(connection, practice)

    def save() -> ReassignmentReceipt:
        wanted = draft_reassignment(connection, practice, cells, today=practice.local_date(at))
        stored = designate(connection, practice, wanted, at=at, recorded_by=by)
        stored.ask(confirmed=confirmed)
        changed = tuple(code for code, put in stored.done.items() if put.outcome == "changed")
        unchanged = len(stored.done) - len(changed)
        to = next(iter(wanted.values())).staff_id
        return ReassignmentReceipt(to, changed, unchanged, stored.months, stored.worth, stored.renewals)

    return _REASSIGNMENT.write(connection, practice.practice_id, request, save, at=at)


def draft_reassignment(
    connection: Connection, practice: Practice, cells: Mapping[str, str], *, today: date
) -> dict[str, Designation]:
    """Return who is to bill for whom by what the form says; raises ``RosterRefusedError``."""
    row = Cells(1, {**dict.fromkeys(names(REASSIGNMENT), ""), **{name: text.strip() for name, text in cells.items()}})
    known = known_for_designations(connection, practice, today=today)
    to = row.read_text("practitioner", known.practitioner, "doctor1")
    leaves = row.read_text("leaves", known.staff_ids.read)
    codes = _named(row, known)
    theirs = set(connection.scalars(patients_billed_by(practice, leaves))) if leaves and not row.problems else set()
    if leaves and leaves == to:
        row.refuse("practitioner", f"{to} is who they have.", "Choose another practitioner.")
    elif not leaves and not row.values["patients"]:
        row.refuse("patients", "is empty, and nobody's patients are chosen.", "Choose whose, or name them: P-1042")
    elif leaves and not theirs and not row.problems:
        row.refuse("leaves", f"{leaves} is nobody's billing practitioner.", "Choose somebody else, or name patients.")
    if others := sorted(codes - theirs) if leaves and theirs else []:
        row.refuse("patients", f"{others[0]} is no patient of {leaves}.", "Take it out, or choose nobody's patients.")
    from_date = read_from(row, today)
    if row.problems:
        raise RosterRefusedError(row.problems)
    return dict.fromkeys(sorted(codes or theirs), Designation(to, from_date))


def _named(row: Cells, known: Known) -> set[str]:
    found = set()
    for word in row.words("patients"):
        try:
            found.add(read_known_code(known.codes, word))
        except UnreadableValueError:
            row.refuse("patients", f"no patient is called {shown(word)}.", "For example: P-1042")
    return found
