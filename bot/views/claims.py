"""Claim lines: a month's list with what became of each, the form that records it, and its receipt."""

import json
from collections.abc import Mapping
from datetime import date

from bot.views import formatting
from bot.views.blocks import Block, View, input_block, modal, number_field
from bot.views.forms.inputs import INPUT, FormValues, date_input, radio_input, text_input
from bot.views.forms.pickers import VALUE_CHARACTERS
from bot.views.menus import Choice, menu
from bot.views.reply import Reply, actions, context, header, nearest_page, page_count, paged, section, sections, table
from ledger.characters import characters
from ledger.claims.marks import REASON_CHARACTERS, MarkReceipt, in_words
from ledger.claims.states import Change, ClaimList, ClaimStatus, ListedLine, Mark, totals_of_marks
from ledger.practice.practice import Practice

PAGE = "claims_page"
PICK_LINE = "claims_line"
CALLBACK = "claims_form_submitted"
STATUS, ON, PAID, REASON = "status", "on", "paid", "reason"
"""The inputs of the form."""
ROWS_PER_PAGE = 25
COLUMNS = ("Patient", "Code", "Units", "Date of service", "Payment", "Since the last export", "Payer")
STATUS_WORDS: Mapping[ClaimStatus, str] = {
    ClaimStatus.OPEN: "to be submitted",
    ClaimStatus.SUBMITTED: "submitted",
    ClaimStatus.PAID: "paid",
    ClaimStatus.DENIED: "denied",
}
_OFFERED = [
    (ClaimStatus.SUBMITTED.value, "Submitted to the payer"),
    (ClaimStatus.PAID.value, "Paid"),
    (ClaimStatus.DENIED.value, "Denied"),
    (ClaimStatus.OPEN.value, "Not submitted after all"),
]


def exporting_now(month: date) -> Reply:
    """Return what is said while every statement of the month (its first day) is evaluated."""
    text = f"The claim lines of {formatting.month_name(month)} are being prepared. The files come as a direct message."
    return Reply(text, (section(formatting.escaped(text)),))


def claims_page(claims: ClaimList, practice: Practice, *, page: int, is_closed: bool) -> Reply:
    """Return page ``page`` (from 0) of a month's lines, the figures of all, and a menu to record what became of one."""
    page = nearest_page(page, len(claims.lines), ROWS_PER_PAGE)
    shown = claims.lines[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
    head = claims_head(claims, practice, is_closed=is_closed)
    blocks = [*head.blocks]
    if shown:
        first = page * ROWS_PER_PAGE + 1
        blocks.append(table(COLUMNS, [line_cells(one) for one in shown], right=(2, 4)))
        blocks.append(context(f"Lines {first}–{first + len(shown) - 1} of {len(claims.lines)}"))
        choices = [choice for one in shown if characters((choice := _choice(one)).value) <= VALUE_CHARACTERS]
        if choices:
            blocks.append(actions(menu(PICK_LINE, choices, placeholder="Submitted, paid or denied…")))
    address = {"text": f"{claims.month:%Y-%m}"}
    return paged(Reply(head.text, tuple(blocks)), PAGE, page, page_count(len(claims.lines), ROWS_PER_PAGE), address)


def claims_head(claims: ClaimList, practice: Practice, *, is_closed: bool) -> Reply:
    """Return the title and the figures above the list."""
    title = f"Claims · {formatting.month_name(claims.month)}"
    if not claims.lines:
        return Reply(title, (header(title), section("No line: nothing is billable, and nothing was exported.")))
    count, expected = formatting.listed(len(claims.lines), "line"), formatting.money(claims.expected_cents)
    lines = [
        f"*{count}* · expected payment *{expected}* · {claims.to_submit} to be submitted",
        f"{changes_words(claims)} · {_last_export(claims, practice)}",
    ]
    totals = totals_of_marks(one.mark for one in claims.lines if one.mark)
    if totals.lines:
        lines.append(f"At the payer: {in_words(totals)}")
    if claims.lacking:
        lines.append(f"*A payer would send lines back:* {formatting.escaped(formatting.some_of(claims.lacking, 5))}")
    if claims.count(Change.CORRECTION):
        lines.append(
            "A *correction* was submitted and is something else now. Correct it at the payer, then mark it submitted "
            "again, or open where it is not billed any more."
        )
    if not is_closed:
        month = f"{claims.month:%Y-%m}"
        lines.append(
            f"{formatting.month_name(claims.month)} is not closed: lines may still change. `/ccm close {month}`"
        )
    return Reply(f"{title}: {changes_words(claims)}", (header(title), *sections(lines)))


def changes_words(claims: ClaimList) -> str:
    """Return ``3 new, 1 changed, 12 as before``."""
    counts = [(claims.count(change), change) for change in Change]
    return ", ".join(f"{count} {_counted(count, change)}" for count, change in counts if count) or "no lines"


def _counted(count: int, change: Change) -> str:
    return "corrections" if change is Change.CORRECTION and count > 1 else change.value


def _last_export(claims: ClaimList, practice: Practice) -> str:
    if claims.export is None:
        return "never exported"
    at = practice.local(claims.export.recorded_at)
    by = formatting.escaped(claims.export.recorded_by)
    return f"export {claims.export.number}: {formatting.full_day(at.date())}, {formatting.clock(at)} by {by}"


def line_cells(one: ListedLine) -> tuple[str, ...]:
    """Return the cells of one line."""
    line = one.line
    what = f"{one.change.value}: {one.what_changed}" if one.what_changed else one.change.value
    payment = "unknown" if line.expected_cents is None else formatting.money(line.expected_cents)
    return (
        line.patient_code,
        line.code,
        str(line.units),
        _days(line.from_date, line.to_date),
        payment,
        what,
        _payer(one),
    )


def _days(first: date, last: date) -> str:
    return f"{last}" if first == last else f"{first} to {last}"


def _payer(one: ListedLine) -> str:
    if one.mark is None or not one.mark.is_claimed:
        return "–" if one.is_gone else STATUS_WORDS[one.status]
    return mark_words(one.mark)


def mark_words(mark: Mark) -> str:
    """Return ``paid $64.13 on 2026-11-18`` or ``denied on 2026-11-18: CO-97``."""
    if not mark.is_claimed:
        return STATUS_WORDS[mark.status]
    amount = f" {formatting.money(mark.paid_cents)}" if mark.status is ClaimStatus.PAID else ""
    reason = f": {mark.reason}" if mark.reason else ""
    return f"{STATUS_WORDS[mark.status]}{amount} on {mark.on_date}{reason}"


def _choice(one: ListedLine) -> Choice:
    line = one.line
    return Choice(
        f"{line.key} {line.month:%Y-%m} {line.patient_code}", f"{line.patient_code} · {line.code} · {_payer(one)}"
    )


def mark_form(one: ListedLine, address: str, today: date, values: FormValues | None = None) -> View:
    """Return the form that records what became of a line; ``address`` comes back with it."""
    filled = values or {STATUS: _next_status(one), ON: today.isoformat()}
    line = one.line
    said = (
        f"*{formatting.escaped(line.patient_code)}* · {line.code} × {line.units} · "
        f"{_days(line.from_date, line.to_date)} · now: {formatting.escaped(_payer(one))}"
    )
    amount = number_field(INPUT, filled.get(PAID), is_decimal_allowed=True, least="0")
    blocks: list[Block] = [
        section(said),
        radio_input(STATUS, "What became of it", filled, _OFFERED),
        date_input(ON, "On", filled),
        input_block(PAID, "Paid, in dollars", amount, hint="Empty: as expected. Only where it is paid.", optional=True),
        text_input(
            REASON,
            "The payer's reason",
            filled,
            most_characters=REASON_CHARACTERS,
            hint="Only where it is denied, for example CO-97.",
            optional=True,
        ),
    ]
    return modal(
        "Claim line", blocks, callback_id=CALLBACK, private_metadata=json.dumps({"line": address}), submit="Save"
    )


def _next_status(one: ListedLine) -> str:
    is_at_payer = one.status is ClaimStatus.SUBMITTED and one.change is not Change.CORRECTION
    return (ClaimStatus.PAID if is_at_payer else ClaimStatus.SUBMITTED).value


def marked(receipt: MarkReceipt, now: ListedLine | None) -> Reply:
    """Return what is recorded of the line, and whether it still is a correction: ``now`` is how it is listed."""
    line = receipt.mark.line
    name = f"{line.patient_code} · {line.code} · {formatting.month_name(line.month)}"
    words = formatting.escaped(mark_words(receipt.mark))
    if not receipt.is_new:
        return Reply(f"Nothing to change: {name}.", (section(f"*{formatting.escaped(name)}* is so already: {words}"),))
    lines = [f"*Saved* · *{formatting.escaped(name)}*", f"Before: {STATUS_WORDS[receipt.before]}", f"Now: *{words}*"]
    if now is not None and now.change is Change.CORRECTION:
        lines.append(f"It is something else than what was submitted: {formatting.escaped(now.what_changed)}")
        lines.append(f"Export it first, then mark it submitted again: `/ccm claims {line.month:%Y-%m}`")
    return Reply(f"Saved: {name}.", tuple(sections(lines)), frozenset({line.patient_code}))
