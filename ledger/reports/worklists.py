"""The worklist: who is near the next code, by name and counted by band. It reads stored figures.

A list is made for a day (N4): whose further minutes could not count then stands apart, and adds to no total.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, false, or_

from ledger.clock import last_of_month
from ledger.months.figures import Figures, from_row
from ledger.patients.roster_history import team_on
from ledger.practice.practice import Practice
from ledger.reports.finishing import Hindrance, Named, hindrance, in_words
from ledger.reports.month_lists import Scope, touched_query
from ledger.rules.facts import Program
from ledger.rules.rulebook import is_provisional
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
class SetApart:
    """A near patient who cannot be finished now, blocked or not, and why (N4)."""

    patient: NearPatient
    why: str


@dataclass(frozen=True, slots=True)
class Worklist:
    """Who is near, and apart from them who is near but blocked: minutes alone would not help those (N3).

    ``apart`` are near, but cannot be finished now (N4); they are in neither of the others. ``provisional``: codes
    and worth are those of an earlier rulebook (B1).
    """

    month: date
    near: tuple[NearPatient, ...]
    blocked: tuple[NearPatient, ...]
    apart: tuple[SetApart, ...] = ()
    provisional: bool = False

    @property
    def worth_cents(self) -> int:
        """What the near list adds to the expected payment when it is finished, in cents."""
        return sum(patient.threshold.amount_cents for patient in self.near)


@dataclass(frozen=True, slots=True)
class BandCount:
    """A band of a team's worklist (N2 to N4): how many are near, what they add if finished, how many are blocked.

    ``apart`` cannot be finished now, and are none of the others.
    """

    team_id: str
    program: Program
    band: tuple[int, int]
    patients: int
    worth_cents: int
    blocked: int
    apart: int = 0


def worklist(
    connection: Connection,
    practice: Practice,
    month: date,
    team_ids: Collection[str] | None = None,
    program: Program | None = None,
    *,
    on: date | None = None,
) -> Worklist:
    """Return the near patients of ``month``, the nearest first.

    They are of all teams where ``team_ids`` is None, and of all programs where ``program`` is. The list is made for the
    day ``on``, where that lies in the month; else for the month's day that is nearest to it, by default its last.
    """
    bands, day = practice.policy.bands, day_of_list(month, on)
    in_bands = or_(false(), *(PatientMonthRow.counted_minutes.between(low, high) for low, high in bands))
    query = touched_query(practice, Scope(month, team_ids, program)).where(in_bands)
    rows = connection.execute(query.add_columns(_hindrance(practice, day)))
    found = [(near, row.hindrance) for row in rows if (near := _near(from_row(row), bands)) is not None]
    found.sort(key=lambda one: (one[0].threshold.minutes_missing, one[0].figures.patient_code))
    hindrances = {_named(near): Hindrance(name) for near, name in found if name}
    why = in_words(connection, practice, hindrances, on=day)
    able = [near for near, name in found if not name]
    return Worklist(
        month=month,
        provisional=is_provisional(month),
        near=tuple(patient for patient in able if not patient.figures.blockers),
        blocked=tuple(patient for patient in able if patient.figures.blockers),
        apart=tuple(SetApart(near, why[_named(near)]) for near, name in found if name),
    )


def day_of_list(month: date, on: date | None) -> date:
    """Return the day for which the list of a month is made: ``on``, or the nearest to it that the month has."""
    last = last_of_month(month)
    return last if on is None else min(max(on, month), last)


def _hindrance(practice: Practice, on: date) -> ColumnElement[str | None]:
    return hindrance(practice, PatientMonthRow.patient_code, PatientMonthRow.program, on).label("hindrance")


def _named(patient: NearPatient) -> Named:
    return patient.figures.patient_code, patient.figures.program


def _near(figures: Figures, bands: Sequence[tuple[int, int]]) -> NearPatient | None:
    band = next((band for band in bands if band[0] <= figures.counted_minutes <= band[1]), None)
    threshold = next((step for step in figures.next if 1 <= step.minutes_missing <= NEAR_MINUTES), None)
    return NearPatient(figures, band, threshold) if band and threshold else None


def band_counts(connection: Connection, practice: Practice, scope: Scope, *, on: date | None = None) -> list[BandCount]:
    """Return the worklist's bands counted by team and program, in that order; bands with nobody are left out.

    ``on`` as for ``worklist``.
    """
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
            team_on(practice.practice_id, last_of_month(scope.month)).label("team_id"),
            PatientMonthRow.program,
            PatientMonthRow.counted_minutes,
            PatientMonthRow.next_thresholds,
            PatientMonthRow.blockers,
            _hindrance(practice, day_of_list(scope.month, on)),
        )
    )
    near: dict[tuple[str, Program, tuple[int, int]], list[int]] = defaultdict(list)
    blocked: Counter[tuple[str, Program, tuple[int, int]]] = Counter()
    apart: Counter[tuple[str, Program, tuple[int, int]]] = Counter()
    for row in connection.execute(query):
        band = next(band for band in bands if band[0] <= row.counted_minutes <= band[1])
        key = (row.team_id, Program(row.program), band)
        steps = [step for step in row.next_thresholds if 1 <= step["minutes_missing"] <= NEAR_MINUTES]
        if steps and row.hindrance:
            apart[key] += 1
        elif steps and row.blockers:
            blocked[key] += 1
        elif steps:
            near[key].append(steps[0]["amount_cents"])
    return [
        BandCount(*key, patients=len(near[key]), worth_cents=sum(near[key]), blocked=blocked[key], apart=apart[key])
        for key in sorted({*near, *blocked, *apart})
    ]
