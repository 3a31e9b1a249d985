"""The biller's list: who is billable with which codes, who is not and why; paged, never cut in silence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.closing import closed_line
from bot.views.diagnostic import diagnostic_lines, gap_button
from bot.views.forms.pickers import VALUE_CHARACTERS
from bot.views.menus import Choice, menu
from bot.views.reply import Reply, actions, context, header, paged, section, sections, table
from ledger.characters import characters
from ledger.claims.marks import in_words
from ledger.months.figures import Figures
from ledger.practice.practice import Practice
from ledger.reports.diagnostic import Diagnosis
from ledger.reports.month_lists import MonthCounts, MonthList, Untouched
from ledger.rules.statement import Group

PAGE = "month_page"
TEAM_FILTER = "month_team"
PROGRAM_FILTER = "month_program"
GROUP_FILTER = "month_status"
MONTH_FILTER = "month_month"
FILTER_WORDS = {MONTH_FILTER: "Month", TEAM_FILTER: "Team", PROGRAM_FILTER: "Program", GROUP_FILTER: "Status"}
STATEMENT = "month_statement"
ROWS_PER_PAGE = 25
REASONS_CHARACTERS = 240
"""How long the reasons of one row may be, so that a page of rows fits in a table."""
COLUMNS = ("Patient", "Program", "Minutes", "Status", "Codes, or why not", "Payment", "Date of service")

Row = Figures | Untouched


@dataclass(frozen=True, slots=True)
class MonthPage:
    """One page of the list: its ``rows`` of ``row_count``, and what they were chosen by.

    ``scope`` says whose list it is, for example the team's name; ``address`` comes back with the paging buttons.
    """

    counts: MonthCounts
    scope: str
    group: Group | None
    rows: Sequence[Row]
    row_count: int
    page: int
    address: str
    practice: Practice
    filters: Mapping[str, tuple[Sequence[Choice], str]]
    """The menus above the list by their action: the choices of each, and the value of that in force."""
    diagnosed: Sequence[Diagnosis] = ()
    """The month and those before it, for the lines above the list."""


def month_page(shown: MonthPage) -> Reply:
    """Return the page as a message.

    What was asked for in menus, the figures, the rows, and the way to each statement.
    """
    head = month_head(shown.counts, shown.practice, scope=shown.scope, group=shown.group)
    title, figures = head.blocks
    blocks: list[Block] = [title]
    menus = [
        menu(action, choices, chosen, placeholder=FILTER_WORDS[action])
        for action, (choices, chosen) in shown.filters.items()
    ]
    blocks += [actions(*menus), figures]
    if shown.diagnosed:
        blocks += [*sections(diagnostic_lines(shown.diagnosed)), actions(gap_button(shown.address))]
    if shown.rows:
        first = shown.page * ROWS_PER_PAGE + 1
        blocks.append(table(COLUMNS, [row_cells(row) for row in shown.rows], right=(2, 5)))
        blocks.append(context(f"Rows {first}–{first + len(shown.rows) - 1} of {shown.row_count}"))
        blocks += statements(shown.counts.month, [row.patient_code for row in shown.rows])
    elif shown.row_count == 0 and shown.group is None:
        blocks.append(section("Nobody is enrolled in this month, and no time was logged."))
    else:
        blocks.append(section("Nobody has this status."))
    pages = max(1, -(-shown.row_count // ROWS_PER_PAGE))
    return paged(Reply(head.text, tuple(blocks)), PAGE, shown.page, pages, {"text": shown.address})


def month_head(counts: MonthCounts, practice: Practice, *, scope: str, group: Group | None) -> Reply:
    """Return the title and the figures above the list, which always are those of the whole ``scope``."""
    title = f"{formatting.month_name(counts.month)} · {scope}"
    lines = [
        (
            f"*{counts.billable_patients} of {formatting.listed(counts.enrolled_patients, 'enrolled patient')} "
            f"billable* ({counts.capture_percent} %) · expected payment *{formatting.money(counts.expected_cents)}*"
        ),
        (
            f"Not billable, by program: {counts.programs[Group.BLOCKED]} blocked · "
            f"{counts.programs[Group.BELOW_THRESHOLD]} below threshold · "
            f"{counts.programs[Group.UNTOUCHED]} without logged time"
        ),
    ]
    lines += formatting.provisional_lines(counts.month, is_so=counts.provisional)
    if counts.closing is not None:
        lines.insert(0, closed_line(counts.closing, practice))
    if counts.claims.lines:
        sent = formatting.listed(counts.claims.lines, "claim line")
        lines.append(f"{sent} submitted: {in_words(counts.claims)} · each of them: `/ccm claims {counts.month:%Y-%m}`")
    if group is not None:
        status = formatting.GROUP_WORDS[group].lower()
        lines.append(
            f"These figures are of every status in {formatting.escaped(scope)}; the list below: {status} alone."
        )
    billable = formatting.listed(counts.billable_patients, "billable patient")
    text = f"{title}: {billable}, {formatting.money(counts.expected_cents)}"
    return Reply(text, (header(title), section("\n".join(lines))))


def statements(month: date, patient_codes: Iterable[str]) -> list[Block]:
    """Return a menu of the patients on a page, which shows the statement of the one that is chosen.

    A code that no menu holds, as an older ledger may have it, is not among them: its statement is /ccm patient CODE.
    """
    codes = dict.fromkeys(patient_codes)
    choices = [
        choice
        for code in codes
        if characters((choice := Choice(f"{code} {month:%Y-%m}", code)).value) <= VALUE_CHARACTERS
    ]
    return [actions(menu(STATEMENT, choices, placeholder="Show a statement"))] if choices else []


def listed_rows(month: MonthList, group: Group | None) -> list[Row]:
    """Return one row per patient and program: billable first, then blocked, below threshold, without time.

    With ``group``, that one alone.
    """
    groups: dict[Group, Sequence[Row]] = {
        Group.BILLABLE: month.billable,
        Group.BLOCKED: month.blocked,
        Group.BELOW_THRESHOLD: month.below,
        Group.UNTOUCHED: month.untouched,
    }
    return [row for name, rows in groups.items() if group in {None, name} for row in rows]


def row_cells(row: Row) -> tuple[str, ...]:
    """Return the cells of one row."""
    if isinstance(row, Untouched):
        return (
            row.patient_code,
            row.program.value,
            "0",
            formatting.GROUP_WORDS[Group.UNTOUCHED],
            "no time logged",
            "",
            "",
        )
    dates = sorted({line.date_of_service for line in row.codes})
    return (
        row.patient_code,
        row.program.value,
        str(row.counted_minutes),
        formatting.STATUS_WORDS[row.status],
        formatting.codes(row.codes) or why_not(row),
        formatting.money(row.expected_cents) if row.codes else "",
        ", ".join(f"{on:%Y-%m-%d}" for on in dates),
    )


def why_not(figures: Figures) -> str:
    """Return why a program has no code, in a few words.

    Where the reasons are many, the first and how many more there are.
    """
    reasons = [blocker.text.rstrip(".") for blocker in figures.blockers]
    if not reasons:
        reasons = [f"{step.minutes_missing} min to {step.code}" for step in figures.next[:1]]
    if figures.excluded_minutes:
        reasons.append(f"{figures.excluded_minutes} min do not count")
    ends = accumulate(characters(reason) + 2 for reason in reasons)
    said = max(1, sum(end <= REASONS_CHARACTERS for end in ends))
    more = [f"and {len(reasons) - said} more: /ccm patient {figures.patient_code}"] if reasons[said:] else []
    return "; ".join([*reasons[:said], *more])
