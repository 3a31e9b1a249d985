"""Lists over a month: who is near the next code, who is billable, who is not and why. They read stored figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, false, or_, select

from ledger.clock import next_month
from ledger.months.closed_months import closed_programs, closing_in_force
from ledger.months.figures import Figures, from_row
from ledger.patients.facts import FactKind
from ledger.practice.practice import Practice
from ledger.rules.facts import Program
from ledger.rules.statement import NextThreshold, Status
from ledger.storage.database import AnySelect
from ledger.storage.tables import PatientFactRow, PatientMonthRow, PatientRow

NEAR_MINUTES = 5


@dataclass(frozen=True, slots=True)
class NearPatient:
    """A patient 1 to 5 minutes short of the next code (N2)."""

    figures: Figures
    band: tuple[int, int]
    threshold: NextThreshold


def list_order(patient: NearPatient) -> tuple[str, int, int, str]:
    """Where a patient stands in a list: CCM and RPM apart, each with the band nearest to its first code first."""
    return (patient.figures.program, patient.band[0], patient.threshold.minutes_missing, patient.figures.patient_code)


@dataclass(frozen=True, slots=True)
class Worklist:
    """Who is near, and apart from them who is near but blocked: minutes alone would not help those (N3)."""

    month: date
    near: tuple[NearPatient, ...]
    blocked: tuple[NearPatient, ...]

    @property
    def worth_cents(self) -> int:
        """What the near list adds to the expected payment when it is finished, in cents."""
        return sum(patient.threshold.amount_cents for patient in self.near)


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


def worklist(
    connection: Connection,
    practice: Practice,
    month: date,
    team_ids: Collection[str] | None = None,
    program: Program | None = None,
) -> Worklist:
    """The near patients of ``month``, the nearest first; of all teams where ``team_ids`` is None, programs likewise."""
    bands = practice.policy.bands
    in_bands = or_(false(), *(PatientMonthRow.counted_minutes.between(low, high) for low, high in bands))
    query = _of_teams(_figures_query(practice, month).where(in_bands), team_ids)
    if program is not None:
        query = query.where(PatientMonthRow.program == program.value)
    near = [found for row in connection.execute(query) if (found := _near(from_row(row), bands)) is not None]
    near.sort(key=lambda patient: (patient.threshold.minutes_missing, patient.figures.patient_code))
    return Worklist(
        month=month,
        near=tuple(patient for patient in near if not patient.figures.blockers),
        blocked=tuple(patient for patient in near if patient.figures.blockers),
    )


def _near(figures: Figures, bands: Sequence[tuple[int, int]]) -> NearPatient | None:
    band = next((band for band in bands if band[0] <= figures.counted_minutes <= band[1]), None)
    threshold = next((step for step in figures.next if 1 <= step.minutes_missing <= NEAR_MINUTES), None)
    return NearPatient(figures, band, threshold) if band and threshold else None


def month_list(
    connection: Connection,
    practice: Practice,
    month: date,
    *,
    team_ids: Collection[str] | None = None,
    program: Program | None = None,
) -> MonthList:
    """Everybody of ``month``, by status; of all teams where ``team_ids`` is None, of all programs likewise."""
    query = _of_teams(_figures_query(practice, month), team_ids)
    if program is not None:
        query = query.where(PatientMonthRow.program == program.value)
    rows = connection.execute(query.order_by(PatientMonthRow.patient_code, PatientMonthRow.program))
    enrolled = {key for key in _enrolled(connection, practice, month, team_ids) if program is None or key[1] == program}
    return grouped(month, map(from_row, rows), enrolled)


def grouped(month: date, figures: Iterable[Figures], enrolled: set[tuple[str, Program]]) -> MonthList:
    """The list of a month with these figures, kept in their order, and with these patients enrolled in a program."""
    by_status: dict[Status, list[Figures]] = defaultdict(list)
    touched: set[tuple[str, Program]] = set()
    for one in figures:
        if not _is_touched(one):
            continue
        by_status[one.status].append(one)
        touched.add((one.patient_code, one.program))
    return MonthList(
        month=month,
        billable=tuple(by_status[Status.BILLABLE]),
        blocked=tuple(by_status[Status.BLOCKED]),
        below=tuple(sorted(by_status[Status.BELOW_THRESHOLD], key=lambda figures: -figures.counted_minutes)),
        untouched=tuple(Untouched(*key) for key in sorted(enrolled - touched)),
        enrolled_patients=len({code for code, _ in enrolled | touched}),
    )


def _is_touched(figures: Figures) -> bool:
    """Whether there is anything to say of the program: other programs' time makes figures for it as well."""
    logged_minutes = figures.counted_minutes + figures.excluded_minutes
    return logged_minutes > 0 or figures.status is not Status.BELOW_THRESHOLD


def _figures_query(practice: Practice, month: date) -> AnySelect:
    return select(PatientMonthRow.__table__).where(
        PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.month == month
    )


def _of_teams(query: AnySelect, team_ids: Collection[str] | None) -> AnySelect:
    if team_ids is None:
        return query
    return query.join(
        PatientRow,
        and_(
            PatientRow.practice_id == PatientMonthRow.practice_id,
            PatientRow.patient_code == PatientMonthRow.patient_code,
        ),
    ).where(PatientRow.team_id.in_(sorted(team_ids)))


def _enrolled(
    connection: Connection, practice: Practice, month: date, team_ids: Collection[str] | None
) -> set[tuple[str, Program]]:
    """Patients and the programs they are enrolled in on at least one day of the month; when closed, as it was then."""
    closing = closing_in_force(connection, practice.practice_id, month)
    if closing is not None:
        kept = closed_programs(practice.practice_id, closing, team_ids)
        return {(row.patient_code, Program(row.program)) for row in connection.execute(kept)}
    query = (
        select(
            PatientFactRow.patient_code,
            PatientFactRow.subject,
            PatientFactRow.on_date,
            PatientFactRow.until_date,
            PatientFactRow.withdrawn,
        )
        .where(
            PatientFactRow.practice_id == practice.practice_id,
            PatientFactRow.kind == FactKind.ENROLLMENT.value,
            PatientFactRow.on_date < next_month(month),
        )
        .order_by(PatientFactRow.revision)
    )
    if team_ids is not None:
        query = query.join(
            PatientRow,
            and_(
                PatientRow.practice_id == PatientFactRow.practice_id,
                PatientRow.patient_code == PatientFactRow.patient_code,
            ),
        ).where(PatientRow.team_id.in_(sorted(team_ids)))
    latest = {(row.patient_code, row.subject, row.on_date): row for row in connection.execute(query)}
    return {
        (row.patient_code, Program(row.subject))
        for row in latest.values()
        if not row.withdrawn and (row.until_date is None or row.until_date >= month)
    }
