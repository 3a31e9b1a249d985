"""The diagnostic of a month: device codes against management codes, capture rates, and the patients behind the gap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.views import formatting
from bot.views.blocks import Block, Element
from bot.views.reply import Reply, button, context, header, nearest_page, page_count, paged, section, sections, table
from ledger.months.figures import Figures
from ledger.reports.diagnostic import Capture, DeviceCounts, Diagnosis, Gap

GAP_PAGE = "month_gap_page"
ROWS_PER_PAGE = 25
MOST_RATES = 30
"""Of teams and of people each, in a message; the workbook has them all."""
COLUMNS = ("Patient", "Program", "Has", "Lacks", "Minutes", "Next code")


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """The diagnostic of a month beside those before it, the latest first; ``scope`` says whose, ``teams`` their names.

    ``address`` comes back with the buttons.
    """

    months: Sequence[Diagnosis]
    gaps: Sequence[Gap]
    scope: str
    teams: Mapping[str, str]
    address: str


def gap_button(address: str) -> Element:
    """Return the button that shows the patients behind the gap in place of the list it stands on."""
    return button("Diagnostic: patients behind the gap", f"{GAP_PAGE}_next", {"text": address, "page": 0})


def diagnostic_lines(months: Sequence[Diagnosis]) -> list[str]:
    """Return the capture rate, and of each program with device codes how many patients have which; month by month."""
    if not months:
        return []
    rates = _beside(months, [f"{one.capture.percent} %" for one in months])
    lines = [f"*Capture rate:* {rates}"]
    for now in months[0].devices:
        counts = [one.counts_of(now.codes) for one in months]
        if any(one.set_up or one.device or one.management for one in counts):
            lines += _device_lines(months, counts)
    return lines


def _device_lines(months: Sequence[Diagnosis], counts: Sequence[DeviceCounts]) -> Iterator[str]:
    now, codes = counts[0], counts[0].codes
    set_up, device, management = map(_codes, (codes.set_up, codes.device, codes.management))
    yield (
        f"*{codes.program}, patients with {device} : {management}:* "
        f"{_beside(months, [f'{one.device} : {one.management}' for one in counts])}"
    )
    if codes.set_up:
        yield (
            f"*{codes.program}, patients with {set_up} : {device}:* "
            f"{_beside(months, [f'{one.set_up} : {one.device}' for one in counts])}"
        )
    yield (
        f"{formatting.listed(now.device_alone, 'patient')} with a device code and none for management, "
        f"{now.management_alone} the reverse."
    )


def rate_lines(months: Sequence[Diagnosis], teams: Mapping[str, str]) -> list[str]:
    """Return the capture rates of each team and each person, month by month."""
    return [
        *_rates("By team", months, [one.teams for one in months], teams),
        *people_lines(months),
    ]


def people_lines(months: Sequence[Diagnosis]) -> list[str]:
    """Return the capture rates of each person, of the patients for whom they logged time, month by month."""
    return _rates("By person, of the patients they logged time for", months, [one.people for one in months], {})


def _rates(
    title: str, months: Sequence[Diagnosis], rates: Sequence[Mapping[str, Capture]], names: Mapping[str, str]
) -> list[str]:
    whose = sorted(dict.fromkeys(name for month in rates for name in month))
    lines = []
    for one in whose[:MOST_RATES]:
        name = formatting.escaped(formatting.clipped(names.get(one, one), 40))
        lines.append(f"• {name}: {_beside(months, [_rate(month.get(one)) for month in rates])}")
    if whose[MOST_RATES:]:
        lines.append(f"And {len(whose) - MOST_RATES} more, in the workbook's sheet Diagnostic.")
    return [f"*{title}*", *lines] if lines else []


def _rate(rate: Capture | None) -> str:
    return f"{rate.percent} % ({rate.billable} of {rate.patients})" if rate else "–"


def _beside(months: Sequence[Diagnosis], said: Sequence[str]) -> str:
    return " · ".join(f"{one.month:%b} {each}" for one, each in zip(months, said, strict=True))


def _codes(codes: Sequence[str]) -> str:
    return "/".join(codes)


def gap_rows(gaps: Sequence[Gap]) -> list[tuple[str, ...]]:
    """Return the cells of each patient behind a gap: first those with a device code, then those without."""
    rows = []
    for gap in gaps:
        rows += [_row(one, _codes(gap.codes.management)) for one in gap.device_alone]
        rows += [_row(one, _codes(gap.codes.device)) for one in gap.management_alone]
    return rows


def _row(figures: Figures, lacks: str) -> tuple[str, ...]:
    step = figures.next[0] if figures.next else None
    missing = f"{step.minutes_missing} min to {step.code}" if step else ""
    codes = formatting.codes(figures.codes)
    return figures.patient_code, figures.program.value, codes, lacks, str(figures.counted_minutes), missing


def gap_page(shown: Diagnosed, page: int, *, back: Element, statements: Sequence[Block]) -> Reply:
    """Return page ``page`` (from 0) of the patients behind the gap, with the rates; ``back`` leads to the month."""
    rows = gap_rows(shown.gaps)
    page = nearest_page(page, len(rows), ROWS_PER_PAGE)
    first = page * ROWS_PER_PAGE
    title = f"Diagnostic of {formatting.month_name(shown.months[0].month)} · {shown.scope}"
    lines = [*diagnostic_lines(shown.months), *rate_lines(shown.months, shown.teams)]
    blocks: list[Block] = [header(title), *sections(lines)]
    kept = rows[first : first + ROWS_PER_PAGE]
    if kept:
        blocks.append(table(COLUMNS, kept, right=(4,)))
        blocks.append(context(f"Rows {first + 1}–{first + len(kept)} of {len(rows)}"))
    else:
        blocks.append(section("Nobody has a device code without one for management, or the reverse."))
    blocks += [*statements, {"type": "actions", "elements": [back]}]
    said = formatting.listed(len(rows), "patient")
    reply = Reply(f"{title}: {said} behind the gap", tuple(blocks))
    return paged(reply, GAP_PAGE, page, page_count(len(rows), ROWS_PER_PAGE), {"text": shown.address})


def printed(shown: Diagnosed) -> list[Block]:
    """Return the diagnostic for a terminal: everybody behind the gap, and the rates."""
    rows = gap_rows(shown.gaps)
    lines = [*diagnostic_lines(shown.months), *rate_lines(shown.months, shown.teams)]
    return [header("Diagnostic"), *sections(lines), *([table(COLUMNS, rows, right=(4,))] if rows else [])]
