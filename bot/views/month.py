"""The biller's list: who is billable with which codes, who is not and why; paged, never cut in silence."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.views import words
from bot.views.reply import Reply, context, header, paged, section, table, table_parts
from ledger.figures import Figures
from ledger.worklists import MonthList, Untouched

PAGE = "month_page"
ROWS_PER_PAGE = 25
COLUMNS = ("Patient", "Program", "Minutes", "Status", "Codes, or why not", "Payment", "Date of service")


def month_page(month: MonthList, *, scope: str, page: int, address: dict[str, Any], with_rows: bool = True) -> Reply:
    """Page ``page`` (from 0) of the list; ``address`` comes back with the paging buttons.

    ``scope`` says whose list it is, for example the team's name; without ``with_rows`` it is the figures above the
    list alone.
    """
    rows = month_rows(month)
    pages = table_parts(COLUMNS, rows, most_rows=ROWS_PER_PAGE) or [[]]
    page = min(max(page, 0), len(pages) - 1)
    shown = pages[page]
    title = f"{words.month_name(month.month)} · {scope}"
    blocks: list[Block] = [header(title), section("\n".join(totals(month)))]
    text = f"{title}: {words.listed(month.billable_patients, 'billable patient')}, {words.money(month.expected_cents)}"
    if not with_rows:
        return Reply(text, tuple(blocks))
    if shown:
        blocks.append(table(COLUMNS, shown, right=(2, 5)))
        first = sum(map(len, pages[:page])) + 1
        blocks.append(context(f"Rows {first}–{first + len(shown) - 1} of {len(rows)}"))
    else:
        blocks.append(section("Nobody is enrolled in this month, and no time was logged."))
    return paged(Reply(text, tuple(blocks)), PAGE, page, len(pages), address)


def totals(month: MonthList) -> list[str]:
    """The figures above the list, as lines of mrkdwn."""
    return [
        (
            f"*{month.billable_patients} of {words.listed(month.enrolled_patients, 'enrolled patient')} billable* "
            f"({month.capture_percent} %) · expected payment *{words.money(month.expected_cents)}*"
        ),
        (
            f"Not billable, by program: {len(month.blocked)} blocked · {len(month.below)} below threshold · "
            f"{len(month.untouched)} without logged time"
        ),
    ]


def month_rows(month: MonthList) -> list[tuple[str, ...]]:
    """One row per patient and program: billable first, then blocked, below threshold, without time."""
    groups: Sequence[Sequence[Figures]] = (month.billable, month.blocked, month.below)
    return [_row(figures) for group in groups for figures in group] + [_untouched(one) for one in month.untouched]


def _row(figures: Figures) -> tuple[str, ...]:
    dates = sorted({line.date_of_service for line in figures.codes})
    return (
        figures.patient_code,
        figures.program.value,
        str(figures.counted_minutes),
        words.STATUS_WORDS[figures.status],
        words.codes(figures.codes) or why_not(figures),
        words.money(figures.expected_cents) if figures.codes else "",
        ", ".join(f"{on:%Y-%m-%d}" for on in dates),
    )


def why_not(figures: Figures) -> str:
    """Why a program has no code, in a few words."""
    reasons = [blocker.text.rstrip(".") for blocker in figures.blockers]
    if not reasons:
        reasons = [f"{step.minutes_missing} min to {step.code}" for step in figures.next[:1]]
    if figures.excluded_minutes:
        reasons.append(f"{figures.excluded_minutes} min do not count")
    return "; ".join(reasons)


def _untouched(patient: Untouched) -> tuple[str, ...]:
    return (patient.patient_code, patient.program.value, "0", "No time logged", "no time logged", "", "")
