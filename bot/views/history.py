"""What held of a person or patient from which day on, in words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from bot.views import formatting
from ledger.patients.roster_history import History, Period


def history_lines(
    history: History,
    columns: Collection[str],
    labels: Mapping[str, str],
    said: Callable[[str, Any], str],
    *,
    all_of_it: bool = False,
) -> list[str]:
    """Return a line a column: ``• Credential: LPN until Oct 14, 2026; RN since Oct 15, 2026``.

    ``said`` puts a column's value into words. A column that never changed is left out, unless ``all_of_it``.
    """
    found = {name: history.periods([name]) for name in columns}
    return [
        f"• {labels.get(name, name)}: {_periods(name, periods, said)}"
        for name, periods in found.items()
        if len(periods) > 1 or (periods and all_of_it)
    ]


def _periods(name: str, periods: Sequence[Period], said: Callable[[str, Any], str]) -> str:
    return "; ".join(f"{said(name, period.values[name])} {_when(period)}" for period in periods)


def _when(period: Period) -> str:
    first = f"since {formatting.full_day(period.first)}" if period.first else "since the beginning"
    if period.last is None:
        return first
    last = formatting.full_day(period.last)
    return f"from {formatting.full_day(period.first)} to {last}" if period.first else f"until {last}"


def history_data(history: History, columns: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the same for a program: by column its periods, each with ``from`` and ``to``, null where it has no end."""
    return {
        name: [
            {"from": period.first, "to": period.last, "value": period.values[name]}
            for period in history.periods([name])
        ]
        for name in columns
    }
