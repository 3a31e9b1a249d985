"""The App Home: what matters to this person today, by role. Codes and minutes, no notes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from bot.views import words
from bot.views.reply import actions, button, context, header, sections
from ledger.worklists import MonthList, NearPatient, Worklist

LOG = "home_log"
REFRESH = "home_refresh"
PAGE = "home_page"
ROWS_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Day:
    """What the Home tab shows. A part that is None is not shown to this person."""

    today: date
    business_days_left: int
    scope: str
    may_log: bool
    near: Worklist | None
    month: MonthList | None
    next_digest: str | None


def home_view(day: Day, *, page: int = 0) -> dict[str, Any]:
    """The view to be published; the near list stands on page ``page`` (from 0)."""
    buttons = [button("Log time", LOG, "", style="primary")] if day.may_log else []
    blocks: list[Block] = [
        header(f"{words.day(day.today)} · {day.scope}"),
        actions(*buttons, button("Refresh", REFRESH, 0)),
        context(f"{words.listed(day.business_days_left, 'business day')} left in {day.today:%B}."),
    ]
    if day.near is not None:
        blocks += _near(day.near, page)
    if day.month is not None:
        blocks += _month(day.month)
    if day.next_digest is not None:
        blocks += [DividerBlock(), *sections([f"*Next digest:* {day.next_digest}. Preview: `/ccm digest`"])]
    return View(type="home", blocks=blocks).to_dict()


def _near(near: Worklist, page: int) -> list[Block]:
    """One line a patient; the pages have 25."""
    lines = [_line(patient) for patient in near.near]
    pages = max(1, -(-len(lines) // ROWS_PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = lines[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
    title = f"*One short call away* · {words.listed(len(lines), 'patient')} · worth {words.money(near.worth_cents)}"
    blocks: list[Block] = [
        DividerBlock(),
        *sections([title, *(shown or ["Nobody is within 5 minutes of the next code."])]),
    ]
    turns = (("Previous page", "previous", page - 1), ("Next page", "next", page + 1))
    buttons = [button(label, f"{PAGE}_{name}", to) for label, name, to in turns if 0 <= to < pages]
    if buttons:
        blocks += [context(f"Page {page + 1} of {pages}"), actions(*buttons)]
    if near.blocked:
        blocks.append(context(f"{words.listed(len(near.blocked), 'patient')} near but blocked: `/ccm near`"))
    return blocks


def _line(patient: NearPatient) -> str:
    figures, step = patient.figures, patient.threshold
    worth = words.money(step.amount_cents) if step.amount_cents else "payment unknown"
    return (
        f"• *{figures.patient_code}* · {figures.program} · {words.minutes(figures.counted_minutes)} · "
        f"{step.minutes_missing} more for {step.code} ({worth})"
    )


def _month(month: MonthList) -> list[Block]:
    so_far = (
        f"*{words.month_name(month.month)} so far* · {month.billable_patients} of "
        f"{words.listed(month.enrolled_patients, 'enrolled patient')} billable ({month.capture_percent} %) · "
        f"expected payment {words.money(month.expected_cents)}"
    )
    lines = [
        so_far,
        f"{len(month.below)} below threshold · {len(month.untouched)} without logged time",
        *_blockers(month),
    ]
    return [DividerBlock(), *sections(lines)]


def _blockers(month: MonthList) -> Sequence[str]:
    counts = Counter(blocker.name for figures in month.blocked for blocker in figures.blockers)
    if not counts:
        return ["No patient is blocked."]
    listed = " · ".join(f"{name}: {count}" for name, count in counts.most_common())
    return [f"Blocked: {words.listed(len(month.blocked), 'program')} of patients – {listed}. Who: `/ccm month`"]
