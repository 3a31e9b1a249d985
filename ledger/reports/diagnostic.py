"""The diagnostic of a month beside the three before it: device codes against management codes, and capture rates.

Which codes are which follows from the month's rulebook. All of it is counted by the database, from stored figures,
those of a closed month as it was frozen (decision 045).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, Subquery, Text, and_, case, cast, false, func, or_, select

from ledger.clock import last_of_month, previous_month
from ledger.months.figures import Figures, from_row
from ledger.patients.roster_history import patients_in, team_on
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Scope, patients_of_month, touched_query
from ledger.rules.facts import Program
from ledger.rules.rulebook import Rulebook, rulebook_in
from ledger.rules.statement import Status
from ledger.storage.database import AnySelect
from ledger.storage.tables import VOIDS_ENTRY, EntryVoidRow, PatientMonthRow, PatientRow, TimeEntryRow

MONTHS_BEFORE = 3
"""How many months stand beside the one that was asked for."""
_LIVE_CONTACT = "live_contact"


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """The codes of a program with devices: for setting one up, for its readings, and for managing what they say."""

    program: Program
    set_up: tuple[str, ...]
    device: tuple[str, ...]
    management: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviceCounts:
    """How many patients of a month have codes of each kind, each patient once however many units there are.

    ``device_alone`` of them have a device code and none for management, ``management_alone`` the reverse.
    """

    codes: DeviceCodes
    set_up: int
    device: int
    management: int
    device_alone: int
    management_alone: int


@dataclass(frozen=True, slots=True)
class Capture:
    """How many of so many patients have at least one code."""

    patients: int
    billable: int

    @property
    def percent(self) -> int:
        """Billable patients in a hundred; 0 where there are none."""
        return round(100 * self.billable / self.patients) if self.patients else 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A month: its device programs, and capture rates by team and by person, both by id.

    A team's patients are those of the month's list on its last day; a person's are those for whom they logged time
    that was not voided, so that a patient of two people is counted with both.
    """

    month: date
    devices: tuple[DeviceCounts, ...]
    teams: Mapping[str, Capture]
    people: Mapping[str, Capture]

    @property
    def capture(self) -> Capture:
        """That of all teams together: a patient is in one of them."""
        rates = self.teams.values()
        return Capture(sum(one.patients for one in rates), sum(one.billable for one in rates))

    def counts_of(self, codes: DeviceCodes) -> DeviceCounts:
        """Return the counts of that program by this month's own codes; nobody where its book has none."""
        nobody = DeviceCounts(codes, 0, 0, 0, 0, 0)
        return next((one for one in self.devices if one.codes.program == codes.program), nobody)


@dataclass(frozen=True, slots=True)
class Gap:
    """The patients behind a program's gap, by code: ``device_alone`` and ``management_alone`` as counted."""

    codes: DeviceCodes
    device_alone: tuple[Figures, ...]
    management_alone: tuple[Figures, ...]


def device_codes(book: Rulebook | None, program: Program | None = None) -> tuple[DeviceCodes, ...]:
    """Return the codes of each program in which the book pays both for readings and for time with a live contact.

    With ``program`` of that one alone. An add-on is no code of its own: it never stands without its base.
    """
    if book is None:
        return ()
    found = []
    for one, readings in book.reading_families.items():
        managed = [family for family in book.time_families.get(one, ()) if _LIVE_CONTACT in family.needs]
        if readings and managed and program in {None, one}:
            management = (part.code for family in managed for part in (family.base, family.short) if part)
            found.append(
                DeviceCodes(
                    program=one,
                    set_up=tuple(family.set_up.code for family in readings if family.set_up),
                    device=tuple(code.code for family in readings for code in family.codes),
                    management=tuple(management),
                )
            )
    return tuple(found)


def diagnose(
    connection: Connection, practice: Practice, scope: Scope, *, by_person: bool = True
) -> tuple[Diagnosis, ...]:
    """Return the diagnostic of the scope's month, and of the three before it, the latest first.

    Without ``by_person`` it has no rates of people, which are counted from entries and take longest.
    """
    months = [scope.month]
    while len(months) <= MONTHS_BEFORE:
        months.append(previous_month(months[-1]))
    return tuple(_of_month(connection, practice, replace(scope, month=month), by_person=by_person) for month in months)


def gaps(connection: Connection, practice: Practice, scope: Scope) -> tuple[Gap, ...]:
    """Return the patients behind the gap of each device program in the scope's month, with their figures."""
    found = []
    for codes in device_codes(rulebook_in(scope.month), scope.program):
        device, management = _has(codes.device), _has(codes.management)
        query = _of_program(practice, scope, codes.program).order_by(PatientMonthRow.patient_code)
        alone = (and_(device, ~management), and_(management, ~device))
        rows = (connection.execute(query.where(which)) for which in alone)
        found.append(Gap(codes, *(tuple(map(from_row, kept)) for kept in rows)))
    return tuple(found)


def _of_month(connection: Connection, practice: Practice, scope: Scope, *, by_person: bool) -> Diagnosis:
    everybody = patients_of_month(connection, practice, scope)
    codes = device_codes(rulebook_in(scope.month), scope.program)
    return Diagnosis(
        month=scope.month,
        devices=tuple(_counted(connection, practice, scope, one) for one in codes),
        teams=_by_team(connection, practice, scope, everybody),
        people=_by_person(connection, practice, scope) if by_person else {},
    )


def _counted(connection: Connection, practice: Practice, scope: Scope, codes: DeviceCodes) -> DeviceCounts:
    device, management = _has(codes.device), _has(codes.management)
    wanted = {
        "set_up": _has(codes.set_up),
        "device": device,
        "management": management,
        "device_alone": and_(device, ~management),
        "management_alone": and_(management, ~device),
    }
    counts = [func.count().filter(which).label(name) for name, which in wanted.items()]
    query = _of_program(practice, scope, codes.program)
    row = connection.execute(query.with_only_columns(*counts)).mappings().one()
    return DeviceCounts(codes, **row)


def _of_program(practice: Practice, scope: Scope, program: Program) -> AnySelect:
    return touched_query(practice, replace(scope, program=program))


def _has(codes: Collection[str]) -> ColumnElement[bool]:
    """Return the SQL for whether a program's stored code lines have one of these codes, which stand in quotes there."""
    lines = cast(PatientMonthRow.codes, Text)
    return or_(false(), *(lines.contains(f'"{code}"', autoescape=True) for code in codes))


def _by_team(connection: Connection, practice: Practice, scope: Scope, everybody: Subquery) -> dict[str, Capture]:
    team = team_on(practice.practice_id, last_of_month(scope.month)).label("team_id")
    placed = (
        select(team, everybody.c.billable)
        .join_from(everybody, PatientRow, PatientRow.patient_code == everybody.c.patient_code)
        .where(PatientRow.practice_id == practice.practice_id)
        .subquery("placed")
    )
    return _rates(connection, placed.c.team_id, placed.c.billable)


def _by_person(connection: Connection, practice: Practice, scope: Scope) -> dict[str, Capture]:
    entry, last = TimeEntryRow, last_of_month(scope.month)
    worked = (
        select(entry.staff_id, entry.patient_code)
        .outerjoin(EntryVoidRow, VOIDS_ENTRY)
        .where(
            entry.practice_id == practice.practice_id,
            entry.date_of_service.between(scope.month, last),
            EntryVoidRow.position.is_(None),
        )
        .distinct()
    )
    if scope.program is not None:
        worked = worked.where(entry.program == scope.program.value)
    if scope.team_ids is not None:
        worked = worked.where(entry.patient_code.in_(patients_in(practice.practice_id, scope.team_ids, last)))
    pairs = worked.subquery("worked")
    has_code = (
        touched_query(practice, replace(scope, team_ids=None))
        .where(PatientMonthRow.status == Status.BILLABLE.value, PatientMonthRow.patient_code == pairs.c.patient_code)
        .exists()
    )
    return _rates(connection, pairs.c.staff_id, case((has_code, 1), else_=0))


def _rates(connection: Connection, whose: ColumnElement[str], billable: ColumnElement[int]) -> dict[str, Capture]:
    query = select(whose.label("whose"), func.count().label("patients"), func.sum(billable).label("billable"))
    rows = connection.execute(query.group_by(whose).order_by(whose))
    return {row.whose: Capture(row.patients, int(row.billable)) for row in rows}
