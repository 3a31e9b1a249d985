"""The worklist: whom one short call makes billable, and who is near but blocked (N2, N3); its words in a digest too."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.reply import Reply, context, header, section, sections, table, table_parts
from ledger.months.figures import Figures
from ledger.reports.worklists import SetApart, Worklist, list_order
from ledger.rules.facts import Program
from ledger.rules.statement import NextThreshold

PAGE = "near_page"
TEAM_FILTER = "near_team"
ROWS_PER_MESSAGE = 50
SECTIONS_PER_MESSAGE = 3
"""A channel takes one message a second, so a long list of blocked patients is not spread over more than it must."""
COLUMNS = ("Patient", "List", "Minutes", "Missing", "Next code", "Worth", "Last live contact")
TAKEN_COLUMN = "Taken by"
RIGHT = (2, 3, 5)
"""The columns that hold numbers."""
BLOCKED_TITLE = "*Near, but blocked* – minutes alone would not make these billable:"
APART_TITLE = "*Cannot be finished now* – further minutes would not count:"

Band = tuple[int, int]
StaffWords = Callable[[str], str]
"""How a staff member is called where the list is shown: by id in a channel, by name to one person."""


def near_pages(
    worklist: Worklist, *, title: str, lines: Sequence[str], staff: StaffWords, takers: Mapping[str, str]
) -> list[Reply]:
    """Return the worklist as one message or more.

    The first says everything that is not a row, the rest go on with rows.

    ``lines`` stand under the title; ``staff`` says how a staff member is called. ``takers`` are the staff ids of those
    who have taken a patient, by code: a column says so where somebody has.
    """
    near = sorted(worklist.near, key=list_order)
    rows = [
        cells(one.figures.patient_code, one.figures.program, one.band, one.threshold, one.figures, staff=staff)
        for one in near
    ]
    columns: tuple[str, ...] = COLUMNS
    taken = [takers.get(one.figures.patient_code) for one in near]
    if any(taken):
        columns = (*COLUMNS, TAKEN_COLUMN)
        rows = [(*row, staff(taker) if taker else "") for row, taker in zip(rows, taken, strict=True)]
    first: list[Block] = [header(title), *sections([*lines, *_counts(worklist), *_provisional(worklist)])]
    parts = table_parts(columns, rows, most_rows=ROWS_PER_MESSAGE)
    if parts:
        first.append(table(columns, parts[0], right=RIGHT))
    text = f"{title}: {sentence(len(near), worklist.worth_cents)}"
    if parts[1:]:
        first.append(context(f"Rows 1–{len(parts[0])} of {len(rows)}; the rest follows."))
    blocked = [*_blocked(worklist), *apart_blocks(worklist.apart)]
    replies = [Reply(text, tuple(first + blocked[:1]))]
    for number, part in enumerate(parts[1:], start=1):
        before = sum(map(len, parts[:number]))
        label = f"Rows {before + 1}–{before + len(part)} of {len(rows)}"
        replies.append(Reply(f"{title}: {label}", (context(label), table(columns, part, right=RIGHT))))
    for start in range(1, len(blocked), SECTIONS_PER_MESSAGE):
        more = tuple(blocked[start : start + SECTIONS_PER_MESSAGE])
        replies.append(Reply(f"{title}: blocked patients, continued", more))
    return replies


def _counts(worklist: Worklist) -> list[str]:
    if not worklist.near and not worklist.blocked and not worklist.apart:
        return ["Nobody is within 5 minutes of the next code."]
    if not worklist.near:
        return ["Nobody whom minutes alone would make billable is within 5 minutes of the next code."]
    near = sorted(worklist.near, key=list_order)
    return [
        band_counts((patient.figures.program, patient.band) for patient in near),
        f"Worth if finished: *{formatting.money(worklist.worth_cents)}*",
    ]


def _provisional(worklist: Worklist) -> list[str]:
    return formatting.provisional_lines(worklist.month, is_so=worklist.provisional)


def band_counts(lists: Iterable[tuple[Program, Band]]) -> str:
    """Return ``CCM at 15–19 minutes: *3* · RPM at 15–19 minutes: *1*``, each list in the order of its first patient."""
    counted = Counter(lists)
    return " · ".join(
        f"{program} at {low}–{high} minutes: *{count}*" for (program, (low, high)), count in counted.items()
    )


def sentence(near: int, worth_cents: int) -> str:
    """Return how many are near, in one sentence for a notification."""
    if not near:
        return "nobody is near the next code."
    return f"{formatting.listed(near, 'patient')} near the next code, worth {formatting.money(worth_cents)}."


def cells(
    patient_code: str, program: Program, band: Band, step: NextThreshold, figures: Figures | None, *, staff: StaffWords
) -> tuple[str, ...]:
    """Return the cells of one patient under ``COLUMNS``; ``figures`` are today's, None where there are none."""
    contact = ""
    if figures and figures.last_contact_on and figures.last_contact_by:
        contact = f"{formatting.day(figures.last_contact_on)}, {staff(figures.last_contact_by)}"
    return (
        patient_code,
        f"{program} {band[0]}–{band[1]}",
        str(figures.counted_minutes if figures else 0),
        str(step.minutes_missing),
        step.code,
        formatting.money(step.amount_cents) if step.amount_cents else "unknown",
        contact,
    )


def _blocked(worklist: Worklist) -> list[Block]:
    """Return the blocked patients, each with what blocks it."""
    if not worklist.blocked:
        return []
    return list(sections([BLOCKED_TITLE, *(f"• {blocked_words(one.figures)}" for one in worklist.blocked)]))


def apart_blocks(apart: Sequence[SetApart], *, most: int | None = None) -> list[Block]:
    """Return the patients who cannot be finished now, each with the reason (N4); at most so many by name."""
    if not apart:
        return []
    lines = [f"• {_apart_words(one)}" for one in apart[:most]]
    rest = len(apart) - len(lines)
    return list(sections([APART_TITLE, *lines, *([f"and {rest} more"] if rest else [])]))


def _apart_words(one: SetApart) -> str:
    figures = one.patient.figures
    minutes = formatting.minutes(figures.counted_minutes)
    return f"*{figures.patient_code}* · {figures.program} · {minutes} · {formatting.escaped(one.why)}"


def blocked_words(figures: Figures) -> str:
    """Return a patient's minutes and what blocks the program."""
    blockers = "; ".join(formatting.escaped(blocker.text.rstrip(".")) for blocker in figures.blockers)
    return f"*{figures.patient_code}* · {figures.program} · {formatting.minutes(figures.counted_minutes)} · {blockers}"


def nobody_near(title: str, enrolled: str) -> Reply:
    """Return the one line a team gets that has nobody near."""
    text = f"{title}: nobody is near the next code. {enrolled}"
    return Reply(text, (section(f"*{formatting.escaped(title)}*\nNobody is near the next code. {enrolled}"),))
