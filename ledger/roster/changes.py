"""Changes of the roster that an administrator asks for in a form: a team, a person, a patient.

What a form says is read by the rules of the import files, so that both refuse the same with the same words.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.errors import LedgerError
from ledger.months.worth import Weighing, WorthChange, ask_about_worth
from ledger.patients.facts import Fact
from ledger.patients.roster_history import DATED, STAFF, History, Steps, histories
from ledger.practice.practice import Practice
from ledger.roster import patients, staff, teams
from ledger.roster.designations import Leaving, leaving
from ledger.roster.directory import Person, Role, administrators, code_key, person_by_id, team_id_for
from ledger.roster.patients import known_roster, put_patients, read_patient
from ledger.roster.staff import known_staff, patients_of, read_person, reevaluate_patients_of
from ledger.roster.storing import Outcome, Put, first_change, lock_roster, plain, put_all, put_dated, read_from
from ledger.roster.teams import known_teams, read_team
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import CareTeamRow, PatientRow, StaffRow
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
    """What was saved under which id, which columns changed, and how many months were evaluated again for it.

    ``from_date`` is the day from which the dated columns hold, as the form says it, or None. ``worth`` has the months
    in which other codes or payments came of it.
    """

    key: str
    outcome: Outcome
    changes: tuple[ColumnChange, ...]
    from_date: date | None = None
    months: int = 0
    patient_codes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    """What was read otherwise than it was written: ``credential 'R.N.' read as RN``."""
    renewals: tuple[str, ...] = ()
    """Who has to consent anew because the billing practitioner is another now (R9)."""
    worth: tuple[WorthChange, ...] = ()
    leaving: tuple[Leaving, ...] = ()
    """The person, where they were given a last day and patients need another billing practitioner for that."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says, read: whose row it is, the row's columns, a patient's facts, and what was read otherwise.

    ``from_date`` is the day from which the dated columns hold, None for today, or the beginning of what is new.
    """

    key: str
    values: dict[str, Any]
    from_date: date | None = None
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
    confirmed: bool = False,
) -> RosterReceipt:
    """Store a staff member: the one with the id ``key``, or a new one where ``key`` is None.

    ``team_ids`` has the teams by the words that mean them in ``cells``. Who changed may change what past entries are
    worth (C4): their patients' months are evaluated again. Otherwise as ``save_team``.

    Raises:
        ConfirmationNeededError: Other codes or payments would come of it, and that is not ``confirmed``.
    """
    lock_roster(connection, practice)

    def save() -> RosterReceipt:
        draft = draft_person(connection, practice, cells, team_ids, key=key, on=practice.local_date(at))
        staff_id = draft.key
        said = {staff_id: [(draft.from_date, draft.values)]}
        done = put_dated(connection, practice, StaffRow, "staff_id", said, at=at, recorded_by=by)
        receipt = replace(_receipt(draft, done[staff_id]), leaving=leaving(connection, practice, done))
        changed, since = first_change(done, staff.WORTH)
        if not changed:
            return receipt
        codes = tuple(patients_of(connection, practice, [staff_id]))
        weighing = Weighing()
        months = reevaluate_patients_of(connection, practice, [staff_id], since, weighing.seen)
        worth = weighing.changes(connection, practice)
        ask_about_worth(worth, confirmed=confirmed)
        return replace(receipt, months=months, patient_codes=codes, worth=worth)

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
    if key is None and staff_id and _stored(connection, practice, StaffRow, staff_id, values) is not None:
        row.refuse("id", f"{staff_id!r} is on the staff already.", f"To change it: /ccm staff {staff_id}")
    if [person.staff_id for person in administrators(connection, practice.practice_id, on)] == [staff_id]:
        _refuse_without_admin(row, person_by_id(connection, practice.practice_id, staff_id), values, on)
    from_date = read_from(row, on)
    return _draft(
        row, staff_id, _edited(connection, practice, StaffRow, staff_id, values, from_date=from_date), from_date
    )


def _refuse_without_admin(row: Cells, admin: Person, values: Mapping[str, Any], on: date) -> None:
    after = replace(admin, active_from=values["active_from"], active_to=values["active_to"])
    remedy = "Give the role to somebody else first: /ccm staff"
    if Role.ADMIN.value not in values["roles"]:
        row.refuse("roles", "nobody else is an administrator.", remedy)
    elif not after.is_active(on):
        column = "active_to" if after.active_to and after.active_to < on else "active_from"
        row.refuse(column, "nobody else is an administrator today.", remedy)


def patients_to_evaluate(
    connection: Connection, practice: Practice, staff_id: str, values: Mapping[str, Any], from_date: date | None = None
) -> Collection[str]:
    """Return the patients whose months have to be evaluated again when the person's columns become ``values``.

    They become so from ``from_date`` on, or from today where it is None.
    """
    before = _stored(connection, practice, StaffRow, staff_id, values)
    if before is None:
        return []
    told: Steps = {}
    if from_date is not None:
        history = histories(connection, practice.practice_id, STAFF, [staff_id]).get(staff_id, History())
        told = history.to_record([(from_date, {name: values[name] for name in DATED[STAFF] if name in values})])
    if not Put(before, values, told).changed & staff.WORTH and not any(staff.WORTH & set(one) for one in told.values()):
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
    confirmed: bool = False,
) -> RosterReceipt:
    """Store a patient: the one with the code ``key``, or a new one where ``key`` is None, with its first facts.

    The months that this touches are evaluated again. Otherwise as ``save_person``.

    Raises:
        ConfirmationNeededError: As ``save_person`` does.
    """
    lock_roster(connection, practice)

    def save() -> RosterReceipt:
        draft = draft_patient(connection, practice, cells, team_ids, key=key, on=practice.local_date(at))
        code = draft.key
        stored = put_patients(
            connection,
            practice,
            {code: draft.values},
            draft.facts,
            from_dates={code: draft.from_date},
            at=at,
            recorded_by=by,
        )
        stored.ask(confirmed=confirmed)
        receipt = replace(_receipt(draft, stored.done[code]), renewals=stored.renewals, worth=stored.worth)
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
    from_date = read_from(row, on)
    return _draft(
        row, code, _edited(connection, practice, PatientRow, code, values, from_date=from_date), from_date, facts
    )


def _row(columns: Sequence[Column], cells: CellValues) -> Cells:
    return Cells(1, {**dict.fromkeys(names(columns), ""), **{name: value.strip() for name, value in cells.items()}})


def _draft(
    row: Cells, key: str, values: dict[str, Any], from_date: date | None = None, facts: Sequence[Fact] = ()
) -> Draft:
    if row.problems:
        raise RosterRefusedError(row.problems)
    return Draft(key, values, from_date, tuple(facts), tuple(dict.fromkeys(map(str, row.read_as))))


def _edited(
    connection: Connection, practice: Practice, table: Any, key: str, values: dict[str, Any], *, from_date: date | None
) -> dict[str, Any]:
    """Return what of a form holds from the day that it names: of the dated columns those that somebody changed in it.

    The form began with what holds today; what nobody touched is not said of another day. Where nobody touched any, the
    day is what was changed: all of them hold from then on.
    """
    known = _stored(connection, practice, table, key, values) if from_date is not None else None
    if known is None:
        return values
    dated = DATED[table.__tablename__].keys() & values.keys()
    touched = {name for name in dated if known[name] != values[name]}
    return {name: value for name, value in values.items() if name not in dated or not touched or name in touched}


def _stored(
    connection: Connection, practice: Practice, table: Any, key: str, columns: Collection[str]
) -> dict[str, Any] | None:
    """Return these columns of a person or patient as the ledger has them, or None where nobody is called so."""
    key_column = table.staff_id if table is StaffRow else table.patient_code
    query = select(*(getattr(table, name) for name in columns)).where(
        table.practice_id == practice.practice_id, key_column == key
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
    return RosterReceipt(draft.key, put.outcome, tuple(changes), draft.from_date, read_as=draft.read_as)
