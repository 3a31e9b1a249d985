"""Changes of the roster that an administrator asks for in a form: a team, a person, a patient.

What a form says is read by the rules of the import files, so that both refuse the same with the same words.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.errors import LedgerError
from ledger.patients.facts import Fact
from ledger.practice.practice import Practice
from ledger.roster import patients, staff, teams
from ledger.roster.directory import Person, Role, administrators, code_key, person_by_id, team_id_for
from ledger.roster.patients import known_roster, put_patients, read_patient
from ledger.roster.staff import known_staff, patients_of, read_person, reevaluate_patients_of
from ledger.roster.storing import Outcome, Put, lock_roster, plain, put_all
from ledger.roster.teams import known_teams, read_team
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import CareTeamRow, StaffRow
from ledger.validation import Cells, Column, Problem, names

CellValues = Mapping[str, str]
"""What a form says, by the columns of the import file; a column that it does not name is empty."""


class RosterRefusedError(LedgerError):
    """A form that was not saved; ``problems`` names everything that is wrong with it, by column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """All of ``problems``."""
        self.problems = tuple(problems)
        faults = "; ".join(f"{problem.column} {problem.message.rstrip('.')}" for problem in problems)
        remedies = " ".join(dict.fromkeys(problem.remedy for problem in problems))
        super().__init__("ROSTER_REFUSED", f"{faults}. Nothing was saved.", remedies)


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column before and after: text, a list of text, yes or no, or nothing."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RosterReceipt(Replayable):
    """What was saved under which id, which columns changed, and how many months were evaluated again for it."""

    key: str
    outcome: Outcome
    changes: tuple[ColumnChange, ...]
    months: int = 0
    patient_codes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    """What was read otherwise than it was written: ``credential 'R.N.' read as RN``."""
    renewals: tuple[str, ...] = ()
    """Who has to consent anew because the billing practitioner is another now (R9)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says, read: whose row it is, the row's columns, a patient's facts, and what was read otherwise."""

    key: str
    values: dict[str, Any]
    facts: tuple[Fact, ...] = ()
    read_as: tuple[str, ...] = ()


_ROSTER = Once(RosterReceipt)


def save_team(
    connection: Connection,
    practice: Practice,
    cells: CellValues,
    *,
    key: str | None,
    request: Request,
    at: datetime,
    by: str,
) -> RosterReceipt:
    """Store a team: the one with the id ``key``, which may get another name, or a new one where ``key`` is None.

    Raises ``RosterRefusedError``. The same ``request`` again returns the first receipt.
    """
    lock_roster(connection, practice)

    def save() -> RosterReceipt:
        draft = draft_team(connection, practice, cells, key=key)
        rows = {draft.key: draft.values}
        done = put_all(connection, practice, CareTeamRow, "team_id", rows, at=at, recorded_by=by)
        return _receipt(draft, done[draft.key])

    return _ROSTER.write(connection, practice.practice_id, request, save, at=at)


def draft_team(connection: Connection, practice: Practice, cells: CellValues, *, key: str | None) -> Draft:
    """Return the team that a form describes; raises ``RosterRefusedError``."""
    row = _row(teams.TEAM_FILE, cells)
    values = read_team(row)
    known = known_teams(connection, practice.practice_id)
    namesake = known.by_name.get(team_id_for(values["name"]))
    if namesake is not None and namesake.team_id != key:
        row.refuse("name", f"there is a team {namesake.name!r} already.", "Names differ by letters and digits.")
    return _draft(row, key or known.id_for(values["name"]), values)


def save_person(
    connection: Connection,
    practice: Practice,
    cells: CellValues,
    team_ids: Mapping[str, str],
    *,
    key: str | None,
    request: Request,
    at: datetime,
    by: str,
) -> RosterReceipt:
    """Store a staff member: the one with the id ``key``, or a new one where ``key`` is None.

    ``team_ids`` has the teams by the words that mean them in ``cells``. Who changed may change what past entries are
    worth (C4): their patients' months are evaluated again. Otherwise as ``save_team``.
    """
    lock_roster(connection, practice)

    def save() -> RosterReceipt:
        draft = draft_person(connection, practice, cells, team_ids, key=key, on=practice.local_date(at))
        staff_id = draft.key
        done = put_all(connection, practice, StaffRow, "staff_id", {staff_id: draft.values}, at=at, recorded_by=by)
        receipt = _receipt(draft, done[staff_id])
        if not done[staff_id].changed & staff.WORTH:
            return receipt
        codes = tuple(patients_of(connection, practice, [staff_id]))
        months = reevaluate_patients_of(connection, practice, [staff_id])
        return replace(receipt, months=months, patient_codes=codes)

    return _ROSTER.write(connection, practice.practice_id, request, save, at=at)


def draft_person(
    connection: Connection,
    practice: Practice,
    cells: CellValues,
    team_ids: Mapping[str, str],
    *,
    key: str | None,
    on: date,
) -> Draft:
    """Return the person whom a form describes; raises ``RosterRefusedError``.

    A credential that an older ledger has and nobody can read may stay while something else changes. The last active
    administrator can neither lose the role nor leave: nobody could put that right in Slack.
    """
    row = _row(staff.STAFF_FILE, {**cells, **({"id": key} if key else {})})
    known = known_staff(connection, practice, team_ids, today=on)
    staff_id, values = read_person(row, known)
    if values["credential"] == known.credentials.get(staff_id):
        row.problems = [problem for problem in row.problems if problem.column != "credential"]
    if key is None and staff_id and _stored_person(connection, practice, staff_id, values) is not None:
        row.refuse("id", f"{staff_id!r} is on the staff already.", f"To change it: /ccm staff {staff_id}")
    if [person.staff_id for person in administrators(connection, practice.practice_id, on)] == [staff_id]:
        _refuse_without_admin(row, person_by_id(connection, practice.practice_id, staff_id), values, on)
    return _draft(row, staff_id, values)


def _refuse_without_admin(row: Cells, admin: Person, values: Mapping[str, Any], on: date) -> None:
    after = replace(admin, active_from=values["active_from"], active_to=values["active_to"])
    remedy = "Give the role to somebody else first: /ccm staff"
    if Role.ADMIN.value not in values["roles"]:
        row.refuse("roles", "nobody else is an administrator.", remedy)
    elif not after.is_active(on):
        column = "active_to" if after.active_to and after.active_to < on else "active_from"
        row.refuse(column, "nobody else is an administrator today.", remedy)


def patients_to_evaluate(
    connection: Connection, practice: Practice, staff_id: str, values: Mapping[str, Any]
) -> Collection[str]:
    """Return the patients whose months have to be evaluated again when the person's columns become ``values``."""
    before = _stored_person(connection, practice, staff_id, values)
    if before is None or not Put(before, values).changed & staff.WORTH:
        return []
    return patients_of(connection, practice, [staff_id])


def save_patient(
    connection: Connection,
    practice: Practice,
    cells: CellValues,
    team_ids: Mapping[str, str],
    *,
    key: str | None,
    request: Request,
    at: datetime,
    by: str,
) -> RosterReceipt:
    """Store a patient: the one with the code ``key``, or a new one where ``key`` is None, with its first facts.

    The months that this touches are evaluated again. Otherwise as ``save_person``.
    """
    lock_roster(connection, practice)

    def save() -> RosterReceipt:
        draft = draft_patient(connection, practice, cells, team_ids, key=key, on=practice.local_date(at))
        code = draft.key
        stored = put_patients(connection, practice, {code: draft.values}, draft.facts, at=at, recorded_by=by)
        receipt = replace(_receipt(draft, stored.done[code]), renewals=stored.renewals)
        return replace(receipt, months=stored.months, patient_codes=(code,))

    return _ROSTER.write(connection, practice.practice_id, request, save, at=at)


def draft_patient(
    connection: Connection,
    practice: Practice,
    cells: CellValues,
    team_ids: Mapping[str, str],
    *,
    key: str | None,
    on: date,
) -> Draft:
    """Return the patient whom a form describes, with the facts; raises ``RosterRefusedError``."""
    row = _row(patients.PATIENT_FILE, {**cells, **({"code": key} if key else {})})
    known = known_roster(connection, practice, team_ids, today=on, code=row.values["code"])
    namesake = known.codes.get(code_key(row.values["code"])) if row.values["code"] else None
    code, values, facts = read_patient(row, known)
    if key is None and namesake == code:
        row.refuse("code", f"{code} is on the roster already.", f"To change it: /ccm patients {code}")
    return _draft(row, code, values, facts)


def _row(columns: Sequence[Column], cells: CellValues) -> Cells:
    return Cells(1, {**dict.fromkeys(names(columns), ""), **{name: value.strip() for name, value in cells.items()}})


def _draft(row: Cells, key: str, values: dict[str, Any], facts: Sequence[Fact] = ()) -> Draft:
    if row.problems:
        raise RosterRefusedError(row.problems)
    return Draft(key, values, tuple(facts), tuple(dict.fromkeys(map(str, row.read_as))))


def _stored_person(
    connection: Connection, practice: Practice, staff_id: str, columns: Collection[str]
) -> dict[str, Any] | None:
    """Return these columns of the person as the ledger has them, or None where nobody has that id."""
    query = select(*(getattr(StaffRow, name) for name in columns)).where(
        StaffRow.practice_id == practice.practice_id, StaffRow.staff_id == staff_id
    )
    return next((dict(row) for row in connection.execute(query).mappings()), None)


def _receipt(draft: Draft, put: Put) -> RosterReceipt:
    before = put.before or {}
    columns = put.changed if put.before is not None else {name for name, value in put.after.items() if value}
    changes = [
        ColumnChange(name, plain(before.get(name)), plain(value))
        for name, value in put.after.items()
        if name in columns
    ]
    return RosterReceipt(draft.key, put.outcome, tuple(changes), read_as=draft.read_as)
