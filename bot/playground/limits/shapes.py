"""How the shape of a JSON value is described, and how what is wrong with one is collected.

The words follow Slack's own: `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.characters import characters

Check = Callable[[Any, str, "Problems"], None]


class Problems:
    """What is wrong with one value, in the order it was found."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, pointer: str, words: str) -> None:
        """Keep one problem with the place it was found at."""
        self._found.append(f"[ERROR] {words} [json-pointer:{pointer}]")

    def messages(self) -> list[str]:
        """Return the problems in the form of Slack's `response_metadata.messages`."""
        return list(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Shape:
    """An object: the fields it may have, those it must have, and rules over several of them."""

    fields: Mapping[str, Check]
    required: Sequence[str] = ()
    rules: Sequence[Check] = field(default=())

    def __call__(self, value: Any, pointer: str, problems: Problems) -> None:
        """Report a value that is no object, lacks a field, or has one that is wrong or unknown.

        The rules are asked only of an object whose every field is well-formed.
        """
        if not isinstance(value, dict):
            problems.add(pointer, "must provide an object")
            return
        before = len(problems)
        for name in self.required:
            if value.get(name) is None:
                problems.add(pointer, f"missing required field: {name}")
        for name, inner in value.items():
            if name not in self.fields:
                problems.add(pointer, f"invalid additional property: {name}")
            elif inner is not None:
                self.fields[name](inner, f"{pointer}/{name}", problems)
        for rule in self.rules if len(problems) == before else ():
            rule(value, pointer, problems)


def anything(_value: Any, _pointer: str, _problems: Problems) -> None:
    """Report nothing."""


def boolean(value: Any, pointer: str, problems: Problems) -> None:
    """Report anything but true and false."""
    if not isinstance(value, bool):
        problems.add(pointer, "must provide a boolean")


def number(value: Any, pointer: str, problems: Problems) -> None:
    """Report anything but a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.add(pointer, "must provide a number")


def integer(least: int, most: int) -> Check:
    """Return the check for a whole number within bounds."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add(pointer, "must provide an integer")
        elif not least <= value <= most:
            problems.add(pointer, f"must be between {least} and {most}")

    return check


def string(most: int | None = None, least: int = 0) -> Check:
    """Return the check for text of a length within bounds."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(pointer, "must provide a string")
        elif characters(value) < least:
            problems.add(pointer, f"must be more than {least - 1} characters")
        elif most is not None and characters(value) > most:
            problems.add(pointer, f"must be less than {most + 1} characters")

    return check


def one_of(*allowed: str) -> Check:
    """Return the check for one of a few words."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(pointer, f"must be one of: {', '.join(allowed)}")

    return check


def pattern(expression: str, words: str) -> Check:
    """Return the check for text of a given form, told to the reader as `words`."""
    compiled = re.compile(expression)

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            problems.add(pointer, f"must be {words}")

    return check


def array(item: Check, most: int | None = None, least: int = 0) -> Check:
    """Return the check for a list of so many items, each of which passes `item`."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(pointer, "must provide an array")
            return
        if len(value) < least:
            problems.add(pointer, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            problems.add(pointer, f"no more than {most} items allowed")
        for index, inner in enumerate(value):
            item(inner, f"{pointer}/{index}", problems)

    return check


def by_type(shapes: Mapping[str, Check]) -> Check:
    """Return the check for an object whose `type` says which of the shapes it has."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(pointer, "must provide an object")
        elif "type" not in value:
            problems.add(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in shapes:
            problems.add(f"{pointer}/type", f"unsupported type: {value['type']}")
        else:
            shapes[value["type"]](value, pointer, problems)

    return check


def exactly_one(*names: str) -> Check:
    """Return the rule that an object has one of these fields and no more."""

    def rule(value: Any, pointer: str, problems: Problems) -> None:
        present = [name for name in names if value.get(name) is not None]
        if len(present) != 1:
            problems.add(pointer, f"must have exactly one of: {', '.join(names)}")

    return rule
