"""The statement as a person reads it: minutes, codes, what is missing, every entry counted or excluded and why."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.fact_buttons import clearing_buttons, list_button
from bot.views.menus import Choice, menu
from bot.views.receipt import blocked, next_step
from bot.views.reply import Reply, actions, context, header, paged, section, sections, table, table_parts
from ledger.recording.stored_entries import Correction
from ledger.rules.facts import PatientMonth, TimeEntry
from ledger.rules.statement import Alternative, EntryResult, ProgramStatement, Statement

PAGE = "patient_page"
MONTH_FILTER = "patient_month"
ROWS_PER_PAGE = 25
COLUMNS = ("Entry", "Date", "Who", "What", "Minutes", "Counted", "Why not")


def statement_pages(
    patient_code: str,
    team: str,
    facts: PatientMonth,
    statement: Statement,
    *,
    corrections: Mapping[int, Correction],
    staff: Callable[[str], str],
    address: Mapping[str, Any],
    may: Callable[[str], bool] = lambda _command: False,
    told: Callable[[str], str] = str,
    months: Sequence[date] = (),
    closed: str = "",
    history: Sequence[str] = (),
    recorded: Sequence[str] = (),
) -> list[Reply]:
    """Return the statement of one patient-month: one page, or more where the entries are many.

    ``corrections`` are those of the entries, by number; ``staff`` says how a staff member is called; ``address``
    comes back with the paging buttons. What its reader ``may`` record to clear a blocker has a button. ``months`` are
    others to choose from, the latest first. ``closed`` says when the month was closed; nothing is cleared in it then.
    ``history`` says what of the patient changed from which day.
    ``recorded`` are lines about the facts behind it. ``told`` says a remedy as its reader is told it.
    """
    title = f"{patient_code} · {formatting.month_name(statement.month)} · {team}"
    lines = [line for part in statement.programs for line in _program(part, patient_code, told)]
    if not statement.programs:
        lines = ["Enrolled in no program this month, and no time was logged."]
    entries = {entry.number: entry for entry in facts.entries}
    rows = [_row(result, entries[result.number], corrections.get(result.number), staff) for result in statement.entries]
    in_the_way = [(blocker.name, part.program) for part in statement.programs for blocker in part.blockers]
    top: list[Block] = [
        header(title),
        *_other_months(patient_code, statement.month, months),
        *sections([closed] if closed else []),
        *sections(lines),
        *sections(["*What changed over time*", *history] if history else []),
        *([] if closed else clearing_buttons(patient_code, in_the_way, may)),
        *sections(recorded),
        actions(list_button(patient_code)),
    ]
    book = f"rulebook {statement.rulebook_name}{', provisionally' if statement.provisional else ''}"
    count = context(f"{formatting.listed(len(rows), 'entry', 'entries')} · {book}")
    text = f"{title}: {_summary(statement)}"
    parts = table_parts(COLUMNS, rows, most_rows=ROWS_PER_PAGE)
    if not parts:
        return [Reply(text, (*top, section("No time was logged this month."), count))]
    pages = [Reply(text, (*top, table(COLUMNS, part, right=(4, 5)), count)) for part in parts]
    return [paged(reply, PAGE, page, len(pages), address) for page, reply in enumerate(pages)]


def _other_months(patient_code: str, shown: date, months: Sequence[date]) -> list[Block]:
    """Return a menu of the months, where there are others than the one shown."""
    offered = sorted({shown, *months}, reverse=True)
    if len(offered) == 1:
        return []
    choices = [Choice(f"{patient_code} {month:%Y-%m}", formatting.month_name(month)) for month in offered]
    return [actions(menu(MONTH_FILTER, choices, f"{patient_code} {shown:%Y-%m}", placeholder="Month"))]


def _summary(statement: Statement) -> str:
    parts = [
        f"{part.program} {formatting.minutes(part.counted_minutes)}, {formatting.STATUS_WORDS[part.status].lower()}"
        for part in statement.programs
    ]
    return "; ".join(parts) or "no program"


def _program(part: ProgramStatement, patient_code: str, told: Callable[[str], str]) -> list[str]:
    who = (
        f" ({part.staff_minutes} staff, {part.practitioner_minutes} practitioner)" if part.practitioner_minutes else ""
    )
    lines = [
        (
            f"*{part.program} · {formatting.STATUS_WORDS[part.status]}* · "
            f"{formatting.minutes(part.counted_minutes)} counted{who}"
        ),
    ]
    for line in part.codes:
        worth = formatting.money(line.amount_cents) if line.payment_known else "payment unknown"
        units = f"{line.units} × " if line.units > 1 else ""
        lines.append(f"• {units}*{line.code}* · {worth} · date of service {line.date_of_service:%Y-%m-%d}")
    if part.codes:
        lines.append(f"Expected payment: *{formatting.money(part.expected_cents)}*")
    if part.codes and part.why:
        lines.append(formatting.escaped(part.why))
    if part.next:
        lines.append(f"Next: {', '.join(map(next_step, part.next))}")
    lines += [blocked(blocker, patient_code, part.program, told) for blocker in part.blockers]
    lines += map(_alternative, part.alternatives)
    lines += [
        f"An auditor may ask ({warning.code}): {formatting.escaped(warning.text)}{_entry_list(warning.entries)}"
        for warning in part.warnings
    ]
    return [*lines, " "]


def _alternative(alternative: Alternative) -> str:
    why_not = formatting.escaped(alternative.why_not)
    if not alternative.codes:
        return f"Not open: {formatting.family(alternative.family)}: {why_not}"
    return f"Not taken: {formatting.codes(alternative.codes)} ({formatting.money(alternative.amount_cents)}): {why_not}"


def _entry_list(numbers: tuple[int, ...]) -> str:
    return f" (entries {', '.join(map(str, numbers))})" if numbers else ""


def _row(
    result: EntryResult, entry: TimeEntry, corrected: Correction | None, staff: Callable[[str], str]
) -> tuple[str, ...]:
    what = formatting.what(entry.activity, entry.contact)
    if corrected and corrected.replaces_position:
        what = f"{what} (replaces #{corrected.replaces_position})"
    if corrected and corrected.addenda:
        what = f"{what} ({formatting.listed(corrected.addenda, 'addendum', 'addenda')})"
    when = formatting.when(result.date_of_service, entry.started_at, entry.ended_at)
    why_not = "; ".join(formatting.not_counted(result.excluded))
    if corrected and corrected.void_reason:
        why_not = f"{why_not}: {corrected.void_reason}"
    counted = str(result.counted_minutes)
    minutes = f"{result.duration_minutes} {result.program}"
    return (f"#{result.number}", when, staff(entry.staff_id), what, minutes, counted, why_not)
