"""How many changes to the rules a test noticed: reads what ``mutmut results --all true`` prints."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

NOTICED = {"killed", "timeout", "segfault"}
AIM_PERCENT = 90


def by_module(lines: Iterable[str]) -> dict[str, Counter[bool]]:
    """Of each module, how many changes were noticed (True) and how many were not."""
    modules: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for line in lines:
        mutant, _, status = line.strip().partition(": ")
        if status:
            modules[mutant.partition(".x")[0]][status in NOTICED] += 1
    return dict(modules)


def main() -> int:
    """Prints the score of each module and of all; returns 1 where all is under 90 %, and where nothing was measured."""
    modules = by_module(sys.stdin)
    total: Counter[bool] = sum(modules.values(), Counter())
    for name, counts in [*sorted(modules.items()), ("all", total)]:
        print(f"{name:30} {counts[True]:5} of {counts.total():5}  {100 * counts[True] / max(counts.total(), 1):.1f} %")
    return 0 if total[True] * 100 >= total.total() * AIM_PERCENT > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
