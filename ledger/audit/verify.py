"""Trust, checked: every hash recomputed link by link, every figure recomputed from its entries (design 1, 2).

The roster's rows have to be what was told of people and patients.

The figures of a closed month have to be those that were frozen, whatever the policy and the facts of now make of it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ledger.audit.verify_closings import check_closings, check_heads, seen_heads
from ledger.audit.verify_roster import check_patients, check_staff
from ledger.months.closed_months import closings_in_force, frozen_statements
from ledger.months.figures import Figures, to_row
from ledger.months.patient_months import evaluate_record
from ledger.patients.records import load_records, patient_codes
from ledger.practice.practice import Practice, all_practices
from ledger.recording.entries import entry_name
from ledger.storage.batches import batches
from ledger.storage.hash_chain import GENESIS, link_hash
from ledger.storage.tables import (
    ChainHeadRow,
    EntryAddendumRow,
    EntryVoidRow,
    PatientMonthRow,
    TimeEntryRow,
)

LINK_TABLES: tuple[tuple[str, type[TimeEntryRow | EntryVoidRow | EntryAddendumRow]], ...] = (
    ("entry", TimeEntryRow),
    ("void", EntryVoidRow),
    ("addendum", EntryAddendumRow),
)
_Key = tuple[str, date, str]
"""A patient's code, a month and a program."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was recomputed, and in words the first thing that differs from what is stored, or None."""

    patients: int
    links: int
    patient_months: int
    difference: str | None
    closings: int = 0


def verify(
    connection: Connection,
    practice: Practice,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    codes: Sequence[str] | None = None,
) -> Verification:
    """Recompute the whole ledger of ``practice``, patient by patient, up to the first difference.

    ``progress`` is told how many patients are done, of how many. With ``codes`` only those patients are looked at.
    """
    if codes is None:
        codes = patient_codes(connection, practice.practice_id)
    closings, difference = check_closings(connection, practice)
    difference = difference or check_staff(connection, practice)
    patients = links = months = 0
    for batch in batches(codes if difference is None else ()):
        patients += len(batch)
        chained, difference = _check_chains(connection, practice.practice_id, batch)
        links += chained
        difference = difference or check_patients(connection, practice, batch)
        if difference is None:
            evaluated, difference = _check_figures(connection, practice, batch)
            months += evaluated
        if difference is not None:
            break
        progress(patients, len(codes))
    return Verification(patients, links, months, difference, closings)


def verify_all(
    connection: Connection, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> tuple[int, str | None]:
    """Return how many practices there are, and the first thing that ``verify`` finds wrong with one of them.

    The connection sees every practice. ``progress`` begins anew with each of them.
    """
    practices = all_practices(connection)
    found = (verify(connection, practice, progress).difference for practice in practices)
    return len(practices), next((difference for difference in found if difference is not None), None)


def _check_chains(connection: Connection, practice_id: str, codes: Sequence[str]) -> tuple[int, str | None]:
    """Return how many links were checked, and the first that is not what its hash says."""
    links: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for kind, table in LINK_TABLES:
        query = select(table.__table__).where(table.practice_id == practice_id, table.patient_code.in_(codes))
        for row in connection.execute(query).mappings():
            links[row["patient_code"]].append((kind, dict(row)))
    heads = connection.execute(
        select(ChainHeadRow.patient_code, ChainHeadRow.position, ChainHeadRow.hash).where(
            ChainHeadRow.practice_id == practice_id, ChainHeadRow.patient_code.in_(codes)
        )
    )
    known = {row.patient_code: (row.position, row.hash) for row in heads}
    seen = seen_heads(connection, practice_id, codes)
    for code in codes:
        difference = _check_chain(code, links[code], known.get(code))
        if difference is None:
            hashes = {0: GENESIS} | {row["position"]: row["hash"] for _, row in links[code]}
            difference = check_heads(code, seen.get(code, ()), hashes)
        if difference is not None:
            return sum(map(len, links.values())), difference
    return sum(map(len, links.values())), None


def _check_chain(code: str, links: list[tuple[str, dict[str, Any]]], head: tuple[int, str] | None) -> str | None:
    previous = GENESIS
    position = 0
    for kind, row in sorted(links, key=lambda link: link[1]["position"]):
        position += 1
        name = entry_name(code, row["position"])
        if row["position"] != position:
            return f"{entry_name(code, position)} is missing from the chain of {code}; {name} follows."
        if row["previous_hash"] != previous:
            return f"{name} ({kind}) does not follow the link before it."
        if row["hash"] != link_hash(kind, row, previous):
            return f"{name} ({kind}) is not what was recorded: its content and its hash differ."
        previous = row["hash"]
    if head != (position, previous):
        return f"The chain of {code} ends at {position}; its head says {head[0] if head else 'nothing'}."
    return None


def _check_figures(connection: Connection, practice: Practice, codes: Sequence[str]) -> tuple[int, str | None]:
    """Return how many patient-months were recomputed, and the first stored figure that differs.

    Figures are compared as rows: what somebody wrote there need not be anything that figures can be.
    """
    months = _figures_that_should_be(connection, practice, codes)
    expected: dict[_Key, dict[str, Any]] = {
        (figures.patient_code, figures.month, figures.program.value): to_row(practice.practice_id, figures)
        for of_month in months
        for figures in of_month
    }
    query = select(PatientMonthRow.__table__).where(
        PatientMonthRow.practice_id == practice.practice_id, PatientMonthRow.patient_code.in_(codes)
    )
    stored = {
        (row["patient_code"], row["month"], row["program"]): dict(row) for row in connection.execute(query).mappings()
    }
    for key in sorted(expected.keys() | stored.keys()):
        difference = _difference(expected.get(key), stored.get(key))
        if difference is not None:
            code, month, program = key
            return len(months), f"{code} {month:%Y-%m} {program}{difference}"
    return len(months), None


def _figures_that_should_be(
    connection: Connection, practice: Practice, codes: Sequence[str]
) -> list[tuple[Figures, ...]]:
    """Return the figures of each month of these patients.

    Evaluated from its facts, or frozen where the month is closed.
    """
    closed = closings_in_force(connection, practice.practice_id)
    found = []
    for code, record in load_records(connection, practice, codes).items():
        found += [
            evaluate_record(practice, code, record, month).after for month in record.months() if month not in closed
        ]
    for closing in closed.values():
        frozen = frozen_statements(connection, practice.practice_id, closing, codes)
        found += [kept.figures for kept in frozen.values() if kept.figures]
    return found


def _difference(expected: Mapping[str, Any] | None, stored: Mapping[str, Any] | None) -> str | None:
    if stored is None:
        return ": no figures are stored."
    if expected is None:
        return ": figures are stored, but nothing was recorded."
    for name, should in expected.items():
        if stored[name] != should:
            return f" {name}: stored {stored[name]}, recomputed {should}."
    return None
