"""Closing a month: what would be frozen, what was, what differs from the close before it, and who did it."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.views import formatting
from bot.views.blocks import Block, Element
from bot.views.reply import (
    Reply,
    actions,
    as_typed,
    button,
    confirmation,
    context,
    header,
    one_of,
    section,
    sections,
    table,
    table_parts,
)
from ledger.closing.changes import ChangeKind, CloseChanges, StatementChange
from ledger.closing.month_close import ClosePreview, ClosingReceipt
from ledger.months.closed_months import Action, Closing, Totals, reopen_example
from ledger.months.figures import Figures
from ledger.practice.practice import Practice
from ledger.rules.catalogue import RULES_BY_NAME
from ledger.rules.rulebook import is_provisional, rulebook_for

CLOSE = "close_month"
CHANGES_PAGE = "close_page"
ROWS_PER_PAGE = 25
CHANGE_COLUMNS = ("Patient", "Program", "What changed", "Minutes", "Codes", "Payment")
HISTORY_COLUMNS = ("When", "What", "Who", "Reason")
KIND_WORDS = {
    ChangeKind.NEWLY_BILLABLE: "newly billable",
    ChangeKind.NO_LONGER_BILLABLE: "no longer billable",
    ChangeKind.FIGURES: "other figures",
    ChangeKind.DETAILS: "entries, blockers or warnings",
}
_ACTION_WORDS = {Action.CLOSE: "closed", Action.REOPEN: "reopened"}


def close_button(month: date) -> Element:
    """Return the button that closes the month (its first day), wherever a biller is shown what that would freeze.

    Of a month whose year has no rulebook yet it asks first (B4).
    """
    name, value = formatting.month_name(month), {"month": f"{month:%Y-%m}"}
    if not is_provisional(month):
        return button(f"Close {name}", CLOSE, value, style="primary")
    asked = confirmation(
        f"Close {name} provisionally?",
        f"{month.year} has no rulebook yet: the statements would be frozen with the figures of "
        f"{rulebook_for(month).name}. With the figures of {month.year} payments, and codes, may be others.",
        yes="Close provisionally",
        no="Wait",
    )
    return button(f"Close {name} provisionally", CLOSE, {**value, "provisional": True}, confirm=asked)


def closed_line(closing: Closing, practice: Practice) -> str:
    """Return when it was closed and by whom: ``Closed on Wed Nov 18, 2026, 3:00 pm by biller1``, with a period."""
    return f"Closed on {_when(closing.recorded_at, practice)} by {formatting.escaped(closing.recorded_by)}."


def close_preview(preview: ClosePreview, history: Sequence[Closing], practice: Practice) -> Reply:
    """Return what a close would freeze and leave behind, what was done with the month before, and the button."""
    month, totals = formatting.month_name(preview.month), preview.totals
    lines = [
        f"*{month} is open.* A close freezes every statement as it is now:",
        *_totals(totals),
        f"• Rulebook {rulebook_for(preview.month).name}",
        *formatting.provisional_lines(preview.month, is_so=preview.provisional),
    ]
    if preview.near_programs:
        near = formatting.listed(preview.near_programs, "program")
        worth = formatting.money(preview.near_cents)
        lines.append(f"• Near the next code: {near} of patients, worth {worth}: `/ccm near {preview.month:%Y-%m}`")
    if preview.blocked.counts:
        lines.append(
            f"*Still blocked* · {formatting.listed(preview.blocked.programs, 'program')} of patients, by blocker:"
        )
        lines += [
            f"• *{count}* · {formatting.escaped(RULES_BY_NAME[name].words)}" for name, count in preview.blocked.counts
        ]
    lines.append("Once it is closed it takes no entry, correction or addendum until it is reopened with a reason.")
    blocks: list[Block] = [header(f"Close {month}"), *sections(lines), actions(close_button(preview.month))]
    return Reply(f"Close {month}: {_in_short(totals)}", (*blocks, *_history(history, practice)))


def closing_now(month: date) -> Reply:
    """Return the card while the month is being closed."""
    name = formatting.month_name(month)
    text = f"Closing {name}…"
    return Reply(text, (section(f"*{text}* Every statement is evaluated and frozen. The answer takes this place."),))


def closed_already(history: Sequence[Closing], practice: Practice) -> Reply:
    """Return a month that the last of ``history`` closed.

    Since when, what was frozen, how to reopen it, and all before.
    """
    closing = history[-1]
    month = formatting.month_name(closing.month)
    lines = [f"*{closed_line(closing, practice)}*", *_frozen(closing), _way_to_reopen(closing)]
    blocks: list[Block] = [header(f"{month} is closed"), *sections(lines), *_history(history, practice)]
    return Reply(f"{month} is closed", tuple(blocks))


def closed(receipt: ClosingReceipt, changes: CloseChanges, practice: Practice, *, page: int = 0) -> Reply:
    """Return the answer to a close: what was frozen, and a page (from 0) of what differs from the close before it."""
    address = {"text": f"{receipt.closing.month:%Y-%m} {receipt.closing.number}"}
    return one_of(closed_pages(receipt, changes, practice), CHANGES_PAGE, page, address)


def closed_pages(receipt: ClosingReceipt, changes: CloseChanges, practice: Practice) -> list[Reply]:
    """Return all pages of the answer, without the buttons between them."""
    closing = receipt.closing
    month = formatting.month_name(closing.month)
    lines = [
        f"*{closed_line(closing, practice)}*",
        *_frozen(closing),
        f"The files for billing: `/ccm export {closing.month:%Y-%m}`",
        _way_to_reopen(closing),
    ]
    blocks: list[Block] = [header(f"{month} is closed"), *sections(lines)]
    if receipt.replayed:
        blocks.append(context("This request had already closed it; nothing was done twice."))
    text = f"{month} is closed: {_in_short(closing.totals)}"
    if changes.previous is None:
        return [Reply(text, tuple(blocks))]
    blocks += sections(_changed(changes, closing, changes.previous, practice))
    parts = table_parts(CHANGE_COLUMNS, list(map(change_cells, changes.changes)), most_rows=ROWS_PER_PAGE)
    tables = [[table(CHANGE_COLUMNS, part)] for part in parts] or [[]]
    return [Reply(text, (*blocks, *shown)) for shown in tables]


def change_cells(change: StatementChange) -> tuple[str, ...]:
    """Return the cells of one change: what is the same on both sides stands once."""
    before, after = change.before, change.after
    if change.program is None:
        return (change.patient_code, "", KIND_WORDS[change.kind], "", "", "")
    return (
        change.patient_code,
        change.program.value,
        KIND_WORDS[change.kind],
        _moved(_minutes(before), _minutes(after)),
        _moved(_codes(before), _codes(after)),
        _moved(_cents(before), _cents(after)),
    )


def reopening_now(month: date) -> Reply:
    """Return the card while the month is being reopened."""
    text = f"Reopening {formatting.month_name(month)}…"
    return Reply(text, (section(f"*{text}* Every statement is evaluated again. The answer follows."),))


def reopened(receipt: ClosingReceipt, practice: Practice) -> Reply:
    """Return the answer to a reopen: why, what the evaluation changed, and what may be done now."""
    closing = receipt.closing
    month = formatting.month_name(closing.month)
    when, who = _when(closing.recorded_at, practice), formatting.escaped(closing.recorded_by)
    changed = "Its figures are as they were when it was closed."
    if receipt.changed_patients:
        patients = formatting.listed(receipt.changed_patients, "patient")
        changed = f"The figures of {patients} are others now: facts or settings were recorded since the close."
    lines = [
        f"Evaluated again under the rulebook {closing.rulebook}. {changed}",
        "It takes entries, voids, fixes and addenda again.",
        f"When all is right: `/ccm close {closing.month:%Y-%m}` shows what would be frozen, and then what changed.",
    ]
    heading = sections([f"*{month} is open again*, since {when}, by {who}."])
    blocks: list[Block] = [*heading, *as_typed(f"Reason: {closing.reason}"), *sections(lines)]
    if receipt.replayed:
        blocks.append(context("This request had already reopened it; nothing was done twice."))
    return Reply(f"{month} is open again.", tuple(blocks))


def _frozen(closing: Closing) -> list[str]:
    provisionally = ", provisionally" if is_provisional(closing.month, closing.rulebook) else ""
    return [
        *_totals(closing.totals),
        f"• Rulebook {closing.rulebook}{provisionally} · SHA-256 of all that was frozen: `{closing.hash}`",
    ]


def _totals(totals: Totals | None) -> list[str]:
    if totals is None:
        return []
    enrolled = formatting.listed(totals.enrolled_patients, "enrolled patient")
    return [
        (
            f"• *{totals.billable_patients} of {enrolled} billable* · {formatting.listed(totals.units, 'unit')} · "
            f"expected payment *{formatting.money(totals.expected_cents)}*"
        ),
        (
            f"• Not billable, by program: {totals.blocked_programs} blocked · "
            f"{totals.programs_below_threshold} below threshold · {totals.untouched_programs} without logged time"
        ),
    ]


def _in_short(totals: Totals | None) -> str:
    if totals is None:
        return ""
    patients = formatting.listed(totals.billable_patients, "billable patient")
    return f"{patients}, {formatting.money(totals.expected_cents)}"


def _way_to_reopen(closing: Closing) -> str:
    return f"To change something in it, reopen it and say why: `{reopen_example(closing.month)}`"


def _changed(changes: CloseChanges, closing: Closing, previous: Closing, practice: Practice) -> list[str]:
    since = f"Since the close of {_when(previous.recorded_at, practice)}"
    if not changes.changes:
        return [f"*{since} nothing changed.*"]
    gained, lost = changes.count(ChangeKind.NEWLY_BILLABLE), changes.count(ChangeKind.NO_LONGER_BILLABLE)
    patients = formatting.listed(changes.patients, "patient")
    lines = [f"*{since} {patients} changed*, by program: {gained} newly billable, {lost} no longer."]
    if previous.totals and closing.totals:
        cents = (previous.totals.expected_cents, closing.totals.expected_cents)
        lines.append(f"Expected payment: {_moved(*map(formatting.money, cents))}")
    return lines


def _history(history: Sequence[Closing], practice: Practice) -> list[Block]:
    """Return the latest closes and reopens, as many as fit in one table; nothing for a month that was never closed."""
    rows = [
        (_when(one.recorded_at, practice), _ACTION_WORDS[one.action], one.recorded_by, one.reason or "")
        for one in reversed(history)
    ]
    parts = table_parts(HISTORY_COLUMNS, rows, most_rows=ROWS_PER_PAGE)
    if not parts:
        return []
    said = f"{formatting.listed(len(rows), 'close or reopen', 'closes and reopens')}, the latest first"
    if len(rows) > len(parts[0]):
        said = f"The latest {len(parts[0])} of {said}"
    return [context(said), table(HISTORY_COLUMNS, parts[0])]


def _when(at: datetime, practice: Practice) -> str:
    local = practice.local(at)
    return f"{formatting.full_day(local.date())}, {formatting.clock(local)}"


def _moved(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _minutes(figures: Figures | None) -> str:
    return str(figures.counted_minutes) if figures else "0"


def _codes(figures: Figures | None) -> str:
    return (formatting.codes(figures.codes) if figures else "") or "none"


def _cents(figures: Figures | None) -> str:
    return formatting.money(figures.expected_cents if figures else 0)
