"""What could not be read, where it stands, and an example that can."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be understood.

    ``start`` and ``end`` are offsets in the text that was parsed (``text[start:end]`` is what the problem is about),
    ``field`` is the name of the field it would have filled, ``code`` is stable and meant for programs,
    ``message`` and ``example`` are meant for people.
    """

    start: int
    end: int
    field: str
    code: str
    message: str
    example: str
