"""A patient whom nothing blocks, and short ways to say what was done for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.rules.evaluation import evaluate
from ledger.rules.facts import (
    Activity,
    CarePlanRevision,
    ComplexityDesignation,
    Consent,
    Contact,
    Designation,
    Enrollment,
    InitiatingVisit,
    PatientMonth,
    Program,
    StaffMember,
    TimeEntry,
)
from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.rules.rulebook import known_programs, rulebook_for
from ledger.rules.statement import ProgramStatement, Statement

ZONE = ZoneInfo("America/New_York")
NOVEMBER = date(2026, 11, 1)
STAFF = (
    StaffMember("ann", "RN"),
    StaffMember("bob", "LPN"),
    StaffMember("lee", "MD"),
    StaffMember("npat", "NP"),
    StaffMember("dot", "front services"),
)


class Build:
    """Facts of an invented patient in November 2026, one line each."""

    zone = ZONE

    @staticmethod
    def at(day: int, clock: str, month: date = NOVEMBER) -> datetime:
        """The time on the practice's clock, for example ``at(3, "10:05")`` or ``at(3, "10:05:30")``."""
        return datetime.fromisoformat(f"{month.replace(day=day)}T{clock}").replace(tzinfo=ZONE)

    @staticmethod
    def entry(minutes: int = 10, day: int = 3, **fields: Any) -> TimeEntry:
        """An entry without times; its note is its own."""
        day_of_service = fields.pop("date_of_service", NOVEMBER.replace(day=day))
        what = f"{minutes} minutes on {day_of_service} by {fields.get('staff_id', 'ann')}"
        given: dict[str, Any] = {
            "number": -1,
            "staff_id": "ann",
            "program": Program("CCM"),
            "activity": Activity.MEDICATION,
            "date_of_service": day_of_service,
            "duration_minutes": minutes,
            "note": f"Went through the glucose log and the meals. Agreed on the next step: {what}.",
            "recorded_at": datetime.combine(day_of_service, datetime.min.time(), ZONE) + timedelta(hours=18),
        }
        return TimeEntry(**{**given, **fields})

    @classmethod
    def timed(cls, start: str, end: str, day: int = 3, **fields: Any) -> TimeEntry:
        """An entry with start and end on one date."""
        started_at, ended_at = cls.at(day, start), cls.at(day, end)
        minutes = round((ended_at - started_at) / timedelta(minutes=1) - 1e-9)
        return cls.entry(minutes, day, **{"started_at": started_at, "ended_at": ended_at, **fields})

    @classmethod
    def rpm(cls, minutes: int = 10, day: int = 3, contact: Contact | None = Contact.LIVE, **fields: Any) -> TimeEntry:
        """RPM time: a live contact unless said otherwise."""
        activity = Activity.PATIENT_CONTACT if contact else Activity.RESULTS_REVIEW
        return cls.entry(minutes, day, program=Program("RPM"), activity=activity, contact=contact, **fields)

    @staticmethod
    def month(entries: Sequence[TimeEntry] = (), **facts: Any) -> PatientMonth:
        """The patient-month with these entries, numbered as they stand, eligible for every program."""
        given: dict[str, Any] = {
            "month": NOVEMBER,
            "timezone": "America/New_York",
            "conditions": ("E11.9", "I10"),
            "designations": (Designation("lee"),),
            "enrollments": tuple(
                Enrollment(program, date(2025, 6, 1)) for program in sorted({entry.program for entry in entries})
            )
            or (Enrollment(Program("CCM"), date(2025, 6, 1)),),
            "consents": tuple(Consent(program, date(2025, 6, 1)) for program in known_programs()),
            "initiating_visits": (InitiatingVisit(date(2025, 5, 20), "AWV"), InitiatingVisit(date(2026, 5, 20), "AWV")),
            "care_plans": (CarePlanRevision(date(2026, 10, 15)),),
            "staff": STAFF,
        }
        numbered = tuple(replace(entry, number=number) for number, entry in enumerate(entries))
        return PatientMonth(**{**given, **facts, "entries": numbered})

    @staticmethod
    def designated(**fields: Any) -> dict[str, Any]:
        """The facts that make the month complex: a designation, and a plan revised in the month."""
        given: dict[str, Any] = {
            "designated_on": NOVEMBER.replace(day=5),
            "mdm": "moderate",
            "staff_id": "lee",
            "rationale": "new heart failure, four medication changes",
        }
        return {
            "complexity": (ComplexityDesignation(**{**given, **fields}),),
            "care_plans": (
                CarePlanRevision(date(2026, 1, 5)),
                CarePlanRevision(NOVEMBER.replace(day=4), substantial=True),
            ),
        }

    @staticmethod
    def statement(facts: PatientMonth, policy: Policy = DEFAULT_POLICY) -> Statement:
        """The statement under the rulebook of its month."""
        return evaluate(facts, rulebook_for(facts.month), policy)

    @classmethod
    def part(
        cls, facts: PatientMonth, program: Program = Program("CCM"), policy: Policy = DEFAULT_POLICY
    ) -> ProgramStatement:
        """One program's part of the statement."""
        found = cls.statement(facts, policy).program(program)
        assert found is not None
        return found

    @staticmethod
    def codes(statement: Statement | ProgramStatement) -> list[str]:
        """The codes as case files write them: ``99439*2`` for two units."""
        return [line.code if line.units == 1 else f"{line.code}*{line.units}" for line in statement.codes]

    @staticmethod
    def excluded(statement: Statement) -> dict[str, int]:
        """Excluded minutes by reason, over all entries."""
        minutes: dict[str, int] = {}
        for entry in statement.entries:
            for cut in entry.excluded:
                minutes[cut.reason] = minutes.get(cut.reason, 0) + cut.minutes
        return minutes


@pytest.fixture(scope="session")
def build() -> type[Build]:
    """Ways to say what happened in a patient-month."""
    return Build
