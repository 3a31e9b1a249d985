"""Whose further minutes could still count on a day, and why not those of the others (N4)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Exists, SQLColumnExpression, and_, case, null, or_, select

from ledger.clock import month_of
from ledger.patients.fact_values import EndReason, ended_words
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.practice.practice import Practice
from ledger.rules.facts import Program
from ledger.storage.batches import batches
from ledger.storage.database import AnyRow
from ledger.storage.tables import PatientFactRow, PatientMonthRow, PatientRow

_Text = SQLColumnExpression[str]
Named = tuple[str, Program]
"""A patient's code and a program."""

_KINDS = (FactKind.ENROLLMENT, FactKind.STAY, FactKind.CONSENT)


class Hindrance(StrEnum):
    """Why further minutes could not count, the first that holds."""

    DIED = "died"
    NOT_ENROLLED = "not_enrolled"
    IN_FACILITY = "in_facility"
    NO_CONSENT = "no_consent"


def hindrance(practice: Practice, code: _Text, program: _Text, on: date) -> ColumnElement[str | None]:
    """Return what hinders on that day, or null: a column of the query that has the columns ``code`` and ``program``.

    Whoever never consented is no case of it: that blocks, and a consent clears it (N3). A consent that was revoked
    holds to the end of that month (C6).
    """
    return case(
        (_has_died(practice, code, on), Hindrance.DIED.value),
        (~_enrolled(practice, code, on, program), Hindrance.NOT_ENROLLED.value),
        (_in_facility(practice, code, on), Hindrance.IN_FACILITY.value),
        (_has_lost_consent(practice, code, program, on), Hindrance.NO_CONSENT.value),
        else_=null(),
    )


def hindered(
    connection: Connection, practice: Practice, month: date, patient_codes: Collection[str], *, on: date
) -> Mapping[Named, str]:
    """Return in words what hinders on that day those programs of the patients that have figures for the month."""
    found: dict[Named, Hindrance] = {}
    for batch in batches(sorted(patient_codes)):
        column = hindrance(practice, PatientMonthRow.patient_code, PatientMonthRow.program, on).label("hindrance")
        query = (
            select(PatientMonthRow.patient_code, PatientMonthRow.program, column)
            .where(
                PatientMonthRow.practice_id == practice.practice_id,
                PatientMonthRow.month == month,
                PatientMonthRow.patient_code.in_(batch),
            )
            .order_by(PatientMonthRow.patient_code, PatientMonthRow.program)
        )
        found |= {
            (row.patient_code, Program(row.program)): Hindrance(row.hindrance)
            for row in connection.execute(query)
            if row.hindrance
        }
    return in_words(connection, practice, found, on=on)


def out_of_reach(
    connection: Connection, practice: Practice, patient_codes: Collection[str], *, on: date
) -> frozenset[str]:
    """Return those of the patients who died, are in a facility, or are enrolled in no program any more on that day."""
    code = PatientRow.patient_code
    query = select(code).where(
        PatientRow.practice_id == practice.practice_id,
        code.in_(sorted(patient_codes)),
        or_(_has_died(practice, code, on), ~_enrolled(practice, code, on), _in_facility(practice, code, on)),
    )
    return frozenset(connection.scalars(query))


def the_dead(connection: Connection, practice: Practice, *, on: date) -> frozenset[str]:
    """Return the patients of whom an enrollment ended on that day or before it because they died."""
    query = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT]).where(*_died_by(on))
    return frozenset(connection.scalars(query.with_only_columns(PatientFactRow.patient_code)))


def in_words(
    connection: Connection, practice: Practice, found: Mapping[Named, Hindrance], *, on: date
) -> Mapping[Named, str]:
    """Return each hindrance in words, for example ``ended Nov 10 (died)``."""
    facts: dict[str, list[AnyRow]] = defaultdict(list)
    for batch in batches(sorted({code for code, _ in found})):
        query = facts_in_force(practice.practice_id, _KINDS).where(PatientFactRow.patient_code.in_(batch))
        for row in connection.execute(query.order_by(PatientFactRow.on_date)):
            facts[row.patient_code].append(row)
    return {(code, program): _words(facts[code], program, what, on) for (code, program), what in found.items()}


def _words(facts: list[AnyRow], program: Program, what: Hindrance, on: date) -> str:
    if what is Hindrance.IN_FACILITY:
        stay = next(row for row in facts if row.kind == FactKind.STAY and _is_stay_on(row, on))
        return f"in a facility since {_day(stay.on_date, on)} ({stay.subject.replace('_', ' ')})"
    if what is Hindrance.NO_CONSENT:
        ends = [row.until_date for row in facts if row.kind == FactKind.CONSENT and row.subject == program]
        return f"consent revoked {_day(max(end for end in ends if end), on)}"
    enrollments = [row for row in facts if row.kind == FactKind.ENROLLMENT]
    if what is Hindrance.DIED:
        died = [row.until_date for row in enrollments if row.details.get("reason") == EndReason.DIED and row.until_date]
        return ended_words(min(died), EndReason.DIED, on=on)
    ended = [row for row in enrollments if row.subject == program and row.until_date and row.until_date < on]
    if not ended:
        return f"not enrolled in {program}"
    last = max(ended, key=lambda row: row.until_date)
    return ended_words(last.until_date, last.details.get("reason"), on=on)


def _is_stay_on(row: AnyRow, on: date) -> bool:
    return bool(row.on_date <= on and (row.until_date is None or row.until_date > on))


def _day(day: date, on: date) -> str:
    return f"{day:%b} {day.day}" if day.year == on.year else f"{day:%b} {day.day}, {day.year}"


def _died_by(on: date) -> tuple[ColumnElement[bool], ...]:
    return PatientFactRow.details["reason"].as_string() == EndReason.DIED.value, PatientFactRow.until_date <= on


def _has_died(practice: Practice, code: _Text, on: date) -> Exists:
    query = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT])
    return query.where(PatientFactRow.patient_code == code, *_died_by(on)).exists()


def _enrolled(practice: Practice, code: _Text, on: date, program: _Text | None = None) -> Exists:
    query = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT], on=on).where(
        PatientFactRow.patient_code == code
    )
    return (query if program is None else query.where(PatientFactRow.subject == program)).exists()


def _in_facility(practice: Practice, code: _Text, on: date) -> Exists:
    """Return whether a stay has begun and is not over: on the day of discharge the patient is at home again."""
    fact = PatientFactRow
    query = facts_in_force(practice.practice_id, [FactKind.STAY], on=on).where(fact.patient_code == code)
    return query.where(or_(fact.until_date.is_(None), fact.until_date > on)).exists()


def _has_lost_consent(practice: Practice, code: _Text, program: _Text, on: date) -> ColumnElement[bool]:
    fact = PatientFactRow
    of_program = (fact.patient_code == code, fact.subject == program, fact.on_date <= on)
    consents = facts_in_force(practice.practice_id, [FactKind.CONSENT]).where(*of_program)
    holding = consents.where(or_(fact.until_date.is_(None), fact.until_date >= month_of(on)))
    return and_(consents.exists(), ~holding.exists())
