"""The answers to a fact: what was recorded and what it changed, or what is missing."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.fact_buttons import list_button, undo_button
from bot.views.receipt import blocked, next_step
from bot.views.reply import Reply, actions, context, sections
from ledger.months.closed_months import reopen_example
from ledger.months.figures import Figures
from ledger.recording.facts import FactReceipt, FigureChange, Outcome

MONTHS_SHOWN = 6
_TITLES = {
    Outcome.RECORDED: "Recorded",
    Outcome.REVISED: "Recorded anew",
    Outcome.KNOWN: "Known already",
    Outcome.WITHDRAWN: "Withdrawn",
    Outcome.WITHDRAWN_BEFORE: "Withdrawn already",
    Outcome.UNDONE: "Undone",
}
_NOTHING_ADDED = "The ledger has it so already; nothing was added."
_KEPT = "It stays on record as withdrawn, with who recorded and who withdrew it."
_REMARKS = {
    Outcome.REVISED: "This holds in place of what was recorded of it before, which is kept.",
    Outcome.KNOWN: _NOTHING_ADDED,
    Outcome.WITHDRAWN: _KEPT,
    Outcome.WITHDRAWN_BEFORE: _NOTHING_ADDED,
}


def fact_receipt(
    receipt: FactReceipt, said: Iterable[str], *, in_place_of: Iterable[str] = (), is_in_modal: bool = False
) -> Reply:
    """Return the answer to a recorded fact: what it says, the programs before and after, and what still blocks them.

    ``said`` is the fact in words, part by part, as its command says it; empty parts are left out. ``in_place_of`` is
    likewise one that was withdrawn for it. In a modal there is no way on to the list: it has pages, which need a
    message.
    """
    fact = receipt.fact
    kind = " ".join(fact.kind.split("_"))
    is_undoable = bool(receipt.stored) and receipt.outcome is not Outcome.UNDONE
    lines = [" · ".join([f"*{_TITLES[receipt.outcome]}*", f"*{fact.patient_code}*", _in_line(said)])]
    lines += _changes(receipt.changes)
    lines += map(_stays_closed, receipt.closed_months[:MONTHS_SHOWN])
    if receipt.closed_months[MONTHS_SHOWN:]:
        more = formatting.listed(len(receipt.closed_months[MONTHS_SHOWN:]), "earlier month")
        lines.append(f"Closed and as before: {more} too.")
    remarks = (
        [f"In place of: {formatting.escaped(before)}. That is withdrawn."] if (before := _in_line(in_place_of)) else []
    )
    if receipt.outcome is Outcome.UNDONE:
        remarks.append(_KEPT if fact.withdrawn else "So it stands again; what was undone is kept.")
    remarks += [_REMARKS[receipt.outcome]] if receipt.outcome in _REMARKS else []
    if receipt.replayed:
        remarks.append("This request had already been saved; nothing was saved twice.")
    buttons = [undo_button(receipt.stored)] if is_undoable else []
    buttons += [] if is_in_modal else [list_button(fact.patient_code)]
    blocks: list[Block] = [*sections(lines), *map(context, remarks), *([actions(*buttons)] if buttons else [])]
    text = f"{_TITLES[receipt.outcome]}: {fact.patient_code}, {kind}."
    return Reply(text, tuple(blocks), frozenset({fact.patient_code}))


def _in_line(said: Iterable[str]) -> str:
    return " · ".join(filter(None, said))


def _stays_closed(month: date) -> str:
    return (
        f"*{formatting.month_name(month)} is closed*: its statement stays as it was until a biller reopens it: "
        f"`{reopen_example(month)}`"
    )


def _changes(changes: Sequence[FigureChange]) -> list[str]:
    """Return the programs by month, with what still blocks them; of the latest ``MONTHS_SHOWN`` months."""
    by_month: dict[date, list[str]] = {}
    for change in changes:
        lines = by_month.setdefault(_either(change).month, [])
        lines += [_change(change), *_blockers(change.after)]
    if not by_month:
        return ["Enrolled in no program this month, so nothing can be billed yet."]
    months = list(by_month)
    shown = [
        line for month in months[:MONTHS_SHOWN] for line in (f"*{formatting.month_name(month)}*", *by_month[month])
    ]
    if months[MONTHS_SHOWN:]:
        shown.append(f"{formatting.listed(len(months[MONTHS_SHOWN:]), 'earlier month')} changed too.")
    return shown


def _change(change: FigureChange) -> str:
    """Return ``CCM: blocked → billable, 99490 ($66.13) · 0 → 24 minutes · 16 more for 99439 ($50.44)``."""
    before, after = _state(change.before), _state(change.after)
    program = _either(change).program
    minutes_before = change.before.counted_minutes if change.before else 0
    minutes = formatting.minutes(change.after.counted_minutes) if change.after else formatting.minutes(0)
    if change.after and minutes_before != change.after.counted_minutes:
        minutes = f"{minutes_before} → {minutes}"
    moved = f"{before} → *{after}*" if before != after else f"{after}, as before"
    steps = [next_step(step) for step in change.after.next] if change.after else []
    return " · ".join([f"• {program}: {moved}", minutes, *steps])


def _state(figures: Figures | None) -> str:
    if figures is None:
        return "not enrolled"
    status = formatting.STATUS_WORDS[figures.status].lower()
    if not figures.codes:
        return status
    return f"{status}, {formatting.codes(figures.codes)} ({formatting.money(figures.expected_cents)})"


def _blockers(figures: Figures | None) -> list[str]:
    """Return what still keeps the program from being billed, each with the way to clear it."""
    if figures is None:
        return []
    return [blocked(blocker, figures.patient_code, figures.program) for blocker in figures.blockers]


def _either(change: FigureChange) -> Figures:
    """Return the figures after the change, or those before where there are none after."""
    figures = change.after or change.before
    if figures is None:
        raise ValueError("a change has figures before or after it")
    return figures
