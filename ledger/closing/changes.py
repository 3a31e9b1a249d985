"""What a close has otherwise than the close before it, patient by patient."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.orm import aliased

from ledger.months.closed_months import Action, Closing, FrozenStatement, closings_of, nothing_frozen, thawed
from ledger.months.figures import Figures
from ledger.practice.practice import Practice
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs
from ledger.rules.statement import Statement, Status
from ledger.storage.month_tables import ClosedStatementRow


class ChangeKind(StrEnum):
    """What became of a program between two closes."""

    NEWLY_BILLABLE = "newly_billable"
    NO_LONGER_BILLABLE = "no_longer_billable"
    FIGURES = "figures"  # other minutes, codes, payment or status
    DETAILS = "details"  # none of these, but another entry, warning, blocker or enrollment


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A program of a patient before and after; without a program, a statement that differs in its details alone."""

    patient_code: str
    program: Program | None
    before: Figures | None
    after: Figures | None
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class CloseChanges:
    """The close before, None for a month's first, and what differs since, by patient and program."""

    previous: Closing | None
    changes: tuple[StatementChange, ...]

    def count(self, kind: ChangeKind) -> int:
        """Return how many changes are of that kind."""
        return sum(change.kind is kind for change in self.changes)

    @property
    def patients(self) -> int:
        """Of how many patients something differs."""
        return len({change.patient_code for change in self.changes})


def changes_since_last_close(connection: Connection, practice: Practice, closing: Closing) -> CloseChanges:
    """Return what ``closing`` froze otherwise than the close of its month before it; nothing for a first close.

    Another hash of the rulebook's file alone is no change of a statement.
    """
    earlier = [one for one in closings_of(connection, practice.practice_id, closing.month) if _precedes(one, closing)]
    if not earlier:
        return CloseChanges(None, ())
    previous = earlier[-1]
    return CloseChanges(previous, tuple(_changes(connection, practice, previous, closing)))


def _precedes(one: Closing, closing: Closing) -> bool:
    return one.action is Action.CLOSE and one.number < closing.number


def _changes(
    connection: Connection, practice: Practice, previous: Closing, closing: Closing
) -> Iterator[StatementChange]:
    later, earlier = aliased(ClosedStatementRow), aliased(ClosedStatementRow)
    query = (
        select(
            later.patient_code,
            later.statement,
            later.figures,
            earlier.statement.label("earlier_statement"),
            earlier.figures.label("earlier_figures"),
        )
        .outerjoin(
            earlier,
            and_(
                earlier.practice_id == later.practice_id,
                earlier.month == later.month,
                earlier.patient_code == later.patient_code,
                earlier.number == previous.number,
            ),
        )
        .where(
            later.practice_id == practice.practice_id,
            later.month == closing.month,
            later.number == closing.number,
            or_(earlier.content_hash.is_(None), earlier.content_hash != later.content_hash),
        )
        .order_by(later.patient_code)
    )
    for row in connection.execute(query):
        before = nothing_frozen(previous)
        if row.earlier_statement is not None:
            before = thawed(row.earlier_statement, row.earlier_figures)
        yield from _of_patient(row.patient_code, before, thawed(row.statement, row.figures))


def _of_patient(patient_code: str, before: FrozenStatement, after: FrozenStatement) -> Iterator[StatementChange]:
    olds, news = ({one.program: one for one in kept.figures} for kept in (before, after))
    programs = [program for program in known_programs() if olds.get(program) != news.get(program)]
    for program in programs:
        old, new = olds.get(program), news.get(program)
        yield StatementChange(patient_code, program, old, new, _kind(old, new))
    if not programs and _without_book(before.statement) != _without_book(after.statement):
        yield StatementChange(patient_code, None, None, None, ChangeKind.DETAILS)


def _kind(before: Figures | None, after: Figures | None) -> ChangeKind:
    billed = [one is not None and one.status is Status.BILLABLE for one in (before, after)]
    if billed == [False, True]:
        return ChangeKind.NEWLY_BILLABLE
    if billed == [True, False]:
        return ChangeKind.NO_LONGER_BILLABLE
    return ChangeKind.DETAILS if _worth(before) == _worth(after) else ChangeKind.FIGURES


def _worth(figures: Figures | None) -> tuple[object, ...]:
    if figures is None:
        return ()
    return figures.status, figures.counted_minutes, figures.codes, figures.expected_cents


def _without_book(statement: Statement) -> Statement:
    return replace(statement, rulebook_name="", rulebook_hash="", provisional=False)
