"""A month counted and paged by the database: what a glance needs, however large the practice is (design 1).

``ledger.reports.worklists.month_list`` reads the same rows whole, for a workbook or a terminal.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from ledger.clock import next_month
from ledger.months.closed_months import Closing, closed_programs, closing_in_force
from ledger.months.figures import Figures, from_row
from ledger.patients.facts import FactKind
from ledger.practice.practice import Practice
from ledger.reports.worklists import NEAR_MINUTES, Untouched
from ledger.rules.facts import Program
from ledger.rules.statement import Group, Status
from ledger.storage.database import AnySelect
from ledger.storage.month_tables import ClosedProgramRow
from ledger.storage.tables import PatientFactRow, PatientMonthRow, PatientRow


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose month: of all teams where ``team_ids`` is None, of all programs where ``program`` is."""

    month: date
    team_ids: Collection[str] | None = None
    program: Program | None = None


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """A month in numbers. ``programs`` counts the programs of patients in each group; ``closing`` holds it closed."""

    month: date
    programs: dict[Group, int]
    enrolled_patients: int
    billable_patients: int
    expected_cents: int
    closing: Closing | None = None

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


@dataclass(frozen=True, slots=True)
class BandCount:
    """A band of a team's worklist (N2, N3): how many are near, what they add if finished, how many are blocked."""

    team_id: str
    program: Program
    band: tuple[int, int]
    patients: int
    worth_cents: int
    blocked: int


def month_counts(connection: Connection, practice: Practice, scope: Scope) -> MonthCounts:
    """The month's numbers, counted by the database; they are those of ``month_list``."""
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
    enrolled = _enrolled(connection, practice, scope)
    everybody = select(enrolled.c.patient_code).union(select(touched.c.patient_code)).subquery()
    programs = {Group(status.value): row.programs for status, row in found.items()}
    programs[Group.UNTOUCHED] = count_untouched(connection, practice, scope)
    return MonthCounts(
        month=scope.month,
        programs={group: programs.get(group, 0) for group in Group},
        enrolled_patients=connection.scalar(select(func.count()).select_from(everybody)) or 0,
        billable_patients=billable.patients if billable else 0,
        expected_cents=int(billable.cents) if billable else 0,
        closing=closing_in_force(connection, practice.practice_id, scope.month),
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
    connection: Connection, practice: Practice, scope: Scope, *, first: int, most: int
) -> Sequence[Untouched]:
    """At most so many of those enrolled for whom no time was logged, by code, from number ``first`` (from 0) on."""
    query = _untouched(connection, practice, scope).order_by("patient_code", "program").offset(first).limit(most)
    return [Untouched(row.patient_code, Program(row.program)) for row in connection.execute(query)]


def band_counts(connection: Connection, practice: Practice, scope: Scope) -> list[BandCount]:
    """The worklist's bands counted by team and program, in that order; bands with nobody are left out."""
    bands = practice.policy.bands
    in_bands = or_(false(), *(PatientMonthRow.counted_minutes.between(low, high) for low, high in bands))
    query = (
        touched_query(practice, scope)
        .where(in_bands)
        .join(
            PatientRow,
            and_(
                PatientRow.practice_id == PatientMonthRow.practice_id,
                PatientRow.patient_code == PatientMonthRow.patient_code,
            ),
        )
        .with_only_columns(
            PatientRow.team_id,
            PatientMonthRow.program,
            PatientMonthRow.counted_minutes,
            PatientMonthRow.next_thresholds,
            PatientMonthRow.blockers,
        )
    )
    near: dict[tuple[str, Program, tuple[int, int]], list[int]] = defaultdict(list)
    blocked: Counter[tuple[str, Program, tuple[int, int]]] = Counter()
    for row in connection.execute(query):
        band = next(band for band in bands if band[0] <= row.counted_minutes <= band[1])
        key = (row.team_id, Program(row.program), band)
        steps = [step for step in row.next_thresholds if 1 <= step["minutes_missing"] <= NEAR_MINUTES]
        if steps and row.blockers:
            blocked[key] += 1
        elif steps:
            near[key].append(steps[0]["amount_cents"])
    return [
        BandCount(*key, patients=len(near[key]), worth_cents=sum(near[key]), blocked=blocked[key])
        for key in sorted({*near, *blocked})
    ]


def count_untouched(connection: Connection, practice: Practice, scope: Scope) -> int:
    """How many are enrolled for whom no time was logged, each program of a patient counted."""
    return connection.scalar(_count(_untouched(connection, practice, scope))) or 0


def blocked_by(connection: Connection, practice: Practice, scope: Scope, name: str = "") -> Blocked:
    """How many programs of patients each blocker keeps from being billed, and those blocked by ``name``, by code."""
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


def has_work(connection: Connection, practice: Practice, month: date) -> bool:
    """Whether any patient of the practice has figures for the month."""
    mine = (PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.month == month)
    return connection.scalar(select(PatientMonthRow.month).where(*mine).limit(1)) is not None


def months_of_patient(connection: Connection, practice: Practice, patient_code: str) -> list[date]:
    """The months for which the patient has figures, the latest first."""
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
    ordered = query.order_by(_RANKS, _MOST_MINUTES_FIRST, PatientMonthRow.patient_code, PatientMonthRow.program)
    return [from_row(row) for row in connection.execute(ordered.offset(first).limit(most))]


def _touched(practice: Practice, scope: Scope) -> Subquery:
    return touched_query(practice, scope).subquery("touched")


def touched_query(practice: Practice, scope: Scope) -> AnySelect:
    """The stored figures of the scope, those of a program left out of which there is nothing to say."""
    query = select(PatientMonthRow.__table__).where(
        PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.month == scope.month, _IS_TOUCHED
    )
    if scope.program is not None:
        query = query.where(PatientMonthRow.program == scope.program.value)
    if scope.team_ids is not None:
        query = query.where(PatientMonthRow.patient_code.in_(patients_of(practice, scope.team_ids)))
    return query


def _enrolled(connection: Connection, practice: Practice, scope: Scope) -> Subquery:
    """Patients and the programs they are enrolled in on at least one day of the month; when closed, as it was then."""
    closing = closing_in_force(connection, practice.practice_id, scope.month)
    if closing is not None:
        kept = closed_programs(practice.practice_id, closing, scope.team_ids)
        if scope.program is not None:
            kept = kept.where(ClosedProgramRow.program == scope.program.value)
        return kept.subquery("enrolled")
    fact, later = PatientFactRow, aliased(PatientFactRow)
    is_revised = (
        select(later.revision)
        .where(
            later.practice_id == fact.practice_id,
            later.patient_code == fact.patient_code,
            later.kind == fact.kind,
            later.subject == fact.subject,
            later.on_date == fact.on_date,
            later.revision > fact.revision,
        )
        .exists()
    )
    query = select(fact.patient_code, fact.subject.label("program")).where(
        fact.practice_id == practice.practice_id,
        fact.kind == FactKind.ENROLLMENT.value,
        fact.on_date < next_month(scope.month),
        fact.withdrawn.is_(False),
        or_(fact.until_date.is_(None), fact.until_date >= scope.month),
        ~is_revised,
    )
    if scope.program is not None:
        query = query.where(fact.subject == scope.program.value)
    if scope.team_ids is not None:
        query = query.where(fact.patient_code.in_(patients_of(practice, scope.team_ids)))
    return query.distinct().subquery("enrolled")


def _untouched(connection: Connection, practice: Practice, scope: Scope) -> AnySelect:
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
    return select(enrolled.c.patient_code, enrolled.c.program).where(~is_touched)


def patients_of(practice: Practice, team_ids: Collection[str]) -> AnySelect:
    """The codes of the teams' patients."""
    return select(PatientRow.patient_code).where(
        PatientRow.practice_id == practice.practice_id, PatientRow.team_id.in_(sorted(team_ids))
    )


def _count(query: AnySelect) -> AnySelect:
    return select(func.count()).select_from(query.subquery())
