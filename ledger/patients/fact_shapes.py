"""Recorded facts as the rules see them: one function a kind, from the columns and details of a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger.clock import month_of
from ledger.patients.facts import FactKind, ReadingsKnown
from ledger.practice.practice import Practice
from ledger.rules.facts import (
    CarePlanRevision,
    ComplexityDesignation,
    Consent,
    DeviceSetUp,
    Enrollment,
    InitiatingVisit,
    PlanCopy,
    Program,
    Readings,
    Stay,
)
from ledger.storage.database import AnyRow

Facts = Mapping[str, Sequence[AnyRow]]
"""The facts of a patient that hold, by kind."""


@dataclass(frozen=True, slots=True)
class Monthly:
    """What is marked for one month."""

    apcm: bool = False
    billed_elsewhere: frozenset[Program] = frozenset()
    other_services: frozenset[str] = frozenset()


def spanning_months(facts: Facts, practice: Practice) -> dict[str, Any]:
    """Return the facts that belong to no single month, by the field of ``PatientMonth`` that they fill."""
    return {
        "enrollments": tuple(
            Enrollment(Program(fact.subject), fact.on_date, fact.until_date)
            for fact in facts.get(FactKind.ENROLLMENT, ())
        ),
        "consents": tuple(map(_consent, facts.get(FactKind.CONSENT, ()))),
        "initiating_visits": tuple(
            InitiatingVisit(fact.on_date, fact.details["type"]) for fact in facts.get(FactKind.INITIATING_VISIT, ())
        ),
        "care_plans": tuple(map(_care_plan, facts.get(FactKind.CARE_PLAN, ()))),
        "stays": tuple(_stay(fact, practice) for fact in facts.get(FactKind.STAY, ())),
        "complexity": tuple(
            ComplexityDesignation(
                fact.on_date, fact.details["mdm"], fact.details["staff_id"], fact.details["rationale"]
            )
            for fact in facts.get(FactKind.COMPLEXITY, ())
        ),
        "devices": tuple(DeviceSetUp(fact.on_date) for fact in facts.get(FactKind.DEVICE, ())),
    }


def _consent(fact: AnyRow) -> Consent:
    told = fact.details
    said = frozenset(told["said"]) if "said" in told else None
    program = Program(fact.subject)
    return Consent(program, fact.on_date, told["form"], fact.until_date, told.get("practitioner"), told.get("by"), said)


def _care_plan(fact: AnyRow) -> CarePlanRevision:
    told = fact.details
    elements = frozenset(told["elements"]) if "elements" in told else None
    copy = None
    if "copy_how" in told:
        copy = PlanCopy(date.fromisoformat(told["copy_date"]), told["copy_to"], told["copy_how"])
    return CarePlanRevision(fact.on_date, told.get("substantial", False), elements, copy)


def _stay(fact: AnyRow, practice: Practice) -> Stay:
    """Return the stay with each edge as well as it is known: to the minute, or to the day."""
    edges = {
        name: practice.local(datetime.fromisoformat(fact.details[name])) if fact.details.get(name) else day
        for name, day in (("admitted_at", fact.on_date), ("discharged_at", fact.until_date))
    }
    return Stay(fact.subject, edges["admitted_at"] or fact.on_date, edges["discharged_at"])


def readings(facts: Facts) -> tuple[Readings, ...]:
    """Return the readings of known days or periods; a count of a month alone is that month's (``bare_counts``)."""
    found = []
    for fact in facts.get(FactKind.READINGS, ()):
        if fact.subject == ReadingsKnown.PERIOD:
            found.append(Readings(fact.details["days"], fact.on_date))
        elif fact.subject == ReadingsKnown.DATES:
            found.append(Readings(dates=tuple(map(date.fromisoformat, fact.details["dates"]))))
    return tuple(found)


def bare_counts(facts: Facts) -> dict[date, int]:
    """Return how many days of a period of no known beginning have readings, by month."""
    found = (fact for fact in facts.get(FactKind.READINGS, ()) if fact.subject == ReadingsKnown.MONTH)
    return {month_of(fact.on_date): fact.details["days"] for fact in found}


def marks(facts: Facts) -> dict[date, Monthly]:
    """Return what months are marked with."""
    kinds = (FactKind.APCM, FactKind.BILLED_ELSEWHERE, FactKind.OTHER_SERVICE)
    months = {fact.on_date for kind in kinds for fact in facts.get(kind, ())}

    def of(kind: FactKind, month: date) -> list[str]:
        return [fact.subject for fact in facts.get(kind, ()) if fact.on_date == month]

    return {
        month: Monthly(
            apcm=bool(of(FactKind.APCM, month)),
            billed_elsewhere=frozenset(map(Program, of(FactKind.BILLED_ELSEWHERE, month))),
            other_services=frozenset(of(FactKind.OTHER_SERVICE, month)),
        )
        for month in months
    }
