"""The worklist and the digest: whom one short call makes billable, and who is near but blocked (N2, N3)."""

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import Block

from bot.views import words
from bot.views.reply import Reply, context, header, section, sections, table, table_parts
from ledger.rules.facts import Program
from ledger.worklists import NearPatient, Worklist

PAGE = "near_page"
ROWS_PER_MESSAGE = 50
SECTIONS_PER_MESSAGE = 3
"""A channel takes one message a second, so a long list of blocked patients is not spread over more than it must."""
COLUMNS = ("Patient", "List", "Minutes", "Missing", "Next code", "Worth", "Last live contact")

StaffWords = Callable[[str], str]
"""How a staff member is called where the list is shown: by id in a channel, by name to one person."""


def near_pages(worklist: Worklist, *, title: str, lines: Sequence[str], staff: StaffWords) -> list[Reply]:
    """The worklist as one message or more: the first says everything that is not a row, the rest go on with rows.

    ``lines`` stand under the title; ``staff`` says how a staff member is called.
    """
    ordered = sorted(worklist.near, key=_list_order)
    rows = [_row(patient, staff) for patient in ordered]
    first: list[Block] = [header(title), *sections([*lines, *_counts(worklist)])]
    parts = table_parts(COLUMNS, rows, most_rows=ROWS_PER_MESSAGE)
    if parts:
        first.append(table(COLUMNS, parts[0], right=(2, 3, 5)))
    text = f"{title}: {_sentence(worklist)}"
    if parts[1:]:
        first.append(context(f"Rows 1–{len(parts[0])} of {len(rows)}; the rest follows."))
    blocked = _blocked(worklist)
    replies = [Reply(text, tuple(first + blocked[:1]))]
    for number, part in enumerate(parts[1:], start=1):
        before = sum(map(len, parts[:number]))
        label = f"Rows {before + 1}–{before + len(part)} of {len(rows)}"
        replies.append(Reply(f"{title}: {label}", (context(label), table(COLUMNS, part, right=(2, 3, 5)))))
    for start in range(1, len(blocked), SECTIONS_PER_MESSAGE):
        more = tuple(blocked[start : start + SECTIONS_PER_MESSAGE])
        replies.append(Reply(f"{title}: blocked patients, continued", more))
    return replies


def _list_order(patient: NearPatient) -> tuple[str, int, int, str]:
    """CCM and RPM apart, each with the band nearest to its next code's first base."""
    return (patient.figures.program, patient.band[0], patient.threshold.minutes_missing, patient.figures.patient_code)


def _counts(worklist: Worklist) -> list[str]:
    if not worklist.near and not worklist.blocked:
        return ["Nobody is within 5 minutes of the next code."]
    if not worklist.near:
        return ["Nobody whom minutes alone would make billable is within 5 minutes of the next code."]
    lists: dict[tuple[Program, tuple[int, int]], int] = {}
    for patient in sorted(worklist.near, key=_list_order):
        key = (patient.figures.program, patient.band)
        lists[key] = lists.get(key, 0) + 1
    counts = " · ".join(
        f"{program} at {low}–{high} minutes: *{count}*" for (program, (low, high)), count in lists.items()
    )
    return [counts, f"Worth if finished: *{words.money(worklist.worth_cents)}*"]


def _sentence(worklist: Worklist) -> str:
    if not worklist.near:
        return "nobody is near the next code."
    return (
        f"{words.listed(len(worklist.near), 'patient')} near the next code, worth {words.money(worklist.worth_cents)}."
    )


def _row(patient: NearPatient, staff: StaffWords) -> tuple[str, ...]:
    figures = patient.figures
    low, high = patient.band
    contact = ""
    if figures.last_contact_on and figures.last_contact_by:
        contact = f"{words.day(figures.last_contact_on)}, {staff(figures.last_contact_by)}"
    return (
        figures.patient_code,
        f"{figures.program} {low}–{high}",
        str(figures.counted_minutes),
        str(patient.threshold.minutes_missing),
        patient.threshold.code,
        words.money(patient.threshold.amount_cents) if patient.threshold.amount_cents else "unknown",
        contact,
    )


def _blocked(worklist: Worklist) -> list[Block]:
    """The blocked patients, each with what blocks it."""
    if not worklist.blocked:
        return []
    lines = ["*Near, but blocked* – minutes alone would not make these billable:"]
    lines += [
        f"• *{patient.figures.patient_code}* · {patient.figures.program} · "
        f"{words.minutes(patient.figures.counted_minutes)} · "
        + "; ".join(words.escaped(blocker.text.rstrip(".")) for blocker in patient.figures.blockers)
        for patient in worklist.blocked
    ]
    return list(sections(lines))


def digest_line(title: str, enrolled: str) -> Reply:
    """The one line a team gets that has nobody near."""
    text = f"{title}: nobody is near the next code. {enrolled}"
    return Reply(text, (section(f"*{words.escaped(title)}*\nNobody is near the next code. {enrolled}"),))
