"""W8 over all patients: the hours and days in which one person has more counted minutes than they could work."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select

from ledger.clock import last_of_month
from ledger.months.patient_months import EvaluatedMonth
from ledger.patients.records import load_records
from ledger.practice.practice import Practice
from ledger.rules.counting import CountedEntry, count_entries
from ledger.rules.month_view import view_of
from ledger.rules.statement import Statement
from ledger.rules.warnings import CROWDED_DAY_MINUTES, CROWDED_HOUR_MINUTES, PersonDay, crowded_days, with_crowded_days
from ledger.storage.batches import batches
from ledger.storage.tables import TimeEntryRow

Crowded = Mapping[PersonDay, str]
"""What is too much, in words, by day and person."""


def told_of_crowded_days(
    connection: Connection, practice: Practice, month: date, evaluated: Mapping[str, EvaluatedMonth]
) -> dict[str, EvaluatedMonth]:
    """Return these months of patients, warned of the crowded days that their entries lie in; closed ones as they are.

    A person's day is seen over all their patients, whoever is asked about.
    """
    asked = {
        (entry.date_of_service, entry.staff_id)
        for one in evaluated.values()
        if one.closing is None
        for entry in one.facts.entries
    }
    crowded = _crowded(connection, practice, month, asked)
    return {code: one if one.closing else _told(one, crowded) for code, one in evaluated.items()}


def _told(one: EvaluatedMonth, crowded: Crowded) -> EvaluatedMonth:
    statement: Statement = with_crowded_days(one.statement, one.facts.entries, crowded) if crowded else one.statement
    return replace(one, statement=statement)


def _crowded(connection: Connection, practice: Practice, month: date, asked: Collection[PersonDay]) -> Crowded:
    codes = _patients_of(connection, practice, month, asked)
    worked: dict[PersonDay, list[CountedEntry]] = defaultdict(list)
    for batch in batches(sorted(codes)):
        for record in load_records(connection, practice, batch, month).values():
            for one in count_entries(view_of(record.facts(month), practice.policy)):
                if one.minutes:
                    worked[one.entry.date_of_service, one.entry.staff_id].append(one)
    return crowded_days({key: worked[key] for key in asked}, practice.zone)


def _patients_of(
    connection: Connection, practice: Practice, month: date, asked: Collection[PersonDay]
) -> frozenset[str]:
    """Return whose entries lie in days that may be crowded: by all that was logged, of which no more can count."""
    entry = TimeEntryRow
    query = select(
        entry.patient_code, entry.staff_id, entry.date_of_service, entry.duration_minutes, entry.started_at
    ).where(
        entry.practice_id == practice.practice_id,
        entry.date_of_service.between(month, last_of_month(month)),
        entry.staff_id.in_({staff_id for _, staff_id in asked}),
    )
    days: dict[PersonDay, tuple[int, int, set[str]]] = {}
    for row in connection.execute(query):
        key = (row.date_of_service, row.staff_id)
        if key in asked:
            minutes, timed, codes = days.get(key, (0, 0, set()))
            timed += row.duration_minutes if row.started_at else 0
            days[key] = (minutes + row.duration_minutes, timed, codes | {row.patient_code})
    found = [
        codes
        for minutes, timed, codes in days.values()
        if len(codes) > 1 and (minutes > CROWDED_DAY_MINUTES or timed > CROWDED_HOUR_MINUTES)
    ]
    return frozenset().union(*found)
