"""What differs between two rulebooks, figure by figure, and what is doubtful about a new one (billing-rules B4)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ledger.rules.rulebook import Rulebook


class Difference(NamedTuple):
    """A place of two books where they differ, as it is written in each; None where one does not have it."""

    place: str
    before: str | None
    after: str | None


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """Return every place in which the books differ, in the order in which they have them, the later book's first."""
    old, new = dict(_places(before)), dict(_places(after))
    return [
        Difference(place, old.get(place), new.get(place))
        for place in {**new, **old}
        if old.get(place) != new.get(place)
    ]


def figures_differ(before: Rulebook, after: Rulebook) -> bool:
    """Return whether anything but names, dates and sources differs: a rule, a threshold or a payment."""
    return any(not _is_of_the_year(one.place) for one in differences(before, after))


def copied_from(book: Rulebook, others: Iterable[Rulebook]) -> Rulebook | None:
    """Return the book of another year that this one repeats figure by figure, None where there is none."""
    return next((other for other in others if other.name != book.name and not figures_differ(other, book)), None)


def doubt_of_copy(book: Rulebook, original: Rulebook) -> str:
    """Return the question that a copy raises."""
    return (
        f"{book.name} has every figure of {original.name}: only names, dates and sources differ. "
        f"Are these the figures of {book.in_force_from.year}?"
    )


def _is_of_the_year(place: str) -> bool:
    """Return whether a copy for another year changes the place anyhow: it says nothing of the figures."""
    return place in _OF_THE_YEAR or place.startswith("source ") or place.endswith(", source")


_OF_THE_YEAR = {"name", "in force from", "in force to"}


def _places(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield every figure of a book with its place, such as ``conversion factor, qualifying``."""
    for field, table in book.tables.model_dump().items():
        kind = field.replace("_", " ")
        match table:
            case tuple():  # tables of one kind, each with a name or a code of its own
                for row in table:
                    yield from _flat(f"{kind} {row.get('name') or row['code']}", row)
            case Mapping() if field == "source":
                for name, source in table.items():
                    yield from _flat(f"{kind} {name}", source)
            case _:
                yield from _flat(kind, table)


def _flat(place: str, value: Any, joint: str = ", ") -> Iterator[tuple[str, str]]:
    """Yield the fields of a table, of those within it too; what is absent is left out."""
    match value:
        case Mapping():
            for name, field in value.items():
                yield from _flat(f"{place}{joint}{name}", field, ".")
        case None:
            return
        case tuple() | list():
            yield place, "; ".join(map(_said, value))
        case _:
            yield place, _said(value)


def _said(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return " ".join(f"{name} {_said(field)}" for name, field in value.items() if field is not None)
        case tuple() | list():
            return " + ".join(map(_said, value))
    return str(value)
