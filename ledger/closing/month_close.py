"""Closing a month and reopening it (billing-rules E9, B1, B2).

A close freezes every statement of the month as it is, with the name and the hash of the rulebook and where each
patient's chain ends. A reopen has a reason: the month is evaluated again under its own rulebook, and takes entries.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert

from ledger.characters import characters
from ledger.clock import next_month
from ledger.closing.freezing import (
    Draft,
    Progress,
    brought_up_to_date,
    closing_hash,
    draft_month,
    program_rows,
    statement_rows,
    store_figures,
)
from ledger.errors import LedgerError
from ledger.months.closed_months import (
    Action,
    Closing,
    Totals,
    closing_in_force,
    closings_of,
    lock_month,
    reopen_example,
)
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Blocked, Scope, blocked_by, totals_of
from ledger.reports.worklists import worklist
from ledger.roster.storing import lock_roster
from ledger.rules.rulebook import is_provisional, rulebook_for
from ledger.storage.batches import batches
from ledger.storage.database import ScopedDatabase
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.month_tables import ClosedProgramRow, ClosedStatementRow, MonthClosingRow
from ledger.values.identifiers import refuse_identifiers

REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ClosePreview:
    """What a close of the month would freeze, what still blocks patients, and how many programs are near a code.

    ``provisional``: it would freeze figures of an earlier rulebook, for want of the month's own (B1).
    """

    month: date
    totals: Totals
    blocked: Blocked
    near_programs: int
    near_cents: int
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class ClosingReceipt(Replayable):
    """The close or the reopen, and the number of patients whose figures are others since it."""

    closing: Closing
    changed_patients: int


@dataclass(frozen=True, slots=True)
class _Kept(Replayable):
    """What is kept of a request: which close or reopen came of it."""

    month: date
    number: int
    changed_patients: int


_CLOSING = Once(_Kept)


def preview_close(connection: Connection, practice: Practice, month: date, *, at: datetime) -> ClosePreview:
    """Return what a close would freeze, as the stored figures have it.

    Raises:
        LedgerError: Where it may not be closed.
    """
    refuse_to_close(practice, month, closing_in_force(connection, practice.practice_id, month), at=at)
    near = worklist(connection, practice, month)
    return ClosePreview(
        month=month,
        totals=totals_of(connection, practice, month),
        blocked=blocked_by(connection, practice, Scope(month)),
        near_programs=len(near.near),
        near_cents=near.worth_cents,
        provisional=is_provisional(month),
    )


def close_month(
    database: ScopedDatabase,
    practice: Practice,
    month: date,
    *,
    request: Request,
    at: datetime,
    by: str,
    provisionally: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> ClosingReceipt:
    """Freeze the month (its first day); the same ``request`` again returns the first receipt.

    Takes seconds in a large practice, but others wait only while the rows are written.

    Raises:
        LedgerError: For a month that is not over in the practice's zone or is closed already; and unless
            ``provisionally`` for one whose year has no rulebook yet.
    """
    with database.reading() as connection:
        earlier = earlier_receipt(connection, practice, request)
        if earlier is not None:
            return earlier
        refuse_to_close(practice, month, closing_in_force(connection, practice.practice_id, month), at=at)
        if not provisionally:
            refuse_provisional(month)
        draft = draft_month(connection, practice, month, progress)
    with database.writing() as connection:
        lock_roster(connection, practice)

        def close() -> _Kept:
            refuse_to_close(practice, month, lock_month(connection, practice.practice_id, month), at=at)
            return _store(connection, draft, month, Action.CLOSE, reason=None, at=at, by=by)

        return _receipt(connection, practice, _CLOSING.write(connection, practice.practice_id, request, close, at=at))


def reopen_month(
    database: ScopedDatabase, practice: Practice, month: date, *, reason: str, request: Request, at: datetime, by: str
) -> ClosingReceipt:
    """Open the month (its first day) again; the same ``request`` again returns the first receipt.

    Its figures become what they are under its own rulebook (B1), the policy and the facts of now. Raises
    ``LedgerError`` for a month that is not closed, and for a reason that is empty, over 300 characters, or looks as if
    it held an identifier.
    """
    with database.reading() as connection:
        earlier = earlier_receipt(connection, practice, request)
        if earlier is not None:
            return earlier
        refuse_to_reopen(connection, practice, month, reason, at=at)
        draft = draft_month(connection, practice, month, lambda _done, _all: None)
    with database.writing() as connection:
        lock_roster(connection, practice)

        def reopen() -> _Kept:
            if lock_month(connection, practice.practice_id, month) is None:
                raise _not_closed(month)
            return _store(connection, draft, month, Action.REOPEN, reason=reason.strip(), at=at, by=by)

        return _receipt(connection, practice, _CLOSING.write(connection, practice.practice_id, request, reopen, at=at))


def earlier_receipt(connection: Connection, practice: Practice, request: Request) -> ClosingReceipt | None:
    """Return the receipt of this request where it was delivered before, or None.

    Raises where its key had other content.
    """
    kept = _CLOSING.earlier(connection, practice.practice_id, request)
    return None if kept is None else _receipt(connection, practice, kept)


def refuse_to_close(practice: Practice, month: date, closing: Closing | None, *, at: datetime) -> None:
    """Raise ``LedgerError`` for a month that is not over in the practice's zone, or that ``closing`` holds closed.

    Raises:
        LedgerError: MONTH_NOT_OVER, MONTH_ALREADY_CLOSED.
    """
    rulebook_for(month)
    if practice.local_date(at) < next_month(month):
        raise LedgerError(
            "MONTH_NOT_OVER",
            f"{month:%B %Y} is not over: in {practice.timezone} it is {practice.local_date(at):%Y-%m-%d}.",
            f"It can be closed from {next_month(month):%Y-%m-%d} on: /ccm close {month:%Y-%m}",
        )
    if closing is not None:
        raise LedgerError(
            "MONTH_ALREADY_CLOSED",
            f"{month:%B %Y} was closed on {practice.local_date(closing.recorded_at):%Y-%m-%d} "
            f"by {closing.recorded_by}.",
            f"To change something in it, reopen it and say why: {reopen_example(month)}",
        )


def refuse_provisional(month: date) -> None:
    """Raise ``LedgerError`` for a month whose year has no rulebook yet: somebody has to say that it is meant (B4).

    Raises:
        LedgerError: MONTH_PROVISIONAL.
    """
    if is_provisional(month):
        raise LedgerError(
            "MONTH_PROVISIONAL",
            f"{month.year} has no rulebook yet: {month:%B %Y} would be closed with the figures of "
            f"{rulebook_for(month).name}. Nothing was closed.",
            f"Bring the rulebook (ccm rulebook add medicare-{month.year}.toml); or close it all the same: /ccm close "
            f"{month:%Y-%m} asks you, in the terminal ccm close {month:%Y-%m} --provisional",
        )


def refuse_to_reopen(connection: Connection, practice: Practice, month: date, reason: str, *, at: datetime) -> None:
    """Raise ``LedgerError`` as ``reopen_month`` does.

    Raises:
        LedgerError: REASON_LENGTH.
    """
    if not 1 <= characters(reason.strip()) <= REASON_CHARACTERS:
        raise LedgerError(
            "REASON_LENGTH",
            f"A reason has 1 to {REASON_CHARACTERS} characters; this one has {characters(reason.strip())}.",
            f"For example: {reopen_example(month)}",
        )
    refuse_identifiers(practice, reason, "reason", today=practice.local_date(at))
    if closing_in_force(connection, practice.practice_id, month) is None:
        raise _not_closed(month)


def _not_closed(month: date) -> LedgerError:
    return LedgerError(
        "MONTH_NOT_CLOSED", f"{month:%B %Y} is not closed: it takes entries.", f"To close it: /ccm close {month:%Y-%m}"
    )


def _store(
    connection: Connection, draft: Draft, month: date, action: Action, *, reason: str | None, at: datetime, by: str
) -> _Kept:
    """Store the close or the reopen and the figures that it leaves, a close with all that it freezes."""
    draft = brought_up_to_date(connection, draft, month)
    changed = store_figures(connection, draft, month)
    practice_id = draft.practice.practice_id
    number = len(closings_of(connection, practice_id, month)) + 1
    book = rulebook_for(month)
    is_close = action is Action.CLOSE
    statements = statement_rows(draft, month, number) if is_close else []
    row: dict[str, Any] = {
        "practice_id": practice_id,
        "month": month,
        "number": number,
        "action": action.value,
        "reason": reason,
        "rulebook": book.name,
        "rulebook_hash": book.file_hash,
        "totals": asdict(totals_of(connection, draft.practice, month)) if is_close else {},
        "recorded_at": at,
        "recorded_by": by,
    }
    row["hash"] = closing_hash(row, statements) if is_close else None
    connection.execute(insert(MonthClosingRow), row)
    _insert_all(connection, ClosedStatementRow, statements)
    _insert_all(connection, ClosedProgramRow, program_rows(draft, month, number) if is_close else [])
    return _Kept(month, number, len(changed))


def _insert_all(connection: Connection, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    for batch in batches(rows):
        connection.execute(insert(table), batch)


def _receipt(connection: Connection, practice: Practice, kept: _Kept) -> ClosingReceipt:
    closing = closings_of(connection, practice.practice_id, kept.month)[kept.number - 1]
    return ClosingReceipt(closing, kept.changed_patients, replayed=kept.replayed)
