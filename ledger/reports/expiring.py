"""Care plans that run out and consents that are not on record: what blocks a bill unless somebody sees to it in time.

They are asked of facts, not of stored figures: those know only patients with time or readings.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ledger.clock import last_of_month, month_of
from ledger.months.consents import MissingConsent, missing_consents
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.patients.roster_history import patients_in
from ledger.practice.practice import Practice
from ledger.reports.finishing import the_dead
from ledger.rules.facts import Program
from ledger.rules.rulebook import rulebook_for
from ledger.storage.database import AnyRow
from ledger.storage.tables import PatientFactRow


@dataclass(frozen=True, slots=True)
class LapsingPlan:
    """A patient whose newest care plan is good until that day, both None where there is no plan on record."""

    patient_code: str
    revised_on: date | None
    good_until: date | None


@dataclass(frozen=True, slots=True)
class Lapsing:
    """A team's care plans that run out, the first to do so first and those with none last; its missing consents."""

    plans: tuple[LapsingPlan, ...]
    consents: tuple[MissingConsent, ...]


def lapsing(connection: Connection, practice: Practice, team_id: str, *, on: date, days_ahead: int) -> Lapsing:
    """Return of the team's patients enrolled on that day: what has run out, or will within so many days.

    A plan runs out by policy ``care_plan_max_days`` (CARE_PLAN_EXPIRED), in the programs that need one. Nothing is
    asked for patients who died (N4).
    """
    month = month_of(on)
    enrolled: dict[str, set[Program]] = defaultdict(set)
    dead = the_dead(connection, practice, on=on)
    for fact in _facts(connection, practice, team_id, FactKind.ENROLLMENT, on=on, until=on):
        if fact.patient_code not in dead:
            enrolled[fact.patient_code].add(Program(fact.subject))
    newest: dict[str, date] = {}
    for fact in _facts(connection, practice, team_id, FactKind.CARE_PLAN, on=month, until=last_of_month(month)):
        newest[fact.patient_code] = max(fact.on_date, newest.get(fact.patient_code, fact.on_date))
    book = rulebook_for(month)
    planned = {name for name, table in book.programs.items() if table.requires and table.requires.care_plan}
    plans = [
        _plan(practice, code, newest.get(code))
        for code, programs in enrolled.items()
        if programs & planned and _runs_out(practice, newest.get(code), on, days_ahead)
    ]
    return Lapsing(
        plans=tuple(sorted(plans, key=lambda plan: (plan.good_until or date.max, plan.patient_code))),
        consents=tuple(missing_consents(connection, practice, sorted(enrolled), on=on)),
    )


def _facts(
    connection: Connection, practice: Practice, team_id: str, kind: FactKind, *, on: date, until: date
) -> Iterable[AnyRow]:
    """Return the facts of the team's patients that hold on any of these days."""
    query = facts_in_force(practice.practice_id, [kind], on=on, until=until)
    patients = patients_in(practice.practice_id, [team_id], on)
    return connection.execute(query.where(PatientFactRow.patient_code.in_(patients)))


def _runs_out(practice: Practice, newest: date | None, on: date, days_ahead: int) -> bool:
    return newest is None or (on - newest).days + days_ahead > practice.policy.care_plan_max_days


def _plan(practice: Practice, patient_code: str, newest: date | None) -> LapsingPlan:
    if newest is None:
        return LapsingPlan(patient_code, None, None)
    return LapsingPlan(patient_code, newest, newest + timedelta(days=practice.policy.care_plan_max_days))
