"""The biller's part: the month so far, what blocks it, and whom."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock

from bot.views import words
from bot.views.home.place import Place, nearest_page, page_count, turns
from bot.views.menus import Choice, menu
from bot.views.reply import actions, button, sections
from ledger.overviews import Blocked, BlockedPatient, Group, MonthCounts
from ledger.rules.catalogue import CATALOGUE

BLOCKER = "home_blocker"
HIDE = "home_hide"
ROWS = 25


@dataclass(frozen=True, slots=True)
class Billing:
    """The month's numbers, and its blockers with the patients of the one that was asked for."""

    counts: MonthCounts
    blocked: Blocked


def billing_blocks(billing: Billing, place: Place) -> list[Block]:
    """The part as blocks. The last closed month has its place behind the month so far."""
    return [DividerBlock(), *sections(_so_far(billing.counts)), *_blockers(billing, place)]


def _so_far(counts: MonthCounts) -> list[str]:
    enrolled = words.listed(counts.enrolled_patients, "enrolled patient")
    return [
        (
            f"*{words.month_name(counts.month)} so far, all teams* · {counts.billable_patients} of {enrolled} billable "
            f"({counts.capture_percent} %) · expected payment *{words.money(counts.expected_cents)}*"
        ),
        (
            f"By program: {counts.programs[Group.BLOCKED]} blocked · "
            f"{counts.programs[Group.BELOW_THRESHOLD]} below threshold · "
            f"{counts.programs[Group.UNTOUCHED]} without logged time · all of them: `/ccm month`"
        ),
    ]


def _blockers(billing: Billing, place: Place) -> list[Block]:
    counts = dict(billing.blocked.counts)
    if not counts:
        return sections(["No patient is blocked."])
    lines = [f"*Blocked* · {words.listed(billing.blocked.programs, 'program')} of patients, by what blocks them"]
    lines += [f"• *{count}* · {words.escaped(CATALOGUE[name].words)}" for name, count in counts.items()]
    choices = [
        Choice(place.opening(name).to_value(), f"{count} · {CATALOGUE[name].words}") for name, count in counts.items()
    ]
    opened = place.opened if place.opened in counts else ""
    chosen = place.opening(opened).to_value() if opened else ""
    blocks: list[Block] = [
        *sections(lines),
        ActionsBlock(elements=[menu(BLOCKER, choices, chosen, placeholder="Show patients")]),
    ]
    if opened:
        patients = billing.blocked.patients
        page = nearest_page(place.opened_page, len(patients), ROWS)
        title = f"*{words.escaped(CATALOGUE[opened].words)}* Each patient with the way to clear it:"
        blocks += sections([title, *map(_blocked, patients[page * ROWS : (page + 1) * ROWS])])
        blocks += turns(place, "opened_page", page, page_count(len(patients), ROWS))
        blocks.append(actions(button("Hide them", HIDE, place.opening("").to_dict())))
    return blocks


def _blocked(patient: BlockedPatient) -> str:
    remedy = words.about_patient(patient.remedy, patient.patient_code, patient.program)
    standing = f"*{patient.patient_code}* · {patient.program} · {words.minutes(patient.counted_minutes)}"
    return f"• {standing} · {words.escaped(remedy)}"
