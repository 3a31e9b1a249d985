"""Who of a practice's people waits for what is planned."""

from collections.abc import Iterable
from datetime import date

from jobs.schedules import Plan
from ledger.roster.directory import Person, Role


def waiting_people(staff: Iterable[Person], plan: Plan, on: date) -> list[Person]:
    """Of those who work here on that date: the leads of the plan's team, or billers where it is for the practice."""
    return [person for person in staff if person.is_active(on) and _waits(person, plan)]


def _waits(person: Person, plan: Plan) -> bool:
    if plan.team is None:
        return Role.BILLER in person.roles
    return Role.LEAD in person.roles and plan.team_id in person.team_ids
