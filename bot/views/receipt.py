"""The answer to a log: what was understood, the total before and after, what comes next, what to improve."""

from collections.abc import Callable

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.fact_buttons import clearing_buttons
from bot.views.reply import Reply, actions, button, context, section
from ledger.practice.practice import Practice
from ledger.recording.entries import MonthChange, Receipt, RecordedPart, entry_name
from ledger.recording.voids import VoidReceipt
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.facts import Program
from ledger.rules.rulebook import is_provisional
from ledger.rules.statement import Blocker, Exclusion, NextThreshold

UNDO = "log_undo"
ADD_DETAIL = "log_add_detail"
LOG_ANOTHER = "log_form"

REPLAYED = "This request had already been saved; nothing was saved twice."


def receipt(
    saved: Receipt,
    practice: Practice,
    *,
    note_advice: str | None,
    with_buttons: bool = True,
    title: str = "Saved",
    may: Callable[[str], bool] = lambda _command: False,
) -> Reply:
    """Return the answer to a saved entry. ``note_advice`` says what to improve in the note, None where nothing.

    ``may`` says which commands its reader may use: a button records what keeps minutes from counting.
    """
    total_minutes = sum(part.part.duration_minutes for part in saved.parts)
    blocks: list[Block] = [
        section("\n".join([f"*{title}* · {_understood(saved, practice)}", *map(change, saved.months)]))
    ]
    remarks = [remark for part in saved.parts for remark in _exclusions(part, saved)]
    remarks += [remark for changed in saved.months for remark in _blockers(changed)]
    if note_advice:
        remarks.append(formatting.escaped(note_advice))
    if saved.replayed:
        remarks.append(REPLAYED)
    blocks += [context(remark) for remark in remarks]
    if with_buttons:
        name = entry_name(saved.patient_code, saved.parts[0].position)
        undo = {"code": saved.patient_code, "position": saved.parts[0].position}
        blocks.append(
            actions(
                button("Undo", UNDO, undo, heard_as=f"Undo the entry {name}"),
                button("Add detail", ADD_DETAIL, name, heard_as=f"Add detail to the entry {name}"),
                button("Log another", LOG_ANOTHER, ""),
            )
        )
        in_the_way = _in_the_way(saved)
        blocks += clearing_buttons(saved.patient_code, in_the_way, may) if in_the_way else []
    after = saved.months[-1].after
    text = (
        f"{title}: {saved.patient_code}, {formatting.minutes(total_minutes)}. "
        f"{formatting.minutes(after.counted_minutes)} in {after.month:%B}."
    )
    return Reply(text, tuple(blocks), frozenset({saved.patient_code}))


def _understood(saved: Receipt, practice: Practice) -> str:
    total_minutes = sum(part.part.duration_minutes for part in saved.parts)
    parts = [
        f"*{saved.patient_code}*",
        f"{total_minutes} min",
        formatting.ACTIVITY_WORDS[saved.activity],
        formatting.CONTACT_WORDS[saved.contact] if saved.contact else "",
        _when(saved, practice),
        saved.program.value,
        f"entry {entry_name(saved.patient_code, saved.parts[0].position)}",
    ]
    return " · ".join(filter(None, parts))


def _when(saved: Receipt, practice: Practice) -> str:
    first, last = saved.parts[0].part, saved.parts[-1].part
    if first.started_at is None or last.ended_at is None:
        return formatting.day(first.date_of_service)
    span = formatting.span(practice.local(first.started_at), practice.local(last.ended_at))
    if len(saved.parts) == 1:
        return f"{formatting.day(first.date_of_service)}, {span}"
    shares = " + ".join(
        f"{part.part.duration_minutes} min on {formatting.day(part.part.date_of_service)}" for part in saved.parts
    )
    return f"{span} ({shares})"


def change(changed: MonthChange) -> str:
    """Return ``17 → 29 minutes in November · 99490 reached · 11 more for 99439 ($50.44)``."""
    before = changed.before.counted_minutes if changed.before else 0
    after = changed.after
    had = {line.code: line.units for line in changed.before.codes} if changed.before else {}
    reached = [line for line in after.codes if line.units > had.get(line.code, 0)]
    parts = [f"*{before} → {after.counted_minutes} minutes* in {after.month:%B}"]
    if reached:
        parts.append(f"*{formatting.codes(tuple(reached))} reached*")
    elif after.codes:
        parts.append(formatting.codes(after.codes))
    parts += [next_step(step) for step in after.next]
    if is_provisional(after.month, after.rulebook):
        parts.append(f"provisional: {after.month.year} has no rulebook yet (B1)")
    return " · ".join(parts)


def next_step(step: NextThreshold) -> str:
    """Return ``11 more for 99439 ($50.44)``."""
    worth = formatting.money(step.amount_cents) if step.amount_cents else "payment unknown"
    return f"{step.minutes_missing} more for {step.code} ({worth})"


def _exclusions(part: RecordedPart, saved: Receipt) -> list[str]:
    counted = f"{part.counted_minutes} of {formatting.minutes(part.part.duration_minutes)} count"
    return [f"*{counted}:* {_excluded(exclusion, saved)}" for exclusion in part.excluded]


def _excluded(exclusion: Exclusion, saved: Receipt) -> str:
    """Return why minutes do not count, under which rule, and what would make them count."""
    remedy = formatting.about_patient(CATALOGUE[exclusion.rule].remedy, saved.patient_code, saved.program)
    return formatting.escaped(f"{exclusion.text} (rule {exclusion.rule}). {remedy}".strip())


def _in_the_way(saved: Receipt) -> list[tuple[str, Program]]:
    """Return what keeps minutes from counting and the month from being billed, by name, with the program."""
    excluded = [(exclusion.reason, saved.program) for part in saved.parts for exclusion in part.excluded]
    return excluded + [
        (blocker.name, changed.after.program) for changed in saved.months for blocker in changed.after.blockers
    ]


def _blockers(changed: MonthChange) -> list[str]:
    return [blocked(blocker, changed.after.patient_code, changed.after.program) for blocker in changed.after.blockers]


def blocked(blocker: Blocker, patient_code: str, program: Program, told: Callable[[str], str] = str) -> str:
    """Return what keeps the program from being billed for that patient, and what to do about it.

    ``told`` says the remedy as its reader is told it, who may not be the one to clear the blocker.
    """
    remedy = told(formatting.about_patient(blocker.remedy, patient_code, program))
    return f"*Blocked:* {formatting.escaped(blocker.text.rstrip('.'))}. {formatting.escaped(remedy)}"


def undone(voided: VoidReceipt) -> Reply:
    """Return the answer to an undo: what no longer counts, and the total now."""
    names = ", ".join(entry_name(voided.patient_code, position) for position in voided.positions)
    what = [f"*{voided.patient_code}*", f"{voided.duration_minutes} min", f"entry {names}", *_days(voided)]
    lines = [" · ".join(["*Undone*", *what])]
    lines += map(change, voided.months)
    said = ", ".join([voided.patient_code, formatting.minutes(voided.duration_minutes), *_days(voided)])
    text = f"Undone: {said}."
    blocks = (section("\n".join(lines)), context(kept(voided)), actions(button("Log another", LOG_ANOTHER, "")))
    return Reply(text, blocks, frozenset({voided.patient_code}))


def _days(voided: VoidReceipt) -> list[str]:
    """Return the dates of service as one word, none for a receipt from before they were kept."""
    days = " + ".join(formatting.day(day) for day in voided.dates)
    return [days] if days else []


def kept(voided: VoidReceipt) -> str:
    """Return what stays on record after a void (E5), and that a replaced entry does not come back by itself."""
    said = "The entry stays in the record as voided (rule E5)."
    if voided.replaced_position is None:
        return said
    name = entry_name(voided.patient_code, voided.replaced_position)
    return f"{said} So does {name}, which it had replaced: log it again if it should count."
