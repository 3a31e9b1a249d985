"""Recording a fact that somebody asked for: one request, one transaction, and what it changed (design 1 and 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from ledger.clock import month_of
from ledger.months.closed_months import closings_in_force
from ledger.months.figures import Figures, figures_of, stored_figures
from ledger.months.patient_months import evaluate_record, statement_of
from ledger.patients.facts import Fact, fact_in_force
from ledger.patients.records import load_records
from ledger.practice.practice import Practice
from ledger.recording.fact_reading import record_facts
from ledger.rules.facts import Program
from ledger.rules.statement import Statement
from ledger.storage.hash_chain import lock_head
from ledger.storage.idempotency import Once, Replayable, Request


class Outcome(StrEnum):
    """What became of a fact."""

    RECORDED = "recorded"
    REVISED = "revised"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One program of one month before and after; None where the patient had, or has, no part in it."""

    before: Figures | None
    after: Figures | None


@dataclass(frozen=True, slots=True)
class FactReceipt(Replayable):
    """What was recorded, and the figures it changed: the current month first (always), then others, latest first.

    ``closed_months`` are those whose statement it would change if they were not closed, latest first.
    """

    fact: Fact
    outcome: Outcome
    changes: tuple[FigureChange, ...]
    closed_months: tuple[date, ...] = ()


FACT = Once(FactReceipt)
_ByProgram = dict[tuple[date, Program], Figures]


def record_fact(
    connection: Connection, practice: Practice, fact: Fact, *, request: Request, at: datetime, recorded_by: str
) -> FactReceipt:
    """Store ``fact`` and return its receipt; the same ``request`` again returns the first receipt.

    Raises:
        LedgerError: REQUEST_DIFFERS where the request's key was used for something else.
    """
    lock_head(connection, practice.practice_id, fact.patient_code)

    def record() -> FactReceipt:
        return _record(connection, practice, fact, at=at, recorded_by=recorded_by)

    return FACT.write(connection, practice.practice_id, request, record, at=at)


def _record(connection: Connection, practice: Practice, fact: Fact, *, at: datetime, recorded_by: str) -> FactReceipt:
    this_month = month_of(practice.local_date(at))
    before = _figures(connection, practice, fact.patient_code, this_month)
    closed_before = _closed_as_of_now(connection, practice, fact.patient_code)
    summary = record_facts(connection, practice, [fact], at=at, recorded_by=recorded_by)
    after = _figures(connection, practice, fact.patient_code, this_month)
    closed_after = _closed_as_of_now(connection, practice, fact.patient_code)
    outcome = Outcome.RECORDED if summary.added else Outcome.REVISED if summary.changed else Outcome.KNOWN
    touched = [month for month, statement in closed_after.items() if closed_before.get(month) not in {None, statement}]
    fact = fact_in_force(connection, practice, fact.identity) or fact
    return FactReceipt(fact, outcome, _changes(before, after, this_month), tuple(sorted(touched, reverse=True)))


def _figures(connection: Connection, practice: Practice, patient_code: str, this_month: date) -> _ByProgram:
    """Return the stored figures of every month, and those that this month would have where it has none yet."""
    stored = stored_figures(connection, practice.practice_id, [patient_code])
    if (patient_code, this_month) not in stored:
        evaluated = statement_of(connection, practice, patient_code, this_month)
        stored[patient_code, this_month] = figures_of(patient_code, evaluated.facts, evaluated.statement)
    return {(figures.month, figures.program): figures for month in stored.values() for figures in month}


def _closed_as_of_now(connection: Connection, practice: Practice, patient_code: str) -> dict[date, Statement]:
    """Return what the patient's statement of each closed month would be, were it not closed."""
    months = closings_in_force(connection, practice.practice_id)
    if not months:
        return {}
    record = load_records(connection, practice, [patient_code])[patient_code]
    return {month: evaluate_record(practice, patient_code, record, month).statement for month in months}


def _changes(before: _ByProgram, after: _ByProgram, this_month: date) -> tuple[FigureChange, ...]:
    months = sorted({month for month, _ in before.keys() | after.keys()}, reverse=True)
    months.sort(key=lambda month: month != this_month)
    return tuple(
        FigureChange(before.get((month, program)), after.get((month, program)))
        for month in months
        for program in sorted({program for at, program in before.keys() | after.keys() if at == month})
        if month == this_month or before.get((month, program)) != after.get((month, program))
    )
