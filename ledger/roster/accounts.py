"""What Slack says of people's accounts: the first administrator, strangers, and who was deactivated or restored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.months.worth import Weighing, WorthChange
from ledger.practice.practice import Practice
from ledger.roster.designations import Leaving, left
from ledger.roster.directory import Person, Role, people, person_by_slack_id
from ledger.roster.staff import reevaluate_patients_of
from ledger.roster.storing import lock_roster, put_all, put_dated, record_changes
from ledger.storage.database import AnyRow, ScopedDatabase
from ledger.storage.tables import RosterChangeRow, StaffRow, StrangerRow

SET_UP_BY, SLACK = "setup", "slack"
"""Who is recorded for a change that nobody of the staff made."""
_RESTORED: Mapping[str, Any] = {"restored_in_slack": True}


def admit_administrator(
    connection: Connection, practice: Practice, slack_user_id: str, name: str, *, at: datetime
) -> Person:
    """Return the staff member with that Slack id; whom the roster does not have is added with the role admin alone."""
    lock_roster(connection, practice)
    known = person_by_slack_id(connection, practice.practice_id, slack_user_id)
    if known is not None:
        return known
    taken = {person.staff_id for person in people(connection, practice.practice_id)}
    staff_id = next(free for number in count(1) if (free := f"admin{number}") not in taken)
    values = {
        "slack_user_id": slack_user_id,
        "name": name,
        "credential": "",
        "roles": [Role.ADMIN.value],
        "teams": [],
        "active_from": None,
        "active_to": None,
        "supervised": True,
        "employed": True,
    }
    said = {staff_id: [(None, values)]}
    put_dated(connection, practice, StaffRow, "staff_id", said, at=at, recorded_by=SET_UP_BY)
    return Person(staff_id, slack_user_id, name, "", frozenset({Role.ADMIN}), (), None, None)


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody who was ended, with the patients that need another practitioner, and what that is worth."""

    leaving: Leaving
    worth: tuple[WorthChange, ...]


def end_person(connection: Connection, practice: Practice, slack_user_id: str, *, at: datetime) -> Ended | None:
    """End today the staff member whose Slack account was deactivated; None where there is none, or who has ended.

    Their patients' months are evaluated again from this one on: nobody else bills for them on its last day.
    """
    lock_roster(connection, practice)
    person = person_by_slack_id(connection, practice.practice_id, slack_user_id)
    today = practice.local_date(at)
    if person is None or (person.active_to is not None and person.active_to <= today):
        return None
    ended = {person.staff_id: {"active_to": today}}
    put_all(connection, practice, StaffRow, "staff_id", ended, at=at, recorded_by=SLACK)
    weighing = Weighing()
    reevaluate_patients_of(connection, practice, [person.staff_id], today, weighing.seen)
    leaving = left(connection, practice, person.staff_id, today)
    return Ended(leaving, weighing.changes(connection, practice))


def note_restored(connection: Connection, practice: Practice, slack_user_id: str, *, at: datetime) -> Person | None:
    """Return the staff member whom a deactivated account had ended, the first time that the account is seen restored.

    Their time stays ended: an administrator decides. None for everybody else.
    """
    person = person_by_slack_id(connection, practice.practice_id, slack_user_id)
    if person is None or person.active_to is None:
        return None
    lock_roster(connection, practice)
    changes = connection.execute(
        select(RosterChangeRow.content, RosterChangeRow.recorded_by, RosterChangeRow.recorded_at).where(
            RosterChangeRow.practice_id == practice.practice_id,
            RosterChangeRow.subject_kind == StaffRow.__tablename__,
            RosterChangeRow.subject_id == person.staff_id,
        )
    ).all()
    ended_at = max((one.recorded_at for one in changes if _is_end(one)), default=None)
    others = [one for one in changes if not _is_end(one)]
    if ended_at is None or any(one.recorded_at >= ended_at for one in others):
        return None  # not ended by Slack, noted already, or changed since by an administrator, who knows
    noted = {person.staff_id: _RESTORED}
    record_changes(connection, practice, StaffRow.__tablename__, noted, at=at, recorded_by=SLACK)
    return person


def _is_end(change: AnyRow) -> bool:
    return bool(change.recorded_by == SLACK and change.content != _RESTORED)


def claim_stranger(database: ScopedDatabase, practice: Practice, slack_user_id: str, *, on: date) -> bool:
    """Return whether the administrators are to be told of this stranger now, by whoever asks here first on that date.

    Never where one of them said to ignore the stranger.
    """
    row = (StrangerRow.practice_id == practice.practice_id, StrangerRow.slack_user_id == slack_user_id)
    try:
        with database.writing() as connection:
            known = connection.execute(
                select(StrangerRow.told_on, StrangerRow.ignored_by).where(*row).with_for_update()
            ).one_or_none()
            if known is not None and (known.ignored_by or known.told_on >= on):
                return False
            if known is not None:
                connection.execute(update(StrangerRow).where(*row).values(told_on=on))
            else:
                connection.execute(
                    insert(StrangerRow).values(
                        practice_id=practice.practice_id, slack_user_id=slack_user_id, told_on=on
                    )
                )
    except IntegrityError:
        return False
    return True


def ignore_stranger(connection: Connection, practice: Practice, slack_user_id: str, *, by: str) -> None:
    """Let the administrators hear no more of somebody of whom they were told."""
    connection.execute(
        update(StrangerRow)
        .where(StrangerRow.practice_id == practice.practice_id, StrangerRow.slack_user_id == slack_user_id)
        .values(ignored_by=by)
    )
