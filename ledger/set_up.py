"""What is still missing in a practice's set-up."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, or_, select

from ledger.practice import Practice
from ledger.tables import CareTeamRow, PatientRow, StaffRow


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
