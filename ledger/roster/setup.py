"""How a practice begins, and what is still missing in its set-up."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, func, or_, select, update

from ledger.errors import LedgerError
from ledger.practice.practice import Practice, create_practice, find_practice, zone_named
from ledger.roster.directory import Role
from ledger.storage.tables import CareTeamRow, PatientRow, PracticeRow, StaffRow, TimeEntryRow

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
    """Return the workspace's practice as it is in the ledger, or a new one in the zone of whoever installed the bot.

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
    """Return the practice with the dates of another zone.

    Raises:
        LedgerError: Where the zone is none, and where time is logged: its dates would mean other days.
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

    has_teams: bool
    has_people: bool
    """Whether anybody works here who does more than administer."""
    has_patients: bool
    teams_without_channel: tuple[str, ...] = ()
    people_without_role: tuple[str, ...] = ()
    patients_without_practitioner: int = 0


def set_up_gaps(connection: Connection, practice: Practice, on: date) -> SetUpGaps:
    """Return what is missing; of people who left before ``on`` nothing is."""
    mine = practice.practice_id
    known = select(CareTeamRow.name, CareTeamRow.channel_id).where(CareTeamRow.practice_id == mine)
    teams = connection.execute(known.order_by(CareTeamRow.name)).all()
    works = or_(StaffRow.active_to.is_(None), StaffRow.active_to >= on)
    listed = select(StaffRow.staff_id, StaffRow.roles).where(StaffRow.practice_id == mine, works)
    staff = connection.execute(listed.order_by(StaffRow.staff_id)).all()
    without = func.count().filter(PatientRow.billing_practitioner.is_(None))
    patients = connection.execute(select(func.count(), without).where(PatientRow.practice_id == mine)).one()
    return SetUpGaps(
        has_teams=bool(teams),
        has_people=any(set(row.roles) - {Role.ADMIN} for row in staff),
        has_patients=bool(patients[0]),
        teams_without_channel=tuple(row.name for row in teams if not row.channel_id),
        people_without_role=tuple(row.staff_id for row in staff if not row.roles),
        patients_without_practitioner=patients[1],
    )
