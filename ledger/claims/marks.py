"""What a biller records of claim lines: submitted, paid, denied, or open again; one by one, or many from a file."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from ledger.characters import characters
from ledger.claims.lines import ClaimLine, differs, from_json, to_json
from ledger.claims.states import ClaimStatus, ClaimTotals, Mark, totals_of_marks
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.rules.facts import Program
from ledger.rules.formatting import dollars
from ledger.storage.claim_tables import ClaimMarkRow
from ledger.storage.database import AnyRow, AnySelect
from ledger.storage.hash_chain import lock_heads
from ledger.storage.idempotency import Once, Replayable, Request
from ledger.storage.tables import PatientRow
from ledger.values.identifiers import refuse_identifiers

REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be recorded of a line. Without ``on_date`` it is today, without ``paid_cents`` what was expected.

    ``line`` is what was sent to the payer, as far as that is not known from an earlier mark.
    """

    line: ClaimLine
    status: ClaimStatus
    on_date: date | None = None
    paid_cents: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MarkReceipt(Replayable):
    """What is recorded of a line now, and what was before; ``is_new`` is False where it was so already."""

    mark: Mark
    before: ClaimStatus
    is_new: bool


_MARK = Once(MarkReceipt)


def marks_of(
    connection: Connection,
    practice: Practice,
    month: date,
    *,
    team_ids: Collection[str] | None = None,
    program: Program | None = None,
) -> dict[str, Mark]:
    """Return what holds of the month's lines, by key: of all teams and programs, or of these."""
    row = ClaimMarkRow
    query = select(row.__table__).where(row.practice_id == practice.practice_id, row.month == month)
    if program is not None:
        query = query.where(row.program == program.value)
    if team_ids is not None:
        query = query.where(row.patient_code.in_(patients_of_teams(practice, team_ids)))
    return {one.line_key: _mark(one) for one in connection.execute(query.order_by(row.number))}


def patients_of_teams(practice: Practice, team_ids: Collection[str]) -> AnySelect:
    """Return a query for the codes of the teams' patients."""
    mine = PatientRow.practice_id == practice.practice_id
    return select(PatientRow.patient_code).where(mine, PatientRow.team_id.in_(sorted(team_ids)))


def totals_of_month(
    connection: Connection,
    practice: Practice,
    month: date,
    *,
    team_ids: Collection[str] | None = None,
    program: Program | None = None,
) -> ClaimTotals:
    """Return what is billed, paid and outstanding of the month."""
    return totals_of_marks(marks_of(connection, practice, month, team_ids=team_ids, program=program).values())


def totals_by_month(connection: Connection, practice: Practice, *, most: int) -> dict[date, ClaimTotals]:
    """Return what is billed, paid and outstanding of the latest months that were billed, at most so many."""
    row = ClaimMarkRow
    query = select(row.month).where(row.practice_id == practice.practice_id).distinct().order_by(row.month.desc())
    found = {
        month: totals_of_month(connection, practice, month) for month in connection.scalars(query.limit(most)).all()
    }
    return {month: totals for month, totals in found.items() if totals.lines}


def mark_line(
    connection: Connection, practice: Practice, asked: Asked, *, request: Request, at: datetime, by: str
) -> MarkReceipt:
    """Record what became of a line; the same ``request`` again returns the first receipt.

    A line that is submitted again is what it is now: what was listed as a correction is one no longer.

    Raises:
        LedgerError: For a date that lies ahead, an amount or a reason that does not go with the status, and a paid
            line of which nobody knows what it pays.
    """
    lock_heads(connection, practice.practice_id, [asked.line.patient_code])

    def mark() -> MarkReceipt:
        return _marked(connection, practice, asked, at=at, by=by, is_told_again=False)

    return _MARK.write(connection, practice.practice_id, request, mark, at=at)


def mark_lines(
    connection: Connection, practice: Practice, asked: Sequence[Asked], *, at: datetime, by: str
) -> list[MarkReceipt]:
    """Record what a file says became of lines; what it says as it was recorded before changes nothing.

    Raises:
        LedgerError: As ``mark_line``.
    """
    lock_heads(connection, practice.practice_id, sorted({one.line.patient_code for one in asked}))
    return [_marked(connection, practice, one, at=at, by=by, is_told_again=True) for one in asked]


def check(practice: Practice, asked: Asked, *, at: datetime) -> None:
    """Raise ``LedgerError`` as ``mark_line`` does.

    Raises:
        LedgerError: CLAIM_DATE, CLAIM_AMOUNT, CLAIM_REASON.
    """
    today = practice.local_date(at)
    if asked.on_date is not None and not asked.line.month <= asked.on_date <= today:
        raise LedgerError(
            "CLAIM_DATE",
            f"{asked.on_date} is no day on which that can have happened: it is {today}. Nothing was saved.",
            "Write the day on which the payer got the line or answered, for example 2026-11-18.",
        )
    if asked.paid_cents is not None and asked.status is not ClaimStatus.PAID:
        raise LedgerError(
            "CLAIM_AMOUNT",
            f"An amount goes with paid, not with {asked.status.value}. Nothing was saved.",
            "Leave the amount out, or mark the line paid.",
        )
    if asked.status is ClaimStatus.PAID and asked.paid_cents is None and asked.line.expected_cents is None:
        raise LedgerError(
            "CLAIM_AMOUNT",
            f"What {asked.line.code} pays is not known, so say what was paid. Nothing was saved.",
            "For example: paid 64.13",
        )
    if asked.reason and asked.status is not ClaimStatus.DENIED:
        raise LedgerError(
            "CLAIM_REASON",
            f"A reason goes with denied, not with {asked.status.value}. Nothing was saved.",
            "Leave the reason out, or mark the line denied.",
        )
    if characters(asked.reason) > REASON_CHARACTERS:
        raise LedgerError(
            "CLAIM_REASON",
            f"A reason has up to {REASON_CHARACTERS} characters. Nothing was saved.",
            "The payer's code is enough, for example: denied CO-97",
        )
    refuse_identifiers(practice, asked.reason, "reason", today=today)


def _marked(
    connection: Connection, practice: Practice, asked: Asked, *, at: datetime, by: str, is_told_again: bool
) -> MarkReceipt:
    check(practice, asked, at=at)
    before = _latest(connection, practice, asked.line.key)
    mark = _next(practice, asked, before, at=at, by=by)
    status = before.status if before else ClaimStatus.OPEN
    says_the_same = before is not None and _said(before) == _said(mark)
    if before is not None and says_the_same and (is_told_again or not differs(before.line, mark.line)):
        return MarkReceipt(before, status, is_new=False)
    if before is None and not mark.is_claimed:
        return MarkReceipt(mark, status, is_new=False)
    connection.execute(insert(ClaimMarkRow), _row(practice, mark))
    return MarkReceipt(mark, status, is_new=True)


def _next(practice: Practice, asked: Asked, before: Mark | None, *, at: datetime, by: str) -> Mark:
    """Return the mark that is asked for. The payer answers of what was submitted, whatever the line is by now."""
    is_answer = asked.status in {ClaimStatus.PAID, ClaimStatus.DENIED}
    line = before.line if before is not None and before.is_claimed and is_answer else asked.line
    paid = asked.paid_cents if asked.paid_cents is not None else line.expected_cents or 0
    return Mark(
        line_key=line.key,
        number=before.number + 1 if before else 1,
        status=asked.status,
        on_date=asked.on_date or practice.local_date(at),
        line=line,
        paid_cents=paid if asked.status is ClaimStatus.PAID else 0,
        reason=asked.reason or None,
        recorded_at=at,
        recorded_by=by,
    )


def _said(mark: Mark) -> tuple[object, ...]:
    return mark.status, mark.on_date, mark.paid_cents, mark.reason


def _latest(connection: Connection, practice: Practice, line_key: str) -> Mark | None:
    row = ClaimMarkRow
    query = select(row.__table__).where(row.practice_id == practice.practice_id, row.line_key == line_key)
    found = connection.execute(query.order_by(row.number.desc()).limit(1)).one_or_none()
    return _mark(found) if found else None


def _row(practice: Practice, mark: Mark) -> dict[str, object]:
    return {
        "practice_id": practice.practice_id,
        "line_key": mark.line_key,
        "number": mark.number,
        "month": mark.line.month,
        "patient_code": mark.line.patient_code,
        "program": mark.line.program.value,
        "status": mark.status.value,
        "on_date": mark.on_date,
        "line": to_json(mark.line),
        "paid_cents": mark.paid_cents,
        "reason": mark.reason,
        "recorded_at": mark.recorded_at,
        "recorded_by": mark.recorded_by,
    }


def _mark(row: AnyRow) -> Mark:
    return Mark(
        line_key=row.line_key,
        number=row.number,
        status=ClaimStatus(row.status),
        on_date=row.on_date,
        line=from_json(row.line),
        paid_cents=row.paid_cents,
        reason=row.reason,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )


def in_words(totals: ClaimTotals) -> str:
    """Return what the payer has, in words: ``billed $116.57 · paid $66.13 · outstanding $50.44``."""
    parts = [
        f"billed {dollars(totals.billed_cents)}",
        f"paid {dollars(totals.paid_cents)}",
        f"outstanding {dollars(totals.outstanding_cents)}",
    ]
    if totals.denied_cents:
        parts.append(f"denied {dollars(totals.denied_cents)}")
    return " · ".join(parts)
