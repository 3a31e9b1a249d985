"""A month's list: counted, paged or read whole by the database, so that all three agree (design 1)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Subquery, case, func, literal, or_, select, union_all

from ledger.claims.marks import totals_of_month
from ledger.claims.states import NOTHING_CLAIMED, ClaimTotals
from ledger.clock import last_of_month
from ledger.months.closed_months import Closing, Totals, closed_programs, closing_in_force
from ledger.months.figures import Figures, from_row
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.patients.roster_history import patients_in
from ledger.practice.practice import Practice
from ledger.reports.finishing import hindrance
from ledger.rules.facts import Program
from ledger.rules.rulebook import is_provisional
from ledger.rules.statement import Group, Status
from ledger.storage.database import AnySelect
from ledger.storage.month_tables import ClosedProgramRow
from ledger.storage.tables import PatientFactRow, PatientMonthRow


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose month: of all teams where ``team_ids`` is None, of all programs where ``program`` is."""

    month: date
    team_ids: Collection[str] | None = None
    program: Program | None = None


@dataclass(frozen=True, slots=True)
class Untouched:
    """A patient enrolled in a program in the month, for whom no time was logged."""

    patient_code: str
    program: Program


@dataclass(frozen=True, slots=True)
class MonthList:
    """Everybody enrolled or worked for in a month, each program of a patient in exactly one of four groups."""

    month: date
    billable: tuple[Figures, ...]
    blocked: tuple[Figures, ...]
    below: tuple[Figures, ...]
    untouched: tuple[Untouched, ...]
    enrolled_patients: int

    @property
    def expected_cents(self) -> int:
        """The expected payment of the month so far, in cents."""
        return sum(figures.expected_cents for figures in self.billable)

    @property
    def billable_patients(self) -> int:
        """How many patients have at least one code."""
        return len({figures.patient_code for figures in self.billable})

    @property
    def capture_percent(self) -> int:
        """Billable patients in a hundred of those enrolled; 0 where nobody is."""
        return round(100 * self.billable_patients / self.enrolled_patients) if self.enrolled_patients else 0


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """A month in numbers. ``programs`` counts the programs of patients in each group; ``closing`` holds it closed.

    ``provisional`` says that its figures are those of an earlier rulebook, for want of its own (B1).
    ``claims`` is what was submitted of it, and what became of that.
    """

    month: date
    programs: dict[Group, int]
    enrolled_patients: int
    billable_patients: int
    expected_cents: int
    closing: Closing | None = None
    provisional: bool = False
    claims: ClaimTotals = NOTHING_CLAIMED

    @property
    def capture_percent(self) -> int:
        """Billable patients in a hundred of those enrolled; 0 where nobody is."""
        return round(100 * self.billable_patients / self.enrolled_patients) if self.enrolled_patients else 0


@dataclass(frozen=True, slots=True)
class BlockedPatient:
    """A program of a patient that one blocker keeps from being billed, with its minutes."""

    patient_code: str
    program: Program
    counted_minutes: int
    remedy: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The blockers of a month, the commonest first, and who is blocked by the one that was asked for."""

    programs: int
    counts: tuple[tuple[str, int], ...]
    patients: tuple[BlockedPatient, ...]


def month_counts(connection: Connection, practice: Practice, scope: Scope) -> MonthCounts:
    """Return the month in numbers, counted by the database."""
    touched = _touched(practice, scope)
    rows = connection.execute(
        select(
            touched.c.status,
            func.count().label("programs"),
            func.count(touched.c.patient_code.distinct()).label("patients"),
            func.sum(touched.c.expected_cents).label("cents"),
        ).group_by(touched.c.status)
    )
    found = {Status(row.status): row for row in rows}
    billable = found.get(Status.BILLABLE)
    programs = {Group(status.value): row.programs for status, row in found.items()}
    programs[Group.UNTOUCHED] = count_untouched(connection, practice, scope)
    closing = closing_in_force(connection, practice.practice_id, scope.month)
    return MonthCounts(
        month=scope.month,
        programs={group: programs.get(group, 0) for group in Group},
        enrolled_patients=_count_patients(connection, practice, scope),
        billable_patients=billable.patients if billable else 0,
        expected_cents=int(billable.cents) if billable else 0,
        closing=closing,
        provisional=is_provisional(scope.month, closing.rulebook if closing else None),
        claims=totals_of_month(connection, practice, scope.month, team_ids=scope.team_ids, program=scope.program),
    )


def month_list(connection: Connection, practice: Practice, scope: Scope) -> MonthList:
    """Return everybody of the month, each program of a patient in exactly one of the four groups."""
    by_status: dict[Status, list[Figures]] = defaultdict(list)
    for row in connection.execute(_in_order(touched_query(practice, scope))):
        by_status[Status(row.status)].append(from_row(row))
    return MonthList(
        month=scope.month,
        billable=tuple(by_status[Status.BILLABLE]),
        blocked=tuple(by_status[Status.BLOCKED]),
        below=tuple(by_status[Status.BELOW_THRESHOLD]),
        untouched=tuple(untouched(connection, practice, scope)),
        enrolled_patients=_count_patients(connection, practice, scope),
    )


def month_rows(
    connection: Connection,
    practice: Practice,
    scope: Scope,
    counts: MonthCounts,
    *,
    group: Group | None = None,
    first: int,
    most: int,
) -> list[Figures | Untouched]:
    """At most so many rows of the month's list from row ``first`` (from 0) on; of one ``group``, or of all in order."""
    rows: list[Figures | Untouched] = []
    if group is not Group.UNTOUCHED:
        rows += _figures(connection, practice, scope, group, first=first, most=most)
    if group in {None, Group.UNTOUCHED} and len(rows) < most:
        before = 0 if group else sum(counts.programs.values()) - counts.programs[Group.UNTOUCHED]
        rows += untouched(connection, practice, scope, first=max(first - before, 0), most=most - len(rows))
    return rows


def untouched(
    connection: Connection,
    practice: Practice,
    scope: Scope,
    *,
    first: int = 0,
    most: int | None = None,
    on: date | None = None,
) -> Sequence[Untouched]:
    """Return those enrolled for whom no time was logged, by code: at most so many, from number ``first`` on.

    With ``on`` only those whose minutes could count on that day (N4): a list that asks for work names nobody else.
    """
    query = _untouched(connection, practice, scope, on).order_by("patient_code", "program").offset(first).limit(most)
    return [Untouched(row.patient_code, Program(row.program)) for row in connection.execute(query)]


def count_untouched(connection: Connection, practice: Practice, scope: Scope, *, on: date | None = None) -> int:
    """Return how many are enrolled for whom no time was logged, each program of a patient counted.

    ``on`` as for ``untouched``.
    """
    return connection.scalar(_count(_untouched(connection, practice, scope, on))) or 0


def blocked_by(connection: Connection, practice: Practice, scope: Scope, name: str = "") -> Blocked:
    """Return how many programs of patients each blocker keeps from being billed, and those blocked by ``name``.

    The blocked are in order of code.
    """
    touched = _touched(practice, scope)
    rows = connection.execute(
        select(touched.c.patient_code, touched.c.program, touched.c.counted_minutes, touched.c.blockers)
        .where(touched.c.status == Status.BLOCKED.value)
        .order_by(touched.c.patient_code, touched.c.program)
    ).all()
    counts = Counter(blocker["name"] for row in rows for blocker in row.blockers)
    patients = [
        BlockedPatient(row.patient_code, Program(row.program), row.counted_minutes, blocker["remedy"])
        for row in rows
        for blocker in row.blockers
        if blocker["name"] == name
    ]
    ordered = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    return Blocked(len(rows), tuple(ordered), tuple(patients))


def totals_of(connection: Connection, practice: Practice, month: date) -> Totals:
    """Return the whole month in the numbers that a close freezes."""
    scope = Scope(month)
    counts = month_counts(connection, practice, scope)
    codes = touched_query(practice, scope).where(PatientMonthRow.status == Status.BILLABLE.value)
    lines = [line for claimed in connection.scalars(codes.with_only_columns(PatientMonthRow.codes)) for line in claimed]
    return Totals(
        enrolled_patients=counts.enrolled_patients,
        billable_patients=counts.billable_patients,
        units=sum(line["units"] for line in lines),
        expected_cents=counts.expected_cents,
        blocked_programs=counts.programs[Group.BLOCKED],
        programs_below_threshold=counts.programs[Group.BELOW_THRESHOLD],
        untouched_programs=counts.programs[Group.UNTOUCHED],
    )


def has_work(connection: Connection, practice: Practice, month: date) -> bool:
    """Return whether any patient of the practice has figures for the month."""
    mine = (PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.month == month)
    return connection.scalar(select(PatientMonthRow.month).where(*mine).limit(1)) is not None


def months_of_patient(connection: Connection, practice: Practice, patient_code: str) -> list[date]:
    """Return the months for which the patient has figures, the latest first."""
    query = (
        select(PatientMonthRow.month)
        .where(PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.patient_code == patient_code)
        .distinct()
        .order_by(PatientMonthRow.month.desc())
    )
    return list(connection.scalars(query))


_RANKS = case(
    {Status.BILLABLE.value: 0, Status.BLOCKED.value: 1, Status.BELOW_THRESHOLD.value: 2}, value=PatientMonthRow.status
)
_MOST_MINUTES_FIRST = case(
    (PatientMonthRow.status == Status.BELOW_THRESHOLD.value, -PatientMonthRow.counted_minutes), else_=0
)
_IS_TOUCHED: ColumnElement[bool] = or_(
    PatientMonthRow.counted_minutes + PatientMonthRow.excluded_minutes > 0,
    PatientMonthRow.status != Status.BELOW_THRESHOLD.value,
)
"""Whether there is anything to say of the program: other programs' time makes figures for it as well."""


def _figures(
    connection: Connection, practice: Practice, scope: Scope, group: Group | None, *, first: int, most: int
) -> list[Figures]:
    query = touched_query(practice, scope)
    if group is not None:
        query = query.where(PatientMonthRow.status == group.value)
    return [from_row(row) for row in connection.execute(_in_order(query).offset(first).limit(most))]


def _in_order(query: AnySelect) -> AnySelect:
    return query.order_by(_RANKS, _MOST_MINUTES_FIRST, PatientMonthRow.patient_code, PatientMonthRow.program)


def _count_patients(connection: Connection, practice: Practice, scope: Scope) -> int:
    """Return how many patients are enrolled in the month or have figures for it."""
    everybody = patients_of_month(connection, practice, scope)
    return connection.scalar(select(func.count()).select_from(everybody)) or 0


def patients_of_month(connection: Connection, practice: Practice, scope: Scope) -> Subquery:
    """Return the query for who is enrolled in the month or has figures for it: each ``patient_code`` once.

    ``billable`` is 1 where the patient has a code, else 0.
    """
    enrolled, touched = _enrolled(connection, practice, scope), _touched(practice, scope)
    is_billable = case((touched.c.status == Status.BILLABLE.value, 1), else_=0)
    rows = union_all(
        select(enrolled.c.patient_code, literal(0).label("billable")), select(touched.c.patient_code, is_billable)
    ).subquery("rows")
    once = select(rows.c.patient_code, func.max(rows.c.billable).label("billable")).group_by(rows.c.patient_code)
    return once.subquery("everybody")


def _touched(practice: Practice, scope: Scope) -> Subquery:
    return touched_query(practice, scope).subquery("touched")


def touched_query(practice: Practice, scope: Scope) -> AnySelect:
    """Return the stored figures of the scope, those of a program left out of which there is nothing to say."""
    query = select(PatientMonthRow.__table__).where(
        PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.month == scope.month, _IS_TOUCHED
    )
    if scope.program is not None:
        query = query.where(PatientMonthRow.program == scope.program.value)
    if scope.team_ids is not None:
        query = query.where(PatientMonthRow.patient_code.in_(_patients_of(practice, scope.month, scope.team_ids)))
    return query


def _enrolled(connection: Connection, practice: Practice, scope: Scope) -> Subquery:
    """Patients and the programs they are enrolled in on at least one day of the month; when closed, as it was then."""
    closing = closing_in_force(connection, practice.practice_id, scope.month)
    if closing is not None:
        kept = closed_programs(practice.practice_id, closing, scope.team_ids)
        if scope.program is not None:
            kept = kept.where(ClosedProgramRow.program == scope.program.value)
        return kept.subquery("enrolled")
    fact, last = PatientFactRow, last_of_month(scope.month)
    query = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT], on=scope.month, until=last)
    query = query.with_only_columns(fact.patient_code, fact.subject.label("program"))
    if scope.program is not None:
        query = query.where(fact.subject == scope.program.value)
    if scope.team_ids is not None:
        query = query.where(fact.patient_code.in_(_patients_of(practice, scope.month, scope.team_ids)))
    return query.distinct().subquery("enrolled")


def _untouched(connection: Connection, practice: Practice, scope: Scope, on: date | None = None) -> AnySelect:
    enrolled = _enrolled(connection, practice, scope)
    is_touched = (
        select(PatientMonthRow.status)
        .where(
            PatientMonthRow.practice_id == practice.practice_id,
            PatientMonthRow.month == scope.month,
            PatientMonthRow.patient_code == enrolled.c.patient_code,
            PatientMonthRow.program == enrolled.c.program,
            _IS_TOUCHED,
        )
        .exists()
    )
    query = select(enrolled.c.patient_code, enrolled.c.program).where(~is_touched)
    if on is None:
        return query
    return query.where(hindrance(practice, enrolled.c.patient_code, enrolled.c.program, on).is_(None))


def _patients_of(practice: Practice, month: date, team_ids: Collection[str]) -> CompoundSelect[str]:
    """Return the codes of who was the teams' patient on the month's last day."""
    return patients_in(practice.practice_id, team_ids, last_of_month(month))


def _count(query: AnySelect) -> AnySelect:
    return select(func.count()).select_from(query.subquery())
