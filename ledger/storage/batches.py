"""Long lists in portions that fit in one query."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

BATCH = 500

Item = TypeVar("Item")


def batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Return ``items`` in lists of at most 500, in order."""
    waiting = iter(items)
    while batch := list(islice(waiting, BATCH)):
        yield batch
