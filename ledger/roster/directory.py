"""Who is who: people and roles, teams and channels, patients and their codes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, and_, bindparam, or_, select

from ledger.errors import LedgerError, ProgramMissingError
from ledger.patients.fact_values import ended_words
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.practice.practice import Practice
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs
from ledger.storage.database import AnyRow
from ledger.storage.tables import CareTeamRow, PatientFactRow, PatientRow, StaffRow
from ledger.values.reading import UnreadableValueError, shown


class Role(StrEnum):
    """What a person may do; a person may have several."""

    COORDINATOR = "coordinator"
    LEAD = "lead"
    BILLER = "biller"
    PRACTITIONER = "practitioner"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member as the people side sees one."""

    staff_id: str
    slack_user_id: str | None
    name: str
    credential: str
    roles: frozenset[Role]
    team_ids: tuple[str, ...]
    active_from: date | None
    active_to: date | None

    def is_active(self, on: date) -> bool:
        """Return whether the person works here on that date."""
        return (self.active_from is None or self.active_from <= on) and (self.active_to is None or on <= self.active_to)


OPERATOR = Person("operator", None, "the operator", "", frozenset(Role), (), None, None)
"""Whoever runs commands in a terminal beside the database: may read everything, and is no author of entries."""


@dataclass(frozen=True, slots=True)
class TeamSchedule:
    """When a team's digests come, as far as it differs from the practice's policy; None is as the policy has it.

    ``days`` are days of the month; ``business_days`` in place of them are business days left, the last being 1.
    """

    days: tuple[int, ...] | None = None
    business_days: tuple[int, ...] | None = None
    hour: int | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A care team and the channel its digests go to."""

    team_id: str
    name: str
    channel_id: str
    schedule: TeamSchedule = TeamSchedule()


_PERSON = select(
    StaffRow.staff_id,
    StaffRow.slack_user_id,
    StaffRow.name,
    StaffRow.credential,
    StaffRow.roles,
    StaffRow.teams,
    StaffRow.active_from,
    StaffRow.active_to,
)


_BY_SLACK_ID = _PERSON.where(StaffRow.practice_id == bindparam("mine"), StaffRow.slack_user_id == bindparam("user"))
_BY_STAFF_ID = _PERSON.where(StaffRow.practice_id == bindparam("mine"), StaffRow.staff_id == bindparam("staff"))


def person_by_slack_id(connection: Connection, practice_id: str, slack_user_id: str) -> Person | None:
    """Return the staff member with that Slack user id, or None."""
    row = connection.execute(_BY_SLACK_ID, {"mine": practice_id, "user": slack_user_id}).one_or_none()
    return _person(row) if row else None


@dataclass(frozen=True, slots=True)
class StaffIds:
    """The ids of the staff, and how a text is read as one of them: in any case, or as the person's Slack id.

    Of two ids that differ in case alone, as older ledgers may have them, a text means the one that is written so, and
    otherwise neither.
    """

    by_key: Mapping[str, list[str]]
    by_slack_id: Mapping[str, str]
    by_name: Mapping[str, list[str]]

    @classmethod
    def of(cls, known: Iterable[Person]) -> "StaffIds":
        """Return the ids of these people, who are everybody on the staff."""
        by_key: defaultdict[str, list[str]] = defaultdict(list)
        by_name: defaultdict[str, list[str]] = defaultdict(list)
        by_slack_id: dict[str, str] = {}
        for person in known:
            by_key[person.staff_id.casefold()].append(person.staff_id)
            by_name[person.name.casefold()].append(person.staff_id)
            if person.slack_user_id:
                by_slack_id[person.slack_user_id] = person.staff_id
        return cls(by_key, by_slack_id, by_name)

    def __contains__(self, staff_id: str) -> bool:
        """Return whether somebody has exactly that id."""
        return staff_id in self.like(staff_id)

    def like(self, staff_id: str) -> list[str]:
        """Return the ids that are written so, in any case."""
        return self.by_key.get(staff_id.casefold(), [])

    def find(self, text: str) -> list[str]:
        """Return the ids that ``text`` may mean."""
        if text in self:
            return [text]
        return [self.by_slack_id[text]] if text in self.by_slack_id else self.like(text)

    def read(self, text: str, otherwise: str = "Use an id of staff.csv.") -> str:
        """Return the id that ``text`` means; ``otherwise`` is what to do where it means nobody's.

        Raises:
            UnreadableValueError: It means nobody's, or several; a person's name is answered with the id.
        """
        found = self.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise UnreadableValueError(f"{shown(text)} may be {' or '.join(found)}.", "Write it as it is in staff.csv.")
        named = self.by_name.get(text.casefold(), [])
        remedy = f"Write the id: {' or '.join(named)}." if named else otherwise
        raise UnreadableValueError(f"no staff member has the id {shown(text)}.", remedy)


def person_named(connection: Connection, practice_id: str, typed: str) -> Person:
    """Return the staff member whose id somebody typed, in whatever case.

    Raises:
        LedgerError: STAFF_UNKNOWN, where there is none, or more than one.
    """
    known = people(connection, practice_id)
    try:
        staff_id = StaffIds.of(known).read(typed.strip(), "Use an id of staff.csv, for example coord1.")
    except UnreadableValueError as error:
        raise LedgerError("STAFF_UNKNOWN", f"{error.message[:1].upper()}{error.message[1:]}", error.remedy) from error
    return next(person for person in known if person.staff_id == staff_id)


def person_by_id(connection: Connection, practice_id: str, staff_id: str) -> Person:
    """Return the staff member with that id.

    Raises:
        LedgerError: Where there is none.
    """
    row = connection.execute(_BY_STAFF_ID, {"mine": practice_id, "staff": staff_id}).one_or_none()
    if row is None:
        raise LedgerError(
            "STAFF_UNKNOWN", f"No staff member has the id {staff_id!r}.", "Use an id of staff.csv, for example coord1."
        )
    return _person(row)


def people(connection: Connection, practice_id: str) -> list[Person]:
    """Return everybody on the staff, in order of id."""
    rows = connection.execute(_PERSON.where(StaffRow.practice_id == practice_id).order_by(StaffRow.staff_id))
    return [_person(row) for row in rows]


def administrators(connection: Connection, practice_id: str, on: date) -> list[Person]:
    """Return who has the role admin and works here on that date, in order of id."""
    return [person for person in people(connection, practice_id) if Role.ADMIN in person.roles and person.is_active(on)]


def _person(row: AnyRow) -> Person:
    return Person(
        staff_id=row.staff_id,
        slack_user_id=row.slack_user_id,
        name=row.name,
        credential=row.credential,
        roles=frozenset(Role(role) for role in row.roles),
        team_ids=tuple(row.teams),
        active_from=row.active_from,
        active_to=row.active_to,
    )


def teams(connection: Connection, practice_id: str) -> list[Team]:
    """Return the care teams, by name."""
    rows = connection.execute(_TEAM.where(CareTeamRow.practice_id == practice_id).order_by(CareTeamRow.name))
    return [_team(row) for row in rows]


_TEAM = select(
    CareTeamRow.team_id,
    CareTeamRow.name,
    CareTeamRow.channel_id,
    CareTeamRow.digest_days,
    CareTeamRow.digest_business_days,
    CareTeamRow.digest_hour,
    CareTeamRow.digest_zone,
)


def _team(row: AnyRow) -> Team:
    schedule = TeamSchedule(
        days=None if row.digest_days is None else tuple(row.digest_days),
        business_days=None if row.digest_business_days is None else tuple(row.digest_business_days),
        hour=row.digest_hour,
        timezone=row.digest_zone,
    )
    return Team(row.team_id, row.name, row.channel_id, schedule)


def team_id_for(name: str) -> str:
    """Return the id that a team of that name has: its letters and digits in lower case, joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))


def code_key(patient_code: str) -> str:
    """Return a code as it is compared.

    Capital letters and digits alone, so that ``p-1042`` and ``P1042`` are the same.
    """
    return "".join(character for character in patient_code.upper() if character.isalnum())


def code_number(patient_code: str) -> str:
    """Return the digits of a code, for those who type ``1042`` alone."""
    return "".join(character for character in patient_code if character.isdigit())


def read_known_code(codes: Mapping[str, str], text: str) -> str:
    """Return the code of a patient that ``text`` means among ``codes``, which are given by their ``code_key``.

    Raises:
        UnreadableValueError: Nobody is called so.
    """
    found = codes.get(code_key(text))
    if found is None:
        remedy = "Import it first: ccm import patients patients.csv"
        raise UnreadableValueError(f"no patient is called {shown(text)}.", remedy)
    return found


_CODES_LIKE = (
    select(PatientRow.patient_code, PatientRow.code_key)
    .where(
        PatientRow.practice_id == bindparam("mine"),
        or_(PatientRow.code_key == bindparam("key"), PatientRow.code_number == bindparam("key")),
    )
    .order_by(PatientRow.patient_code)
    .limit(10)
)


def find_codes(connection: Connection, practice_id: str, word: str) -> Sequence[str]:
    """Return the codes that ``word`` may mean.

    The one that is written so, else those with that number (at most ten).
    """
    key = code_key(word)
    if not key:
        return []
    rows = connection.execute(_CODES_LIKE, {"mine": practice_id, "key": key}).all()
    exact = [row.patient_code for row in rows if row.code_key == key]
    return exact or [row.patient_code for row in rows]


_CODES_BEGINNING = (
    select(PatientRow.patient_code, CareTeamRow.name)
    .join(
        CareTeamRow,
        and_(CareTeamRow.practice_id == PatientRow.practice_id, CareTeamRow.team_id == PatientRow.team_id),
    )
    .where(
        PatientRow.practice_id == bindparam("mine"),
        or_(
            PatientRow.code_key.startswith(bindparam("key")),
            PatientRow.code_number.startswith(bindparam("key")),
        ),
    )
    .order_by(PatientRow.code_number != bindparam("key"), PatientRow.patient_code)
    .limit(bindparam("most"))
)


def suggest_codes(connection: Connection, practice_id: str, typed: str, *, most: int) -> list[tuple[str, str]]:
    """Return the patients, at most so many, whose code or its number begins like ``typed``.

    Each code with its team's name.

    The one that has exactly that number comes first; without anything typed they are the first by code.
    """
    rows = connection.execute(_CODES_BEGINNING, {"mine": practice_id, "key": code_key(typed), "most": most})
    return [(row.patient_code, row.name) for row in rows]


def enrolled_programs(connection: Connection, practice: Practice, patient_code: str, on: date) -> list[Program]:
    """Return the programs that the patient is enrolled in on that date, in order of name."""
    return sorted(enrolled_since(connection, practice, patient_code, on))


def enrolled_since(connection: Connection, practice: Practice, patient_code: str, on: date) -> dict[Program, date]:
    """Return the programs that the patient is enrolled in on that date, each with the enrollment's first day."""
    query = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT], on=on)
    rows = connection.execute(query.where(PatientFactRow.patient_code == patient_code).order_by(PatientFactRow.on_date))
    return {Program(row.subject): row.on_date for row in rows}


def program_for_entry(connection: Connection, practice: Practice, patient_code: str, on: date) -> Program:
    """Return the program an entry belongs to when its author named none: the only one the patient is enrolled in.

    Raises:
        ProgramMissingError: Where there are several or none.
    """
    programs = enrolled_programs(connection, practice, patient_code, on)
    if len(programs) == 1:
        return programs[0]
    enrolled = f"is enrolled in {' and '.join(programs)}"
    if not programs:
        ended = _ended_programs(connection, practice, patient_code, on)
        enrolled = f"is enrolled in no program on that date{f' ({ended})' if ended else ''}"
    example = next(iter(programs), known_programs()[0])
    raise ProgramMissingError(
        "PROGRAM_MISSING",
        f"{patient_code} {enrolled}: which program is this time for? Nothing was saved.",
        f"Name it, for example: /ccm log {patient_code} 12m meds call {example.lower()} "
        "Reconciled the insulin list. Dose confirmed.",
    )


def _ended_programs(connection: Connection, practice: Practice, patient_code: str, on: date) -> str:
    """Return which enrollments of the patient ended before that day, when and why; empty where there was none."""
    fact = PatientFactRow
    query = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT])
    rows = connection.execute(
        query.where(fact.patient_code == patient_code, fact.until_date < on).order_by(fact.subject, fact.until_date)
    )
    last = {row.subject: row for row in rows}
    return ", ".join(
        f"{program} {ended_words(row.until_date, row.details.get('reason'), on=on)}" for program, row in last.items()
    )


def team_of_patient(connection: Connection, practice_id: str, patient_code: str) -> Team:
    """Return the care team of a patient that the roster has."""
    row = connection.execute(
        _TEAM.join(
            PatientRow,
            and_(PatientRow.practice_id == CareTeamRow.practice_id, PatientRow.team_id == CareTeamRow.team_id),
        ).where(PatientRow.practice_id == practice_id, PatientRow.patient_code == patient_code)
    ).one()
    return _team(row)
