"""The biller's part: the month so far, what blocks it, and whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.closing import closed_line
from bot.views.home.place import Place, turns
from bot.views.menus import Choice, menu
from bot.views.reply import actions, button, divider, nearest_page, page_count, sections
from ledger.claims.marks import in_words
from ledger.claims.states import ClaimTotals
from ledger.months.closed_months import Closing
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Blocked, BlockedPatient, MonthCounts
from ledger.rules.catalogue import RULES_BY_NAME
from ledger.rules.statement import Group

BLOCKER = "home_blocker"
HIDE = "home_hide"
ROWS = 25


@dataclass(frozen=True, slots=True)
class Billing:
    """The month's numbers, its blockers with the patients of the one that was asked for, and the last closed month.

    ``to_close`` is the last month that ended, where it is not closed.
    """

    counts: MonthCounts
    blocked: Blocked
    practice: Practice
    last_closed: Closing | None = None
    to_close: date | None = None
    claims: Mapping[date, ClaimTotals] = field(default_factory=dict)
    """What was submitted of each month, the latest first."""


def billing_blocks(billing: Billing, place: Place) -> list[Block]:
    """Return the part as blocks: the month so far, its blockers, and behind them the months before it."""
    before = sections(_months_before(billing))
    return [divider(), *sections(_so_far(billing.counts)), *_blockers(billing, place), *before]


def _so_far(counts: MonthCounts) -> list[str]:
    enrolled = formatting.listed(counts.enrolled_patients, "enrolled patient")
    return [
        (
            f"*{formatting.month_name(counts.month)} so far, all teams* · {counts.billable_patients} of {enrolled} "
            f"billable ({counts.capture_percent} %) · expected payment *{formatting.money(counts.expected_cents)}*"
        ),
        (
            f"By program: {counts.programs[Group.BLOCKED]} blocked · "
            f"{counts.programs[Group.BELOW_THRESHOLD]} below threshold · "
            f"{counts.programs[Group.UNTOUCHED]} without logged time · all of them: `/ccm month`"
        ),
        *formatting.provisional_lines(counts.month, is_so=counts.provisional),
    ]


def _months_before(billing: Billing) -> list[str]:
    lines = []
    if billing.to_close is not None:
        month = billing.to_close
        lines.append(f"*{formatting.month_name(month)}* is not closed yet: `/ccm close {month:%Y-%m}`")
    lines += [
        f"*Claims of {formatting.month_name(month)}* · {in_words(totals)} · `/ccm claims {month:%Y-%m}`"
        for month, totals in billing.claims.items()
    ]
    closing = billing.last_closed
    if closing is not None and closing.totals is not None:
        totals = closing.totals
        lines += [
            (
                f"*Last closed month: {formatting.month_name(closing.month)}* · {totals.billable_patients} of "
                f"{formatting.listed(totals.enrolled_patients, 'enrolled patient')} billable · "
                f"expected payment *{formatting.money(totals.expected_cents)}*"
            ),
            f"{closed_line(closing, billing.practice)} All of it: `/ccm month {closing.month:%Y-%m}`",
        ]
    return lines


def _blockers(billing: Billing, place: Place) -> list[Block]:
    counts = dict(billing.blocked.counts)
    if not counts:
        return sections(["No patient is blocked."])
    lines = [f"*Blocked* · {formatting.listed(billing.blocked.programs, 'program')} of patients, by what blocks them"]
    lines += [f"• *{count}* · {formatting.escaped(RULES_BY_NAME[name].words)}" for name, count in counts.items()]
    choices = [
        Choice(place.opening(name).to_value(), f"{count} · {RULES_BY_NAME[name].words}")
        for name, count in counts.items()
    ]
    opened = place.opened if place.opened in counts else ""
    chosen = place.opening(opened).to_value() if opened else ""
    blocks: list[Block] = [
        *sections(lines),
        actions(menu(BLOCKER, choices, chosen, placeholder="Show patients")),
    ]
    if opened:
        patients = billing.blocked.patients
        page = nearest_page(place.opened_page, len(patients), ROWS)
        title = f"*{formatting.escaped(RULES_BY_NAME[opened].words)}* Each patient with the way to clear it:"
        blocks += sections([title, *map(_blocked, patients[page * ROWS : (page + 1) * ROWS])])
        blocks += turns(place, "opened_page", page, page_count(len(patients), ROWS))
        blocks.append(actions(button("Hide them", HIDE, place.opening("").to_dict())))
    return blocks


def _blocked(patient: BlockedPatient) -> str:
    remedy = formatting.about_patient(patient.remedy, patient.patient_code, patient.program)
    standing = f"*{patient.patient_code}* · {patient.program} · {formatting.minutes(patient.counted_minutes)}"
    return f"• {standing} · {formatting.escaped(remedy)}"
