"""The roster to page through: what an administrator sees of patients, people and teams."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from ledger.clock import month_of
from ledger.months.figures import figures_of
from ledger.months.patient_months import evaluate_record
from ledger.patients.records import load_records
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, Role, StaffIds, Team, code_key, people, teams
from ledger.rules.facts import Program
from ledger.rules.policy import PRACTITIONER_CREDENTIALS
from ledger.storage.tables import PatientRow, StaffRow

ROWS_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ListedPatient:
    """A patient of the list; ``blockers`` are the names of what keeps each program from being billed this month."""

    patient_code: str
    team: str
    billing_practitioner: str | None
    blockers: dict[Program, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PatientsPage:
    """Some patients by code, of ``total`` ones; the first of them stands at ``begin`` (from 0)."""

    patients: tuple[ListedPatient, ...]
    begin: int
    total: int


def patients_page(
    connection: Connection, practice: Practice, *, team_id: str | None, page: int, today: date
) -> PatientsPage:
    """Page ``page`` (from 0, or the nearest there is) of the patients of a team, or of all where ``team_id`` is None.

    What blocks them is evaluated for these alone, as of ``today``: stored figures know only those with entries.
    """
    mine = PatientRow.practice_id == practice.practice_id
    asked = mine if team_id is None else mine & (PatientRow.team_id == team_id)
    total = connection.scalar(select(func.count()).select_from(PatientRow).where(asked)) or 0
    begin = min(max(page, 0), max(0, total - 1) // ROWS_PER_PAGE) * ROWS_PER_PAGE
    rows = connection.execute(
        select(PatientRow.patient_code, PatientRow.team_id, PatientRow.billing_practitioner)
        .where(asked)
        .order_by(PatientRow.patient_code)
        .limit(ROWS_PER_PAGE)
        .offset(begin)
    ).all()
    names = {team.team_id: team.name for team in teams(connection, practice.practice_id)}
    blockers = blockers_of(connection, practice, [row.patient_code for row in rows], today)
    listed = [
        ListedPatient(row.patient_code, names[row.team_id], row.billing_practitioner, blockers[row.patient_code])
        for row in rows
    ]
    return PatientsPage(tuple(listed), begin, total)


def blockers_of(
    connection: Connection, practice: Practice, patient_codes: Sequence[str], today: date
) -> dict[str, dict[Program, tuple[str, ...]]]:
    """By patient and program of this month, the names of what keeps it from being billed."""
    month = month_of(today)
    found: dict[str, dict[Program, tuple[str, ...]]] = {}
    for code, record in load_records(connection, practice, patient_codes, month).items():
        evaluated = evaluate_record(practice, code, record, month)
        found[code] = {
            figures.program: tuple(blocker.name for blocker in figures.blockers)
            for figures in figures_of(code, evaluated.facts, evaluated.statement)
        }
    return found


@dataclass(frozen=True, slots=True)
class PatientColumns:
    """A patient as the roster has it."""

    patient_code: str
    team: Team
    billing_practitioner: str | None
    conditions: tuple[str, ...]
    risk_documented: bool
    place_of_service: str | None


def patient_columns(connection: Connection, practice_id: str, patient_code: str) -> PatientColumns:
    """Return the roster's columns of a patient that it has."""
    row = connection.execute(
        select(
            PatientRow.team_id,
            PatientRow.billing_practitioner,
            PatientRow.conditions,
            PatientRow.risk_documented,
            PatientRow.place_of_service,
        ).where(PatientRow.practice_id == practice_id, PatientRow.patient_code == patient_code)
    ).one()
    team = next(team for team in teams(connection, practice_id) if team.team_id == row.team_id)
    return PatientColumns(
        patient_code,
        team,
        row.billing_practitioner,
        tuple(row.conditions),
        row.risk_documented,
        row.place_of_service,
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a person works here today: under the billing practitioner's supervision (C4), employed or not."""

    supervised: bool
    employed: bool


def terms_of(connection: Connection, practice_id: str, staff_id: str) -> Terms:
    """Return on what terms the person works here."""
    query = select(StaffRow.supervised, StaffRow.employed).where(
        StaffRow.practice_id == practice_id, StaffRow.staff_id == staff_id
    )
    return Terms(*connection.execute(query).one())


def npi_of(connection: Connection, practice_id: str, staff_id: str) -> str | None:
    """Return the person's National Provider Identifier, or None where it is not known."""
    query = select(StaffRow.npi).where(StaffRow.practice_id == practice_id, StaffRow.staff_id == staff_id)
    return connection.scalar(query)


def find_people(connection: Connection, practice_id: str, word: str) -> list[Person]:
    """Return whom ``word`` may mean: the person with that staff id or Slack id, else all whose id or name begins so."""
    known = people(connection, practice_id)
    ids = StaffIds.of(known).find(word)
    exact = [person for person in known if person.staff_id in ids]
    return exact or [person for person in known if _begins(person, word)]


def suggest_people(
    connection: Connection, practice_id: str, typed: str, *, most: int, practitioners: bool = False
) -> list[Person]:
    """Return the people, at most so many, whose id or name begins like ``typed``; or only practitioners among them."""
    found = [person for person in people(connection, practice_id) if _begins(person, typed)]
    if practitioners:
        found = [
            each for each in found if Role.PRACTITIONER in each.roles or each.credential in PRACTITIONER_CREDENTIALS
        ]
    return found[:most]


def _begins(person: Person, typed: str) -> bool:
    key = code_key(typed)
    return code_key(person.staff_id).startswith(key) or code_key(person.name).startswith(key)


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team, with how many people and patients it has."""

    team: Team
    people: int
    patients: int


def listed_teams(connection: Connection, practice_id: str, today: date) -> list[ListedTeam]:
    """Return the teams, by name, with those who work for them on that date."""
    members: Counter[str] = Counter()
    for person in people(connection, practice_id):
        members.update(person.team_ids if person.is_active(today) else ())
    counted = connection.execute(
        select(PatientRow.team_id, func.count())
        .where(PatientRow.practice_id == practice_id)
        .group_by(PatientRow.team_id)
    )
    patients: dict[str, int] = {row[0]: row[1] for row in counted}
    return [
        ListedTeam(team, members[team.team_id], patients.get(team.team_id, 0))
        for team in teams(connection, practice_id)
    ]


def beginning(known: Collection[Team], typed: str) -> list[Team]:
    """Return the teams whose name begins like ``typed``."""
    return [team for team in known if team.name.lower().startswith(" ".join(typed.lower().split()))]
