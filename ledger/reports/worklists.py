"""The worklist: who is near the next code, by name and counted by band. It reads stored figures."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, false, or_

from ledger.months.figures import Figures, from_row
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Scope, touched_query
from ledger.rules.facts import Program
from ledger.rules.statement import NextThreshold
from ledger.storage.tables import PatientMonthRow, PatientRow

NEAR_MINUTES = 5


@dataclass(frozen=True, slots=True)
class NearPatient:
    """A patient 1 to 5 minutes short of the next code (N2)."""

    figures: Figures
    band: tuple[int, int]
    threshold: NextThreshold


def list_order(patient: NearPatient) -> tuple[str, int, int, str]:
    """Return where a patient stands in a list.

    CCM and RPM apart, each with the band nearest to its first code first.
    """
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
class BandCount:
    """A band of a team's worklist (N2, N3): how many are near, what they add if finished, how many are blocked."""

    team_id: str
    program: Program
    band: tuple[int, int]
    patients: int
    worth_cents: int
    blocked: int


def worklist(
    connection: Connection,
    practice: Practice,
    month: date,
    team_ids: Collection[str] | None = None,
    program: Program | None = None,
) -> Worklist:
    """Return the near patients of ``month``, the nearest first.

    They are of all teams where ``team_ids`` is None, and of all programs where ``program`` is.
    """
    bands = practice.policy.bands
    in_bands = or_(false(), *(PatientMonthRow.counted_minutes.between(low, high) for low, high in bands))
    query = touched_query(practice, Scope(month, team_ids, program)).where(in_bands)
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


def band_counts(connection: Connection, practice: Practice, scope: Scope) -> list[BandCount]:
    """Return the worklist's bands counted by team and program, in that order; bands with nobody are left out."""
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
