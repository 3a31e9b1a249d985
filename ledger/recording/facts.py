"""Recording a fact that somebody asked for, and taking one back: one request, one transaction, and what it changed.

Nothing is deleted: a fact is taken back by a revision that says so, and an undo adds what stood there before (design 1
to 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.months.closed_months import Closing, closed_error, closings_in_force, share_months
from ledger.months.figures import Figures, figures_of, months_with_figures, stored_figures
from ledger.months.patient_months import evaluate_record, reevaluate_all, statement_of
from ledger.patients.fact_history import FactVersion, Revision, fact_history
from ledger.patients.facts import Fact, append_facts
from ledger.patients.records import load_records
from ledger.practice.practice import Practice
from ledger.recording.voids import UNDO_WINDOW
from ledger.rules.facts import Program
from ledger.rules.statement import Statement
from ledger.storage.hash_chain import lock_head
from ledger.storage.idempotency import Once, Replayable, Request


class Outcome(StrEnum):
    """What became of a fact."""

    RECORDED = "recorded"
    REVISED = "revised"
    KNOWN = "known"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_BEFORE = "withdrawn_before"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One program of one month before and after; None where the patient had, or has, no part in it."""

    before: Figures | None
    after: Figures | None


@dataclass(frozen=True, slots=True)
class FactReceipt(Replayable):
    """What was recorded, and the figures it changed: the current month first (always), then others, latest first.

    ``closed_months`` are those whose statement it would change if they were not closed, latest first. ``stored`` names
    the revisions that were added, which an undo takes back; a receipt from before they were kept names none.
    ``in_place_of`` is the fact of another day or subject that was taken back for it.
    """

    fact: Fact
    outcome: Outcome
    changes: tuple[FigureChange, ...]
    closed_months: tuple[date, ...] = ()
    stored: tuple[FactVersion, ...] = ()
    in_place_of: Fact | None = None


FACT = Once(FactReceipt)
_ByProgram = dict[tuple[date, Program], Figures]


def record_fact(
    connection: Connection,
    practice: Practice,
    fact: Fact,
    *,
    request: Request,
    at: datetime,
    recorded_by: str,
    corrected: FactVersion | None = None,
) -> FactReceipt:
    """Store ``fact`` and return its receipt; the same ``request`` again returns the first receipt.

    A fact that says it is withdrawn is taken back as ``withdraw_fact`` does.

    With ``corrected`` it takes the place of that revision of a fact of the same patient, which is withdrawn where it
    was of another day or subject.

    Raises:
        LedgerError: REQUEST_DIFFERS where the request's key was used for something else; FACT_CHANGED where that
            revision is not the newest; MONTH_CLOSED where what is withdrawn is in a closed month's statement.
    """
    lock_head(connection, practice.practice_id, fact.patient_code)

    def record() -> FactReceipt:
        before = _newest(connection, practice, fact)
        if fact.withdrawn and before is not None:
            return _withdrawn(connection, practice, before.version, at=at, by=recorded_by)
        if corrected is None:
            return _change(connection, practice, [fact], _recorded_as(before), at=at, by=recorded_by)
        old = _unchanged(connection, practice, corrected)
        if old.fact.identity == fact.identity:
            return _change(connection, practice, [fact], Outcome.REVISED, at=at, by=recorded_by, verbatim=True)
        receipt = _change(
            connection,
            practice,
            [fact, replace(old.fact, withdrawn=True)],
            _recorded_as(before),
            at=at,
            by=recorded_by,
            verbatim=True,
            takes_back_since=_first_recorded(connection, practice, corrected),
        )
        return replace(receipt, in_place_of=old.fact)

    return FACT.write(connection, practice.practice_id, request, record, at=at)


def withdraw_fact(
    connection: Connection, practice: Practice, version: FactVersion, *, request: Request, at: datetime, by: str
) -> FactReceipt:
    """Add the revision that takes a fact back; of one that is taken back already nothing is added.

    Raises:
        LedgerError: FACT_CHANGED where ``version`` is not the newest revision; MONTH_CLOSED where a closed month's
            statement has the fact in it.
    """
    lock_head(connection, practice.practice_id, version.patient_code)

    def withdraw() -> FactReceipt:
        return _withdrawn(connection, practice, version, at=at, by=by)

    return FACT.write(connection, practice.practice_id, request, withdraw, at=at)


def _withdrawn(
    connection: Connection, practice: Practice, version: FactVersion, *, at: datetime, by: str
) -> FactReceipt:
    newest = _newest(connection, practice, version)
    if newest is not None and newest.fact.withdrawn:
        return _change(connection, practice, [newest.fact], Outcome.WITHDRAWN_BEFORE, at=at, by=by)
    old = _unchanged(connection, practice, version)
    since = _first_recorded(connection, practice, version)
    taken_back = replace(old.fact, withdrawn=True)
    return _change(
        connection, practice, [taken_back], Outcome.WITHDRAWN, at=at, by=by, verbatim=True, takes_back_since=since
    )


def undo_fact(
    connection: Connection,
    practice: Practice,
    stored: Sequence[FactVersion],
    *,
    request: Request,
    at: datetime,
    by: str,
) -> FactReceipt:
    """Add what stood before the revisions that one receipt named, all of one patient, if they are under 15 minutes old.

    A fact of which nothing was known before is withdrawn.

    Raises:
        LedgerError: NOTHING_TO_UNDO where they are older or somebody else's; FACT_CHANGED where one of them is not the
            newest; MONTH_CLOSED where a month was closed with them in it.
    """
    lock_head(connection, practice.practice_id, stored[0].patient_code)

    def undo() -> FactReceipt:
        undone = [_unchanged(connection, practice, version) for version in stored]
        for revision in undone:
            if revision.recorded_by != by or revision.recorded_at <= at - UNDO_WINDOW:
                raise _nothing_to_undo(revision)
        return _change(
            connection,
            practice,
            [_before(connection, practice, revision) for revision in undone],
            Outcome.UNDONE,
            at=at,
            by=by,
            verbatim=True,
            takes_back_since=min(revision.recorded_at for revision in undone),
        )

    return FACT.write(connection, practice.practice_id, request, undo, at=at)


def _recorded_as(before: Revision | None) -> Outcome:
    return Outcome.RECORDED if before is None else Outcome.REVISED


def _newest(connection: Connection, practice: Practice, fact: Fact | FactVersion) -> Revision | None:
    history = fact_history(connection, practice, fact)
    return history.newest if history else None


def _first_recorded(connection: Connection, practice: Practice, version: FactVersion) -> datetime | None:
    history = fact_history(connection, practice, version)
    return history.revisions[0].recorded_at if history else None


def _before(connection: Connection, practice: Practice, revision: Revision) -> Fact:
    """Return the fact as it was before the newest revision; withdrawn where that is the first."""
    history = fact_history(connection, practice, revision.fact)
    earlier = history.revisions[:-1] if history else ()
    return earlier[-1].fact if earlier else replace(revision.fact, withdrawn=True)


def _unchanged(connection: Connection, practice: Practice, version: FactVersion) -> Revision:
    """Return the revision that ``version`` names, which is the newest of its fact."""
    newest = _newest(connection, practice, version)
    if newest is None or newest.number != version.revision:
        code = version.patient_code
        raise LedgerError(
            "FACT_CHANGED",
            "This fact was recorded anew or withdrawn meanwhile. Nothing was saved.",
            f"Look at it as it is now: /ccm patient {code} facts",
        )
    return newest


def _nothing_to_undo(revision: Revision) -> LedgerError:
    code = revision.fact.patient_code
    return LedgerError(
        "NOTHING_TO_UNDO",
        "Only what you recorded in the last 15 minutes can be undone. Nothing was changed.",
        f"An older fact is withdrawn or corrected in the list of all: /ccm patient {code} facts",
    )


def _change(
    connection: Connection,
    practice: Practice,
    facts: Sequence[Fact],
    outcome: Outcome,
    *,
    at: datetime,
    by: str,
    verbatim: bool = False,
    takes_back_since: datetime | None = None,
) -> FactReceipt:
    """Append the facts, which are one patient's, and return the receipt of the first.

    With ``takes_back_since`` they take back what was recorded then; no statement that was closed since may change.
    """
    code, this_month = facts[0].patient_code, month_of(practice.local_date(at))
    share_months(connection, practice.practice_id, set(months_with_figures(connection, practice.practice_id, [code])))
    before = _figures(connection, practice, code, this_month)
    closings = closings_in_force(connection, practice.practice_id)
    closed_before = _as_of_now(connection, practice, code, closings)
    appended = append_facts(connection, practice, facts, at=at, recorded_by=by, verbatim=verbatim)
    reevaluate_all(connection, practice, appended.patient_codes)
    after = _figures(connection, practice, code, this_month)
    closed_after = _as_of_now(connection, practice, code, closings)
    touched = [month for month, statement in closed_after.items() if closed_before[month] != statement]
    if takes_back_since is not None:
        _refuse_taking_back(practice, [closings[month] for month in touched], takes_back_since)
    new = {fact.identity for fact in (*appended.added, *appended.revised)}
    newest = [_newest(connection, practice, fact) for fact in facts if fact.identity in new]
    shown = _newest(connection, practice, facts[0])
    return FactReceipt(
        shown.fact if shown else facts[0],
        outcome if new or outcome is Outcome.WITHDRAWN_BEFORE else Outcome.KNOWN,
        _changes(before, after, this_month),
        tuple(sorted(touched, reverse=True)),
        tuple(revision.version for revision in newest if revision),
    )


def _refuse_taking_back(practice: Practice, touched: Sequence[Closing], recorded_at: datetime) -> None:
    """Raise ``LedgerError`` where one of the months was closed with what was recorded then in its statement (E9)."""
    resting = [closing for closing in touched if closing.recorded_at >= recorded_at]
    if resting:
        closed = closed_error(practice, min(resting, key=lambda closing: closing.month))
        words = f"{closed.title} Its statement rests on this fact. Nothing was changed."
        raise LedgerError(closed.code, words, closed.remedy)


def _figures(connection: Connection, practice: Practice, patient_code: str, this_month: date) -> _ByProgram:
    """Return the stored figures of every month, and those that this month would have where it has none yet."""
    stored = stored_figures(connection, practice.practice_id, [patient_code])
    if (patient_code, this_month) not in stored:
        evaluated = statement_of(connection, practice, patient_code, this_month)
        stored[patient_code, this_month] = figures_of(patient_code, evaluated.facts, evaluated.statement)
    return {(figures.month, figures.program): figures for month in stored.values() for figures in month}


def _as_of_now(
    connection: Connection, practice: Practice, patient_code: str, closings: Mapping[date, Closing]
) -> dict[date, Statement]:
    """Return what the patient's statement of each closed month would be, were it not closed."""
    if not closings:
        return {}
    record = load_records(connection, practice, [patient_code])[patient_code]
    return {month: evaluate_record(practice, patient_code, record, month).statement for month in closings}


def _changes(before: _ByProgram, after: _ByProgram, this_month: date) -> tuple[FigureChange, ...]:
    months = sorted({month for month, _ in before.keys() | after.keys()}, reverse=True)
    months.sort(key=lambda month: month != this_month)
    return tuple(
        FigureChange(before.get((month, program)), after.get((month, program)))
        for month in months
        for program in sorted({program for at, program in before.keys() | after.keys() if at == month})
        if month == this_month or before.get((month, program)) != after.get((month, program))
    )
