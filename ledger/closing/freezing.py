"""Every statement of a month at once: evaluated before anybody has to wait, brought up to date when nobody can write.

Evaluating a large practice takes seconds. So a month is drafted from one state of the ledger, under no lock; under the
month's lock only those patients are evaluated again of whom something was recorded since.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from ledger.months.closed_months import FIGURES, STATEMENTS
from ledger.months.figures import Figures, store, stored_figures
from ledger.months.patient_months import evaluate_record
from ledger.patients.records import load_records
from ledger.practice.practice import Practice, get_practice
from ledger.rules.facts import Program
from ledger.rules.statement import EntryResult, Statement
from ledger.storage.batches import batches
from ledger.storage.hash_chain import canonical_json, content_hash
from ledger.storage.tables import ChainHeadRow, PatientFactRow, RosterChangeRow

Progress = Callable[[int, int], None]


class Source(NamedTuple):
    """How far the record of a patient goes: the end of the chain, and how many facts were appended."""

    head_position: int
    head_hash: str
    facts: int


class Drafted(NamedTuple):
    """A patient's statement and figures, and the two as they are stored when they are frozen."""

    statement: Statement
    figures: tuple[Figures, ...]
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A month's statements by patient, and from what state of the ledger they were evaluated."""

    practice: Practice
    roster_changes: int = -1
    sources: Mapping[str, Source] = field(default_factory=dict)
    statements: Mapping[str, Drafted] = field(default_factory=dict)


def draft_month(connection: Connection, practice: Practice, month: date, progress: Progress) -> Draft:
    """Return the statements of every patient of the practice for ``month``, as the ledger is now.

    ``progress`` is told how many patients are done, of how many.
    """
    return brought_up_to_date(connection, Draft(practice), month, progress)


def brought_up_to_date(
    connection: Connection, draft: Draft, month: date, progress: Progress = lambda _done, _all: None
) -> Draft:
    """Return the draft as the ledger is now.

    Entries, voids and addenda move the end of a chain, facts are appended, and who changes the roster is recorded: who
    has none of these since the draft has the same statement. A changed roster or policy may concern everybody.
    """
    practice = get_practice(connection, draft.practice.practice_id)
    roster_changes = _count_roster_changes(connection, practice)
    sources = _sources(connection, practice)
    is_current = (practice, roster_changes) == (draft.practice, draft.roster_changes)
    stale = [code for code, source in sources.items() if not is_current or draft.sources.get(code) != source]
    statements = dict(draft.statements)
    for batch in batches(stale):
        for code, record in load_records(connection, practice, batch, month).items():
            evaluated = evaluate_record(practice, code, record, month)
            content = frozen_content(evaluated.statement, evaluated.after)
            statements[code] = Drafted(evaluated.statement, evaluated.after, content)
        progress(len(statements), len(sources))
    return Draft(practice, roster_changes, sources, statements)


def _sources(connection: Connection, practice: Practice) -> dict[str, Source]:
    mine = practice.practice_id
    facts = connection.execute(
        select(PatientFactRow.patient_code, func.count().label("facts"))
        .where(PatientFactRow.practice_id == mine)
        .group_by(PatientFactRow.patient_code)
    )
    counts = {row.patient_code: row.facts for row in facts}
    heads = connection.execute(
        select(ChainHeadRow.patient_code, ChainHeadRow.position, ChainHeadRow.hash)
        .where(ChainHeadRow.practice_id == mine)
        .order_by(ChainHeadRow.patient_code)
    )
    return {row.patient_code: Source(row.position, row.hash, counts.get(row.patient_code, 0)) for row in heads}


def _count_roster_changes(connection: Connection, practice: Practice) -> int:
    changes = select(func.count()).where(RosterChangeRow.practice_id == practice.practice_id)
    return connection.scalar(changes) or 0


def store_figures(connection: Connection, draft: Draft, month: date) -> list[str]:
    """Make the stored figures of the month those of the draft; return the patients of whom they were others.

    The caller has the month's lock.
    """
    changed = []
    for batch in batches(list(draft.statements)):
        stored = stored_figures(connection, draft.practice.practice_id, batch, month)
        for code in batch:
            before, after = stored.get((code, month), ()), draft.statements[code].figures
            if before != after:
                store(connection, draft.practice.practice_id, before, after)
                changed.append(code)
    return changed


def _programs(draft: Draft) -> Iterable[tuple[str, Program]]:
    return ((code, part.program) for code, kept in draft.statements.items() for part in kept.statement.programs)


def statement_rows(draft: Draft, month: date, number: int) -> list[dict[str, Any]]:
    """Return the rows of ``closed_statements`` that hold the draft."""
    return [
        {
            **_closing_key(draft, month, number),
            "patient_code": code,
            **kept.content,
            "head_position": draft.sources[code].head_position,
            "head_hash": draft.sources[code].head_hash,
        }
        for code, kept in draft.statements.items()
    ]


def program_rows(draft: Draft, month: date, number: int) -> list[dict[str, Any]]:
    """Return the rows of ``closed_programs`` that hold the draft's programs."""
    key = _closing_key(draft, month, number)
    return [{**key, "patient_code": code, "program": program.value} for code, program in _programs(draft)]


def _closing_key(draft: Draft, month: date, number: int) -> dict[str, Any]:
    return {"practice_id": draft.practice.practice_id, "month": month, "number": number}


def frozen_content(statement: Statement, figures: Sequence[Figures]) -> dict[str, str]:
    """Return the statement and the figures as canonical JSON, and the hash over both."""
    plain = STATEMENTS.dump_python(statement, mode="json")
    # A named tuple is written as a list: with its names the record can be read by itself.
    plain["entries"] = [dict(zip(EntryResult._fields, entry, strict=True)) for entry in plain["entries"]]
    content = {
        "statement": canonical_json(plain),
        "figures": canonical_json(FIGURES.dump_python(tuple(figures), mode="json")),
    }
    return {**content, "content_hash": content_hash(content)}


def closing_hash(closing: Mapping[str, Any], statements: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over all that a close froze: month, rulebook, totals, each patient's statement and end of the chain.

    From the columns of its row and of its statements. Who closed it, when and for which time is not in it: what is
    closed again unchanged has the same hash.
    """
    content = {name: closing[name] for name in ("practice_id", "month", "rulebook", "rulebook_hash", "totals")}
    parts = ("patient_code", "content_hash", "head_position", "head_hash")
    return content_hash({**content, "statements": sorted([row[part] for part in parts] for row in statements)})
