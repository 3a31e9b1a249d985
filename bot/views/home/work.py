"""The part of those who document: their timer, the patients they took, what they logged today, who is near."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.views import formatting
from bot.views.blocks import Block, Element
from bot.views.forms.corrections import entry_menu
from bot.views.home.place import Place, turns
from bot.views.me import length_and_what
from bot.views.receipt import next_step
from bot.views.reply import button, context, divider, nearest_page, page_count, section
from bot.views.timer import timer_blocks
from ledger.months.figures import Figures
from ledger.recording.timers import Timer
from ledger.reports.own_entries import TodaysEntry
from ledger.reports.worklists import NearPatient, Worklist

LOG_FOR = "home_log_for"
UNDO = "home_undo"
NEAR_ROWS, TODAY_ROWS, TAKEN_ROWS = 25, 5, 10


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What one person does: their running timer, today's entries, the latest first, and ``near``.

    ``scope`` names the teams whose worklist that is. ``takers`` are the staff ids of those who have taken a patient, by
    code; ``taken`` are the patients whom this person has taken, with the figures of their programs this month.
    """

    timer: Timer | None
    takers: Mapping[str, str]
    taken: Sequence[tuple[str, Sequence[Figures]]]
    scope: str
    near: Worklist
    today: Sequence[TodaysEntry]


def work_blocks(work: OwnWork, place: Place, *, at: datetime) -> list[Block]:
    """Return the part as blocks, the shortest lists first; ``at`` is now on the practice's clock."""
    timer = [divider(), *timer_blocks(work.timer, at)] if work.timer else []
    return [*timer, *_taken(work.taken, place), *_today(work.today, place, at.date()), *_near(work, place)]


def _taken(taken: Sequence[tuple[str, Sequence[Figures]]], place: Place) -> list[Block]:
    """Return the patients whom the person has taken this month: where each stands, and the button that logs."""
    if not taken:
        return []
    page = nearest_page(place.taken, len(taken), TAKEN_ROWS)
    title = section(f"*Patients you took* · {formatting.listed(len(taken), 'patient')}")
    rows = [_taken_row(code, programs) for code, programs in taken[page * TAKEN_ROWS : (page + 1) * TAKEN_ROWS]]
    return [divider(), title, *rows, *turns(place, "taken", page, page_count(len(taken), TAKEN_ROWS))]


def _taken_row(patient_code: str, programs: Sequence[Figures]) -> Block:
    said = [
        " · ".join(filter(None, [_standing(one), formatting.codes(one.codes), *map(next_step, one.next[:1])]))
        for one in programs
    ]
    return section("\n".join(said) or f"*{patient_code}* · no time logged yet", _log_for(patient_code))


def _today(entries: Sequence[TodaysEntry], place: Place, today: date) -> list[Block]:
    if not entries:
        return [divider(), section("*Today* · you have logged nothing yet.")]
    live = [one.entry.result for one in entries if not one.entry.voided]
    logged = sum(result.duration_minutes for result in live)
    counted = sum(result.counted_minutes for result in live)
    count = formatting.listed(len(live), "entry", "entries")
    title = f"*Today* · {count} · {counted} of {formatting.minutes(logged)} count"
    page = nearest_page(place.today, len(entries), TODAY_ROWS)
    shown = entries[page * TODAY_ROWS : (page + 1) * TODAY_ROWS]
    pages = page_count(len(entries), TODAY_ROWS)
    rows = (_entry(one, today) for one in shown)
    blocks: list[Block] = [divider(), section(title), *rows, *turns(place, "today", page, pages)]
    live_here = [one.entry for one in shown if not one.entry.voided]
    if live_here:
        blocks.append(entry_menu([(entry.name, length_and_what(entry)) for entry in live_here]))
    return blocks


def _entry(one: TodaysEntry, today: date) -> Block:
    """Return one line where all is well; else with what does not count and why, and what the note needs."""
    entry, result = one.entry, one.entry.result
    parts = [f"*{entry.name}*", length_and_what(entry), result.program.value]
    if result.date_of_service != today:
        parts.append(formatting.day(result.date_of_service))
    if entry.started_at and entry.ended_at:
        parts.append(formatting.span(entry.started_at, entry.ended_at))
    if entry.voided:
        return section(" · ".join([*parts, "*voided*, counts no more"]))
    lines = []
    if result.excluded:
        counts = f"{result.counted_minutes} of {formatting.minutes(result.duration_minutes)} count"
        lines.append(f"*{counts}:* {'; '.join(f'{cut.text} (rule {cut.rule})' for cut in result.excluded)}")
    else:
        parts.append("counts")
    if entry.note_advice:
        lines.append(entry.note_advice)
    named = {"code": entry.patient_code, "position": result.number}
    undo = button("Undo", UNDO, named, heard_as=f"Undo {entry.name}") if one.may_undo else None
    return section("\n".join([" · ".join(parts), *map(formatting.escaped, lines)]), undo)


def _near(work: OwnWork, place: Place) -> list[Block]:
    """Return a row a patient, with a button that opens the form for them."""
    near = work.near.near
    page = nearest_page(place.near, len(near), NEAR_ROWS)
    title = f"*One short call away* · {formatting.listed(len(near), 'patient')} of {formatting.escaped(work.scope)}"
    worth = f" · worth {formatting.money(work.near.worth_cents)}"
    nobody = "\nNobody is within 5 minutes of the next code."
    blocks: list[Block] = [divider(), section(f"{title}{worth if near else nobody}")]
    blocks += [_near_row(patient, work.takers) for patient in near[page * NEAR_ROWS : (page + 1) * NEAR_ROWS]]
    blocks += turns(place, "near", page, page_count(len(near), NEAR_ROWS))
    if work.near.blocked:
        blocks.append(context(f"{formatting.listed(len(work.near.blocked), 'patient')} near but blocked: `/ccm near`"))
    if work.near.apart:
        apart = formatting.listed(len(work.near.apart), "patient")
        blocks.append(context(f"{apart} near, but cannot be finished now: `/ccm near`"))
    return blocks


def _near_row(patient: NearPatient, takers: Mapping[str, str]) -> Block:
    figures = patient.figures
    taker = takers.get(figures.patient_code)
    taken = f" · taken by {formatting.escaped(taker)}" if taker else ""
    return section(f"{_standing(figures)} · {next_step(patient.threshold)}{taken}", _log_for(figures.patient_code))


def _standing(figures: Figures) -> str:
    return f"*{figures.patient_code}* · {figures.program} · {formatting.minutes(figures.counted_minutes)}"


def _log_for(patient_code: str) -> Element:
    return button("Log time", LOG_FOR, patient_code, heard_as=f"Log time for {patient_code}")
