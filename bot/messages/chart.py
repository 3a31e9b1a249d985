"""The picture of a digest: how many patients stand at which minute, with the thresholds of the codes drawn in.

matplotlib takes its time to load: only who draws imports this module.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.views import formatting
from jobs.digests.posting import Digest
from ledger.reports.month_lists import MonthList
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs, rulebook_for

LAST_MINUTE = 65
"""Who has more stands with those at this minute."""
STEP_MINUTES = 5
"""By how many minutes the description in words goes on."""
WIDTH_INCHES, PANEL_INCHES, TITLE_INCHES = 6.4, 2.7, 0.3
DOTS_PER_INCH = 150
BAR, BAND, LINE = "0.35", "0.88", "0.0"
"""Shades of grey: whoever prints it, or sees no colours, sees the same."""
NAME_CHARACTERS = 30
"""Of a team's name in the title that is drawn."""
ALT_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as PNG, its title, and the same in words."""

    png: bytes
    title: str
    alt: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One program: how many patients stand at each minute, and which codes the minutes reach where."""

    program: Program
    patients: Mapping[int, int]
    thresholds: Mapping[int, str]


def draw(digest: Digest) -> Drawing:
    """Return the picture of the team's month: a part for each program that has patients, or for CCM where none has."""
    panels = _panels(digest.month)
    today = digest.practice.local_date(digest.at)
    month, as_of = formatting.month_name(digest.month.month), f"as of {formatting.day(today)}"
    title = f"Patients by counted minutes, {digest.team.name}, {month}"
    drawn_title = (
        f"Patients by counted minutes, {formatting.clipped(digest.team.name, NAME_CHARACTERS)}, {month}, {as_of}"
    )
    size = (WIDTH_INCHES, PANEL_INCHES * len(panels) + TITLE_INCHES)
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(drawn_title, fontsize=10, parse_math=False)
    axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for axis, panel in zip(axes, panels, strict=True):
        _draw_panel(axis, panel, digest.practice.policy.bands)
    png = BytesIO()
    figure.savefig(png, format="png")
    said = " ".join(_in_words(panel) for panel in panels)
    return Drawing(png.getvalue(), title, formatting.clipped(f"{title}, {as_of}. {said}", ALT_CHARACTERS))


def _panels(month: MonthList) -> list[Panel]:
    patients: dict[Program, Counter[int]] = defaultdict(Counter)
    for figures in (*month.billable, *month.blocked, *month.below):
        patients[figures.program][min(figures.counted_minutes, LAST_MINUTE)] += 1
    for untouched in month.untouched:
        patients[untouched.program][0] += 1
    present = [program for program in known_programs() if patients[program]] or [known_programs()[0]]
    return [Panel(program, patients[program], _thresholds(program, month)) for program in present]


def _thresholds(program: Program, month: MonthList) -> dict[int, str]:
    """Return the codes by the minutes that reach them, of families that count everybody's minutes: those are drawn."""
    codes: dict[int, list[str]] = defaultdict(list)
    for family in rulebook_for(month.month).time_families.get(program, ()):
        if family.counts != "total":
            continue
        if family.short is not None:
            codes[family.short.at_minutes].append(family.short.code)
        for unit, at_minutes in enumerate(family.unit_minutes):
            codes[at_minutes].append(family.code_of(unit))
    return {at_minutes: " / ".join(codes[at_minutes]) for at_minutes in sorted(codes) if at_minutes <= LAST_MINUTE}


def _draw_panel(axis: Axes, panel: Panel, bands: Iterable[Sequence[int]]) -> None:
    for low, high in bands:
        if low <= LAST_MINUTE:
            axis.axvspan(low - 0.5, high + 0.5, color=BAND, linewidth=0, zorder=0)
    minutes = range(1, LAST_MINUTE + 1)
    axis.bar(minutes, [panel.patients.get(minute, 0) for minute in minutes], width=0.8, color=BAR, zorder=2)
    for at_minutes, code in panel.thresholds.items():
        axis.axvline(at_minutes - 0.5, color=LINE, linestyle="--", linewidth=1, zorder=3)
        axis.annotate(
            f"{code}\nat {at_minutes} min",
            (at_minutes - 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    none_yet = panel.patients.get(0, 0)
    axis.set_xlabel(
        f"counted minutes (grey: near the next code); {formatting.listed(none_yet, 'patient')} at 0", fontsize=9
    )
    axis.set_ylabel(f"{panel.program} patients", fontsize=9)
    axis.set_xlim(0, LAST_MINUTE + 1)
    axis.set_ylim(bottom=0, top=max([1, *(panel.patients.get(minute, 0) for minute in minutes)]) * 1.05)
    axis.set_xticks(range(0, LAST_MINUTE + 1, STEP_MINUTES))
    axis.set_xticklabels([*(str(tick) for tick in range(0, LAST_MINUTE, STEP_MINUTES)), f"{LAST_MINUTE}+"])
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    axis.tick_params(labelsize=8)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _in_words(panel: Panel) -> str:
    """Return ``CCM patients by minutes: 12 at 0, 3 at 15–19. Codes: 99490 at 20.``, without minutes that nobody has."""
    starts = (0, 1, *range(STEP_MINUTES, LAST_MINUTE + 1, STEP_MINUTES))
    stretches = [(low, following - 1) for low, following in pairwise(starts)]
    counts = [(sum(panel.patients.get(one, 0) for one in range(low, high + 1)), low, high) for low, high in stretches]
    said = [f"{count} at {low}–{high}" if low < high else f"{count} at {low}" for count, low, high in counts if count]
    if panel.patients.get(LAST_MINUTE, 0):
        said.append(f"{panel.patients[LAST_MINUTE]} at {LAST_MINUTE} or more")
    reached = ", ".join(f"{code} at {at_minutes}" for at_minutes, code in panel.thresholds.items())
    codes = f" Codes: {reached}." if reached else ""
    return f"{panel.program} patients by minutes: {', '.join(said) or 'none'}.{codes}"
