"""``ccm import staff``: people, their credentials, roles and teams."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ledger.batches import batches
from ledger.facts import FactKind
from ledger.imports.reading import Cells, ImportSummary, Progress, read_rows, refuse_if_any
from ledger.imports.roster import put_all
from ledger.patient_months import reevaluate_all
from ledger.practice import Practice
from ledger.roster import Role, people, teams
from ledger.tables import PatientFactRow, StaffRow, TimeEntryRow

COLUMNS = (
    "id",
    "slack_user_id",
    "name",
    "credential",
    "roles",
    "teams",
    "active_from",
    "active_to",
    "supervised",
)


def import_staff(
    connection: Connection, practice: Practice, path: Path, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Stores the people of the file; raises ``ImportRefusedError`` where any row is wrong.

    Who changed may change what past entries are worth (C4): their patients' months are evaluated again.
    """
    rows = read_rows(path, COLUMNS)
    team_ids = {team.name.lower(): team.team_id for team in teams(connection, practice.practice_id)}
    owners = {
        person.slack_user_id: person.staff_id
        for person in people(connection, practice.practice_id)
        if person.slack_user_id
    }
    parsed = [_values(row, team_ids) for row in rows]
    seen: set[str] = set()
    for row, (staff_id, values) in zip(rows, parsed, strict=True):
        if staff_id and staff_id in seen:
            row.refuse("id", f"{staff_id!r} stands in the file twice.", "Remove one of the lines.")
        seen.add(staff_id)
        owner = owners.setdefault(values["slack_user_id"], staff_id) if values["slack_user_id"] else staff_id
        if owner != staff_id:
            row.refuse("slack_user_id", f"already belongs to {owner!r}.", "One Slack person is one staff member.")
    refuse_if_any(path, rows)
    outcomes = put_all(connection, practice, StaffRow, "staff_id", dict(parsed), at=at)
    changed = [staff_id for staff_id, outcome in outcomes.items() if outcome == "changed"]
    _reevaluate_patients_of(connection, practice, changed)
    progress("staff", len(rows), len(rows))
    return ImportSummary.of(outcomes.values())


def _values(row: Cells, team_ids: dict[str, str]) -> tuple[str, dict[str, Any]]:
    staff_id = row.text("id", "coord1")
    slack_user_id = row.optional("slack_user_id")
    if slack_user_id and not (slack_user_id.isalnum() and slack_user_id[0] in "UW"):
        row.refuse("slack_user_id", f"{slack_user_id!r} is not a Slack user id.", "It begins with U: U0123ABCD")
    own_teams = []
    for name in row.words("teams"):
        if name.lower() in team_ids:
            own_teams.append(team_ids[name.lower()])
        else:
            row.refuse("teams", f"no team is called {name!r}.", "Import it first: ccm import teams teams.csv")
    active_from, active_to = row.day("active_from"), row.day("active_to")
    if active_from and active_to and active_to < active_from:
        row.refuse("active_to", f"{active_to} is before active_from.", "Correct one of the two dates.")
    return staff_id, {
        "slack_user_id": slack_user_id,
        "name": row.text("name", "Coordinator One"),
        "credential": row.values["credential"],
        "roles": [role.value for role in row.choices("roles", Role)],
        "teams": own_teams,
        "active_from": active_from,
        "active_to": active_to,
        "supervised": row.yes_no("supervised", default=True),
    }


def _reevaluate_patients_of(connection: Connection, practice: Practice, staff_ids: list[str]) -> None:
    """Evaluates again the patients for whom one of these people worked, or whose care they designated complex (R5)."""
    worked_for = connection.scalars(
        select(TimeEntryRow.patient_code)
        .where(TimeEntryRow.practice_id == practice.practice_id, TimeEntryRow.staff_id.in_(staff_ids))
        .distinct()
    )
    designations = connection.execute(
        select(PatientFactRow.patient_code, PatientFactRow.details).where(
            PatientFactRow.practice_id == practice.practice_id, PatientFactRow.kind == FactKind.COMPLEXITY.value
        )
    )
    designated = {row.patient_code for row in designations if row.details["staff_id"] in staff_ids}
    for batch in batches(sorted({*worked_for, *designated})):
        reevaluate_all(connection, practice, batch)
