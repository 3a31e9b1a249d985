"""How a practice begins, and what is still missing in its set-up."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, func, or_, select, update

from ledger.errors import LedgerError
from ledger.practice import Practice, create_practice, find_practice, zone_named
from ledger.tables import CareTeamRow, PatientRow, PracticeRow, StaffRow, TimeEntryRow

USUAL_ZONE = "America/New_York"
PRACTICE_ZONES = frozenset(
    {
        USUAL_ZONE,
        "America/Adak",
        "America/Anchorage",
        "America/Boise",
        "America/Chicago",
        "America/Denver",
        "America/Detroit",
        "America/Indiana/Indianapolis",
        "America/Juneau",
        "America/Kentucky/Louisville",
        "America/Los_Angeles",
        "America/Phoenix",
        "America/Puerto_Rico",
        "America/St_Thomas",
        "Pacific/Guam",
        "Pacific/Honolulu",
        "Pacific/Pago_Pago",
        "Pacific/Saipan",
    }
)
"""The zones in which Medicare has practices: the others are where somebody travels."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A practice that is there now. ``is_zone_theirs`` says that it has the zone of whoever installed the bot."""

    practice: Practice
    is_new: bool
    is_zone_theirs: bool


def begin_practice(connection: Connection, practice_id: str, name: str, timezone: str, *, at: datetime) -> Beginning:
    """The workspace's practice as it is in the ledger, or a new one in the zone of whoever installed the bot.

    Where that is no zone of a practice, the new one is in New York's.
    """
    known = find_practice(connection, practice_id)
    if known is not None:
        return Beginning(known, is_new=False, is_zone_theirs=known.timezone == timezone)
    is_theirs = timezone in PRACTICE_ZONES
    zone = timezone if is_theirs else USUAL_ZONE
    practice = create_practice(connection, practice_id, name, zone, at=at)
    return Beginning(practice, is_new=True, is_zone_theirs=is_theirs)


def move_practice(connection: Connection, practice: Practice, timezone: str) -> Practice:
    """The practice with the dates of another zone.

    Raises ``LedgerError`` where the zone is none, and where time is logged: its dates would mean other days.
    """
    moved = replace(practice, timezone=zone_named(timezone).key)
    logged = select(TimeEntryRow.patient_code).where(TimeEntryRow.practice_id == practice.practice_id).limit(1)
    if connection.scalar(logged) is not None:
        raise LedgerError(
            "PRACTICE_MOVED",
            f"{practice.name} has logged time: its dates are those of {practice.timezone}. Nothing was changed.",
            "A practice in another zone is another workspace.",
        )
    mine = PracticeRow.practice_id == practice.practice_id
    connection.execute(update(PracticeRow).where(mine).values(timezone=moved.timezone))
    return moved


@dataclass(frozen=True, slots=True)
class SetUpGaps:
    """What an administrator has still to enter: names of teams, ids of people, a number of patients."""

    teams_without_channel: tuple[str, ...]
    people_without_role: tuple[str, ...]
    patients_without_practitioner: int


def set_up_gaps(connection: Connection, practice: Practice, on: date) -> SetUpGaps:
    """What is missing; of people who left before ``on`` nothing is."""
    mine = practice.practice_id
    channels = (
        select(CareTeamRow.name)
        .where(CareTeamRow.practice_id == mine, CareTeamRow.channel_id == "")
        .order_by(CareTeamRow.name)
    )
    staff = (
        select(StaffRow.staff_id, StaffRow.roles)
        .where(StaffRow.practice_id == mine, or_(StaffRow.active_to.is_(None), StaffRow.active_to >= on))
        .order_by(StaffRow.staff_id)
    )
    patients = (
        select(func.count())
        .select_from(PatientRow)
        .where(PatientRow.practice_id == mine, PatientRow.billing_practitioner.is_(None))
    )
    return SetUpGaps(
        teams_without_channel=tuple(connection.scalars(channels)),
        people_without_role=tuple(row.staff_id for row in connection.execute(staff) if not row.roles),
        patients_without_practitioner=connection.scalar(patients) or 0,
    )
