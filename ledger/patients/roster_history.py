"""The roster by days: what was told of a person or a patient, and what of it holds on a day (decision 040).

What is told from a day holds from that day on, until something else is told from a later one. Rows are appended:
whoever tells otherwise of a day adds a revision.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, bindparam, case, func, insert, select

from ledger.practice.practice import Practice
from ledger.rules.facts import StaffMember
from ledger.storage.batches import batches
from ledger.storage.roster_tables import BEGINNING, RosterFactRow
from ledger.storage.tables import PatientRow, StaffRow

STAFF, PATIENTS = StaffRow.__tablename__, PatientRow.__tablename__
"""The kinds of those of whom something is told."""

Values = Mapping[str, Any]
Steps = Mapping[date, Values]
"""What begins to hold on which day."""

DATED: Mapping[str, Values] = {
    STAFF: {"credential": "", "supervised": True, "employed": True, "teams": []},
    PATIENTS: {"billing_practitioner": None, "conditions": [], "risk_documented": True, "team_id": ""},
}
"""The columns of the roster that hold from a day on, and what holds of each before anything was told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told: columns that hold from a day on, when it was recorded and by whom."""

    from_date: date
    values: Values
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days on which the same held; without ``first`` since the beginning, without ``last`` it lasts."""

    first: date | None
    last: date | None
    values: Values


@dataclass(frozen=True)
class History:
    """All that was told of one person or patient, by day, and of one day in the order of recording."""

    told: tuple[Told, ...] = ()

    @cached_property
    def steps(self) -> Steps:
        """What begins to hold on which day, in order of the days; each names the columns told of that day alone."""
        steps: dict[date, dict[str, Any]] = {}
        for one in self.told:
            steps.setdefault(one.from_date, {}).update(one.values)
        return steps

    def on(self, day: date) -> Values:
        """Return what holds on that day; a column of which nothing was told up to it is absent."""
        return _on(self.steps, day)

    def periods(self, columns: Collection[str]) -> list[Period]:
        """Return the stretches of days on which these columns stayed the same, earliest first."""
        found: list[tuple[date, Values]] = []
        for day in self.steps:
            held = self.on(day)
            values = {name: held[name] for name in columns if name in held}
            if values and (not found or found[-1][1] != values):
                found.append((day, values))
        ends = [day - timedelta(days=1) for day, _ in found[1:]]
        return [
            Period(None if day == BEGINNING else day, last, values)
            for (day, values), last in zip(found, [*ends, None], strict=False)
        ]

    def after(self, told: Steps, *, at: datetime, recorded_by: str) -> "History":
        """Return the history as it is when this is recorded too."""
        new = (Told(day, values, at, recorded_by) for day, values in told.items())
        return History(tuple(sorted((*self.told, *new), key=lambda one: one.from_date)))

    def to_record(self, statements: Iterable[tuple[date, Values]]) -> dict[date, dict[str, Any]]:
        """Return what has to be recorded, by day, so that each statement holds from its day on.

        Nothing is recorded that is known so. A later statement is about what the earlier ones leave.
        """
        steps = {day: dict(values) for day, values in self.steps.items()}
        for from_date, values in statements:
            for day, known in steps.items():
                if day > from_date:
                    known |= {name: value for name, value in values.items() if name in known}
            held = _on(steps, from_date)
            new = {name: value for name, value in values.items() if name not in held or held[name] != value}
            if new:
                steps[from_date] = {**steps.get(from_date, {}), **new}
                steps = dict(sorted(steps.items()))
        before = self.steps
        changed = {
            day: {name: value for name, value in values.items() if _is_new(name, value, before.get(day, {}))}
            for day, values in steps.items()
        }
        return {day: values for day, values in changed.items() if values}


def _on(steps: Steps, day: date) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for first, values in steps.items():
        if first > day:
            break
        held |= values
    return held


def _is_new(name: str, value: object, known: Values) -> bool:
    return name not in known or known[name] != value


_TOLD = (
    select(
        RosterFactRow.subject_id,
        RosterFactRow.from_date,
        RosterFactRow.content,
        RosterFactRow.recorded_at,
        RosterFactRow.recorded_by,
    )
    .where(
        RosterFactRow.practice_id == bindparam("mine"),
        RosterFactRow.subject_kind == bindparam("kind"),
        RosterFactRow.subject_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(RosterFactRow.subject_id, RosterFactRow.from_date, RosterFactRow.revision)
)
_REVISIONS = (
    select(RosterFactRow.subject_id, RosterFactRow.from_date, func.max(RosterFactRow.revision).label("revision"))
    .where(
        RosterFactRow.practice_id == bindparam("mine"),
        RosterFactRow.subject_kind == bindparam("kind"),
        RosterFactRow.subject_id.in_(bindparam("ids", expanding=True)),
    )
    .group_by(RosterFactRow.subject_id, RosterFactRow.from_date)
)


def histories(connection: Connection, practice_id: str, kind: str, ids: Collection[str]) -> dict[str, History]:
    """Return what was told of these people or patients, by id; of whom nothing was told, nothing is there."""
    told: dict[str, list[Told]] = defaultdict(list)
    for batch in batches(sorted(ids)):
        for row in connection.execute(_TOLD, {"mine": practice_id, "kind": kind, "ids": batch}):
            told[row.subject_id].append(Told(row.from_date, row.content, row.recorded_at, row.recorded_by))
    return {one: History(tuple(rows)) for one, rows in told.items()}


def billed_by(connection: Connection, practice_id: str, staff_ids: Collection[str]) -> set[str]:
    """Return the patients of whom one of these people is or was the billing practitioner."""
    designated = RosterFactRow.content["billing_practitioner"].as_string()
    query = select(RosterFactRow.subject_id).where(
        RosterFactRow.practice_id == practice_id,
        RosterFactRow.subject_kind == PATIENTS,
        designated.in_(sorted(staff_ids)),
    )
    return set(connection.scalars(query))


def append_told(
    connection: Connection,
    practice: Practice,
    kind: str,
    told: Mapping[str, Steps],
    *,
    at: datetime,
    recorded_by: str,
) -> None:
    """Append what is told of people or patients, by id. The caller holds the lock of the roster."""
    for batch in batches(list(told)):
        asked = {"mine": practice.practice_id, "kind": kind, "ids": batch}
        last = {(row.subject_id, row.from_date): row.revision for row in connection.execute(_REVISIONS, asked)}
        rows = [
            {
                "practice_id": practice.practice_id,
                "subject_kind": kind,
                "subject_id": one,
                "from_date": day,
                "revision": last.get((one, day), -1) + 1,
                "content": dict(values),
                "recorded_at": at,
                "recorded_by": recorded_by,
            }
            for one in batch
            for day, values in told[one].items()
        ]
        if rows:
            connection.execute(insert(RosterFactRow), rows)


_OF_RULES = ("credential", "supervised", "employed")
_STAFF = select(StaffRow.staff_id, StaffRow.active_from, StaffRow.active_to).where(
    StaffRow.practice_id == bindparam("mine"), StaffRow.staff_id.in_(bindparam("ids", expanding=True))
)


def load_staff(
    connection: Connection, practice_id: str, staff_ids: Collection[str]
) -> dict[str, tuple[StaffMember, ...]]:
    """Return these people as the rules see them, by id: one row for each stretch of days on which the same held.

    An id of nobody is absent.
    """
    known = histories(connection, practice_id, STAFF, staff_ids)
    members = {}
    for batch in batches(sorted(staff_ids)):
        for row in connection.execute(_STAFF, {"mine": practice_id, "ids": batch}):
            periods = known.get(row.staff_id, History()).periods(_OF_RULES)
            rows = (_member(row.staff_id, period, row.active_from, row.active_to) for period in periods)
            members[row.staff_id] = tuple(member for member in rows if member is not None)
    return members


def _member(staff_id: str, period: Period, active_from: date | None, active_to: date | None) -> StaffMember | None:
    """Return the person in that period as far as they worked here; None where they did not."""
    first = max(filter(None, (period.first, active_from)), default=None)
    last = min(filter(None, (period.last, active_to)), default=None)
    if first and last and last < first:
        return None
    values = {**DATED[STAFF], **period.values}
    return StaffMember(staff_id, values["credential"], first, last, values["supervised"], values["employed"])


def team_on(practice_id: str, day: date) -> ColumnElement[str]:
    """Return the SQL for the team of a row of ``patients`` on that day.

    Only whoever moved after it is looked up: the others are where they were. Who was in none yet is where they are now.
    """
    return case(
        (PatientRow.patient_code.in_(_moved(practice_id, day)), _then(practice_id, day)), else_=PatientRow.team_id
    )


def patients_in(practice_id: str, team_ids: Collection[str], day: date) -> CompoundSelect[str]:
    """Return the query for the codes of those who are the teams' patients on that day: who stayed, and who moved."""
    code, moved, ids = PatientRow.patient_code, _moved(practice_id, day), sorted(team_ids)
    mine = select(code).where(PatientRow.practice_id == practice_id)
    stayed = mine.where(PatientRow.team_id.in_(ids), code.not_in(moved))
    return stayed.union_all(mine.where(code.in_(moved), _then(practice_id, day).in_(ids)))


_TEAM = RosterFactRow.content["team_id"].as_string()


def _moved(practice_id: str, day: date) -> Select[str]:
    """Return the query for the patients of whom another team was told of a day after this one."""
    return select(RosterFactRow.subject_id).where(*_teams(practice_id), RosterFactRow.from_date > day)


def _then(practice_id: str, day: date) -> ColumnElement[str]:
    """Return the SQL for the team that a row of ``patients`` was in on that day, looked up."""
    told = (
        select(_TEAM)
        .where(
            *_teams(practice_id),
            RosterFactRow.subject_id == PatientRow.patient_code,
            RosterFactRow.from_date <= day,
        )
        .order_by(RosterFactRow.from_date.desc(), RosterFactRow.revision.desc())
        .limit(1)
        .correlate(PatientRow)
        .scalar_subquery()
    )
    return func.coalesce(told, PatientRow.team_id)


def _teams(practice_id: str) -> tuple[ColumnElement[bool], ...]:
    return RosterFactRow.practice_id == practice_id, RosterFactRow.subject_kind == PATIENTS, _TEAM.is_not(None)
