"""My own work: what I logged in a stretch of days, what of it counts, and what I still miss."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.forms.corrections import entry_menu
from bot.views.reply import Reply, context, header, paged, section, table, table_parts
from ledger.reports.own_entries import OwnEntry

PAGE = "me_page"
ROWS_PER_PAGE = 25
COLUMNS = ("Entry", "Date", "What", "Minutes", "Counted", "Still missing")


def own_pages(
    entries: Sequence[OwnEntry],
    *,
    title: str,
    near_patients: int,
    scope: str,
    address: Mapping[str, Any],
    may_correct: bool,
) -> list[Reply]:
    """Return the entries as one page, or more where they are many; voided ones are counted, not listed.

    Those who ``may_correct`` choose an entry of the page from a menu: a table can hold no buttons.
    ``near_patients`` of ``scope`` are short of a code; ``address`` comes back with the paging buttons.
    """
    live = [entry for entry in entries if not entry.voided]
    logged = sum(entry.result.duration_minutes for entry in live)
    counted = sum(entry.result.counted_minutes for entry in live)
    lines = [f"*{formatting.minutes(counted)} counted* of {logged} logged"]
    if len(live) < len(entries):
        lines.append(f"{formatting.listed(len(entries) - len(live), 'voided entry', 'voided entries')} not listed")
    lines += _to_do(live, near_patients, scope)
    top: list[Block] = [header(title), section("\n".join(lines))]
    text = f"{title}: {counted} of {formatting.minutes(logged)} counted."
    parts = table_parts(COLUMNS, [_row(entry) for entry in live], most_rows=ROWS_PER_PAGE)
    if not parts:
        return [Reply(text, (*top, section("No time was logged.")))]
    count = context(formatting.listed(len(live), "entry", "entries"))
    pages, begin = [], 0
    for part in parts:
        menu = [_menu(live[begin : begin + len(part)])] if may_correct else []
        pages.append(Reply(text, (*top, table(COLUMNS, part, right=(3, 4)), count, *menu)))
        begin += len(part)
    return [paged(reply, PAGE, page, len(pages), address) for page, reply in enumerate(pages)]


def _menu(listed: Sequence[OwnEntry]) -> Block:
    return entry_menu(
        [(entry.name, f"{formatting.day(entry.result.date_of_service)} · {length_and_what(entry)}") for entry in listed]
    )


def length_and_what(entry: OwnEntry) -> str:
    """Return ``12 min · medication management, live call``."""
    return f"{entry.result.duration_minutes} min · {formatting.what(entry.activity, entry.contact)}"


def _to_do(live: Sequence[OwnEntry], near_patients: int, scope: str) -> list[str]:
    thin = [entry for entry in live if entry.note_advice]
    lines = []
    if thin:
        need = f"{formatting.listed(len(thin), 'note')} would not hold before an auditor"
        lines.append(f"{need}. Add to them, for example: `/ccm add {thin[0].name} What was found and decided.`")
    if near_patients:
        lines.append(
            f"{formatting.listed(near_patients, 'patient')} near the next code "
            f"({formatting.escaped(scope)}): `/ccm near`"
        )
    return lines


def _row(entry: OwnEntry) -> tuple[str, ...]:
    result = entry.result
    when = formatting.when(result.date_of_service, entry.started_at, entry.ended_at)
    missing = [*formatting.not_counted(result.excluded), *([entry.note_advice] if entry.note_advice else [])]
    minutes = f"{result.duration_minutes} {result.program}"
    return (
        entry.name,
        when,
        formatting.what(entry.activity, entry.contact),
        minutes,
        str(result.counted_minutes),
        "; ".join(missing),
    )
