"""Medians of many, taken in turn, so that a drifting machine slows all sides alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median, quantiles

Work = Callable[[int], object]


def in_turn(works: Mapping[str, Work], *, rounds: int, warm_up: int) -> dict[str, list[float]]:
    """Seconds of each call by name: in every round each of ``works`` is called once."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(-warm_up, rounds):
        for name, work in works.items():
            began = time.perf_counter()
            work(number + warm_up)
            if number >= 0:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def percentile_99(seconds: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(seconds, n=100)[98]


def milliseconds(seconds: list[float]) -> str:
    """The median, for people; ratios are what counts."""
    return f"{median(seconds) * 1000:.2f} ms"
