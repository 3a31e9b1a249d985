"""The staff: what a row says of a person, and whose months depend on it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from ledger.months.patient_months import Seen, reevaluate_all
from ledger.patients.facts import FactKind
from ledger.patients.roster_history import billed_by
from ledger.practice.practice import Practice
from ledger.roster.directory import Role, StaffIds, people, team_id_for, teams
from ledger.roster.storing import FROM
from ledger.storage.batches import batches
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.tables import PatientFactRow, TimeEntryRow
from ledger.validation import Cells, Column
from ledger.values.billing_ids import read_npi
from ledger.values.codes import read_staff_id
from ledger.values.credentials import read_credential
from ledger.values.days import refuse_first_day, refuse_last_day
from ledger.values.names import LONGEST_PERSON_NAME, read_name

STAFF_FILE = (
    Column("id", ("staff_id",)),
    Column("slack_user_id", ("slack_id", "slack_user"), may_be_missing=True),
    Column("name"),
    Column("credential", ("credentials",)),
    Column("roles", ("role",)),
    Column("teams", ("team",)),
    Column("active_from", may_be_missing=True),
    Column("active_to", may_be_missing=True),
    Column("supervised", may_be_missing=True),
    Column("employed", may_be_missing=True),
    FROM,
    Column("npi", may_be_missing=True),
)
"""The columns of staff.csv; what a file leaves out stays as it is known."""

DEFAULTS: Mapping[str, Any] = {"supervised": True, "employed": True}
"""What a new person has where the file says nothing of it."""

WORTH = frozenset({"credential", "active_from", "active_to", "supervised", "employed"})
"""The columns on which depends what past entries are worth (C4)."""


@dataclass(frozen=True, slots=True)
class KnownStaff:
    """Whom and what a row may name: teams by the word that means them, ids, and whose each Slack id is."""

    team_ids: Mapping[str, str]
    owners: dict[str, str]
    staff_ids: StaffIds
    credentials: Mapping[str, str]
    """The credential that each person has, by id."""
    qualifying: frozenset[str]
    today: date
    new_ids: dict[str, str] = field(default_factory=dict)
    """The ids that rows gave to new people, by the id in small letters; a reader adds to them."""


def known_staff(
    connection: Connection, practice: Practice, team_ids: Mapping[str, str] | None = None, *, today: date
) -> KnownStaff:
    """Return the staff as it is; teams are called by the letters of their names, or as ``team_ids`` has it."""
    known = teams(connection, practice.practice_id)
    staff = people(connection, practice.practice_id)
    return KnownStaff(
        team_ids or {team_id_for(team.name): team.team_id for team in known},
        {person.slack_user_id: person.staff_id for person in staff if person.slack_user_id},
        StaffIds.of(staff),
        {person.staff_id: person.credential for person in staff},
        practice.policy.qualifying_credentials,
        today,
    )


def read_person(row: Cells, known: KnownStaff) -> tuple[str, dict[str, Any]]:
    """Return the id and the columns of the person that a row describes; problems with it are added to the row."""
    staff_id = _staff_id(row, known)
    slack_user_id = row.optional("slack_user_id")
    if slack_user_id and not (slack_user_id.isalnum() and slack_user_id[0] in "UW"):
        row.refuse("slack_user_id", f"{slack_user_id!r} is not a Slack user id.", "It begins with U: U0123ABCD")
    owner = known.owners.setdefault(slack_user_id, staff_id) if slack_user_id else staff_id
    if owner != staff_id:
        row.refuse("slack_user_id", f"already belongs to {owner!r}.", "One Slack person is one staff member.")
    own_teams = []
    for name in row.words("teams"):
        if team_id_for(name) in known.team_ids:
            own_teams.append(known.team_ids[team_id_for(name)])
        else:
            row.refuse("teams", f"no team is called {name!r}.", "Import it first: ccm import teams teams.csv")
    active_from, active_to = row.day("active_from"), row.day("active_to")
    if active_from:
        row.read("active_from", lambda _text: refuse_first_day(active_from, known.today))
    if active_to:
        row.read("active_to", lambda _text: refuse_last_day(active_to))
    if active_from and active_to and active_to < active_from:
        row.refuse("active_to", f"{active_to} is before active_from.", "Correct one of the two dates.")
    values = {
        "slack_user_id": slack_user_id,
        "name": row.read_text("name", _NAME, _NAME_EXAMPLE),
        "credential": row.read_text("credential", lambda text: read_credential(text, known.qualifying)),
        "roles": [role.value for role in row.choices("roles", Role)],
        "teams": own_teams,
        "active_from": active_from,
        "active_to": active_to,
        "supervised": row.yes_no("supervised", default=True),
        "employed": row.yes_no("employed", default=True),
        "npi": row.read_text("npi", read_npi) or None,
    }
    return staff_id, {column: value for column, value in values.items() if column not in row.missing}


_NAME_EXAMPLE = "Coordinator One"
_NAME = partial(read_name, longest=LONGEST_PERSON_NAME, example=_NAME_EXAMPLE)


def _staff_id(row: Cells, known: KnownStaff) -> str:
    """Return the row's id; one that the ledger has already is taken as it is."""
    if row.values["id"] in known.staff_ids:
        return row.values["id"]
    faults = len(row.problems)
    staff_id = row.read_text("id", lambda text: read_staff_id(text, today=known.today), "coord1")
    if len(row.problems) > faults:
        return staff_id
    like = [*known.staff_ids.like(staff_id), known.new_ids.setdefault(staff_id.casefold(), staff_id)]
    if like[0] != staff_id:
        row.refuse("id", f"{staff_id} reads like {like[0]}.", f"Write {like[0]}, or give another person another id.")
    return staff_id


def patients_of(connection: Connection, practice: Practice, staff_ids: Collection[str]) -> list[str]:
    """Return the patients whose months depend on one of these people, by code.

    They worked for them, designated their care complex (R5), or are or were their billing practitioner.
    """
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
    return sorted({*worked_for, *designated, *billed_by(connection, practice.practice_id, staff_ids)})


def reevaluate_patients_of(
    connection: Connection,
    practice: Practice,
    staff_ids: Collection[str],
    since: date = BEGINNING,
    seen: Seen = lambda _code, _evaluated: None,
) -> int:
    """Evaluate the months of ``patients_of`` these people again, from that of ``since`` on; return their number.

    ``seen`` is shown each.
    """
    codes = patients_of(connection, practice, staff_ids)
    return sum(reevaluate_all(connection, practice, batch, seen, since=since) for batch in batches(codes))
