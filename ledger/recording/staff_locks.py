"""The lock that writers for one staff member queue for, and the number that it makes safe to give."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from ledger.patients.roster_history import load_staff
from ledger.practice.practice import Practice
from ledger.rules.facts import StaffMember
from ledger.storage.batches import batches
from ledger.storage.tables import StaffRow, TimeEntryRow

_LOCK_STAFF = (
    select(StaffRow.staff_id)
    .where(StaffRow.practice_id == bindparam("mine"), StaffRow.staff_id == bindparam("staff"))
    .with_for_update()
)
_LAST_NUMBER = select(func.max(TimeEntryRow.stored_number)).where(
    TimeEntryRow.practice_id == bindparam("mine"), TimeEntryRow.staff_id == bindparam("staff")
)


def lock_staff(connection: Connection, practice: Practice, staff_id: str) -> tuple[StaffMember, ...]:
    """Return the staff member as the rules see one over time.

    A second writer for the same one waits, so that neither misses what the other stores.
    """
    connection.execute(_LOCK_STAFF, {"mine": practice.practice_id, "staff": staff_id}).one()
    return load_staff(connection, practice.practice_id, [staff_id])[staff_id]


def lock_many_staff(connection: Connection, practice: Practice, staff_ids: Collection[str]) -> None:
    """Make writers for these staff members wait, as ``lock_staff`` does; in one order for all."""
    for batch in batches(sorted(staff_ids)):
        query = select(StaffRow.staff_id).where(
            StaffRow.practice_id == practice.practice_id, StaffRow.staff_id.in_(batch)
        )
        connection.execute(query.order_by(StaffRow.staff_id).with_for_update())


def next_stored_number(connection: Connection, practice: Practice, staff_id: str) -> int:
    """Return the number of what is stored next for the staff member, who is locked; no clock has a part in it."""
    mine = {"mine": practice.practice_id, "staff": staff_id}
    return 1 + (connection.scalar(_LAST_NUMBER, mine) or 0)
