"""Rulebooks: the dated figures of Medicare, read from ``books/`` and checked (billing-rules B1, B3)."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.rules.book_tables import (
    BookFile,
    Conflict,
    ConversionFactor,
    DischargeFamily,
    Payment,
    ProgramTable,
    ReadingFamily,
    Source,
    TimeFamily,
    inconsistencies,
)
from ledger.rules.facts import Program
from ledger.rules.toml_files import (
    UnreadableFileError,
    parse_toml,
    read_bytes,
    shaped,
)

BOOKS = Path(__file__).parent / "books"
"""The folder of the books that come with the program."""

FOLDER_VARIABLE = "CCM_RULEBOOKS"
"""Names the folder of the books that an administrator brings (billing-rules B4)."""


class RulebookError(LedgerError):
    """A rulebook that cannot be used: the title names the file and the place, the remedy the fix.

    ``problems`` are all faults that were found, one by one.
    """

    def __init__(self, code: str, title: str, remedy: str, problems: Sequence[str] = ()) -> None:
        super().__init__(code, title, remedy)
        self.problems = tuple(problems) or (title,)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The figures in force from ``in_force_from`` to ``in_force_to``, both included, with the file's SHA-256.

    ``national_payments`` are the payments in cents by code, None where one is not known; ``tables`` are those of its
    file, as they are written.
    """

    name: str
    file_hash: str
    in_force_from: date
    in_force_to: date
    conflict: Conflict
    conversion_factor: ConversionFactor
    programs: Mapping[Program, ProgramTable]
    time_families: Mapping[Program, tuple[TimeFamily, ...]]
    reading_families: Mapping[Program, tuple[ReadingFamily, ...]]
    discharge_families: Mapping[Program, tuple[DischargeFamily, ...]]
    payments: Mapping[str, Payment]
    national_payments: Mapping[str, int | None]
    sources: Mapping[str, Source]
    path: Path
    tables: BookFile

    @property
    def is_brought(self) -> bool:
        """Whether an administrator brought it: it stands in no folder of the program."""
        return self.path.parent != BOOKS

    def provisional_in(self, first_day: date) -> bool:
        """Return whether the month of that first day lies after this book, which stands in for its own (B1)."""
        return first_day > self.in_force_to


def load_rulebook(path: Path) -> Rulebook:
    """Return the rulebook in that file; raises ``RulebookError`` that names the file, each place and the fix."""
    try:
        content = read_bytes(path)
        book = shaped(parse_toml(content), BookFile, text=content.decode("utf-8", errors="replace"))
    except UnreadableFileError as error:
        raise _book_error(path, error.problems) from error
    problems = list(_faults(book, path))
    if problems:
        raise _book_error(path, problems)
    return Rulebook(
        name=book.name,
        file_hash=hashlib.sha256(content).hexdigest(),
        in_force_from=book.in_force_from,
        in_force_to=book.in_force_to,
        conflict=book.conflict,
        conversion_factor=book.conversion_factor,
        programs=MappingProxyType({program.name: program for program in book.program}),
        time_families=_by_program(book.program, book.time_family),
        reading_families=_by_program(book.program, book.reading_family),
        discharge_families=_by_program(book.program, book.discharge_family),
        payments=MappingProxyType({payment.code: payment for payment in book.payment}),
        national_payments=MappingProxyType({payment.code: payment.cents for payment in book.payment}),
        sources=MappingProxyType(book.source),
        path=path,
        tables=book,
    )


def load_rulebooks(directory: Path = BOOKS, *, brought: Path | None = None) -> tuple[Rulebook, ...]:
    """Return all rulebooks of a folder, earliest first, following one another without gap or overlap.

    With ``brought`` those of that folder too: of two books of one name its book holds.

    Raises:
        RulebookError: Where one is not usable, where there is none, or where two do not meet.
    """
    books = {book.name: book for book in map(load_rulebook, sorted(directory.glob("*.toml")))}
    if not books:
        raise RulebookError(
            "RULEBOOK_MISSING",
            f"{directory.name}: no rulebook is there.",
            "Add one, for example medicare-2026.toml; to the program's own folder by installing it again.",
        )
    if brought is not None:
        if not brought.is_dir():
            raise RulebookError(
                "RULEBOOK_FOLDER",
                f"{FOLDER_VARIABLE} names a folder that is not there: {brought}.",
                f"Make it (mkdir -p {brought}), or take {FOLDER_VARIABLE} away.",
            )
        books |= {book.name: book for book in map(load_rulebook, sorted(brought.glob("*.toml")))}
    return in_order(books.values())


def in_order(books: Iterable[Rulebook]) -> tuple[Rulebook, ...]:
    """Return the books, earliest first.

    Raises:
        RulebookError: Where one does not begin on the day after the one before it ends.
    """
    ordered = tuple(sorted(books, key=lambda book: book.in_force_from))
    for earlier, later in pairwise(ordered):
        expected = earlier.in_force_to + timedelta(days=1)
        if later.in_force_from != expected:
            fault = "a gap" if later.in_force_from > expected else "an overlap"
            raise RulebookError(
                "RULEBOOK_DATES",
                f"{later.name}.toml, in_force_from: {fault} after {earlier.name}, which ends {earlier.in_force_to}.",
                f"Write in_force_from = {expected} in {later.name}.toml, or mend in_force_to in {earlier.name}.toml.",
            )
    return ordered


def brought_folder() -> Path | None:
    """Return the folder of the books that an administrator brings, None where the environment names none."""
    named = os.environ.get(FOLDER_VARIABLE, "").strip()
    return Path(named).expanduser().absolute() if named else None


@lru_cache(maxsize=1)
def rulebooks() -> tuple[Rulebook, ...]:
    """Return the books that hold, earliest first: the program's and those that were brought, read once and kept."""
    return load_rulebooks(brought=brought_folder())


def forget_rulebooks() -> None:
    """Let the next question read the books anew."""
    for kept in (rulebooks, rulebook_for, program_tables, other_services):
        kept.cache_clear()


def book_of(month: date, books: Sequence[Rulebook]) -> Rulebook | None:
    """Return which of the books, earliest first, holds for the month (B1), None for months before the first."""
    first_day = month_of(month)
    return next((book for book in reversed(books) if book.in_force_from <= first_day), None)


@lru_cache(maxsize=256)
def rulebook_for(month: date) -> Rulebook:
    """Return the rulebook in force on the first day of ``month`` (billing-rules B1), read once and kept.

    Months after the newest book have that one until their own book is there.

    Raises:
        RulebookError: For months before the first book.
    """
    book = rulebook_in(month)
    if book is not None:
        return book
    first_day, books = month_of(month), rulebooks()
    raise RulebookError(
        "RULEBOOK_MISSING",
        f"No rulebook is in force on {first_day}: the first is {books[0].name}.",
        f"Bring medicare-{first_day.year}.toml, made of {books[0].name}.toml with the figures of that year: "
        f"ccm rulebook add medicare-{first_day.year}.toml",
    )


def earlier_rulebook(day: date, book: Rulebook) -> Rulebook:
    """Return the rulebook in force on ``day``, which lies before ``book``; the first one for days before any."""
    books = [one for one in rulebooks() if one.in_force_from < book.in_force_from]
    return next((one for one in reversed(books) if one.in_force_from <= day), books[0] if books else book)


@lru_cache(maxsize=1)
def other_services() -> Mapping[str, str]:
    """Return every code of the rulebooks that excludes a program when marked for a month, with its service (R2)."""
    found = [service for book in rulebooks() for service in book.conflict.other_services]
    return MappingProxyType({code: service.title for service in found for code in service.codes})


def rulebook_in(month: date) -> Rulebook | None:
    """Return what ``rulebook_for`` returns, None for months before the first book."""
    return book_of(month, rulebooks())


def is_provisional(month: date, book_name: str | None = None) -> bool:
    """Return whether the month is evaluated under a book of an earlier time, for want of its own (B1).

    With ``book_name`` whether it was: under the book of that name.
    """
    book = rulebook_in(month) if book_name is None else {known.name: known for known in rulebooks()}.get(book_name)
    return book is not None and book.provisional_in(month_of(month))


@lru_cache(maxsize=1)
def program_tables() -> Mapping[Program, ProgramTable]:
    """Return every program of the rulebooks, in the order of the newest one, which decides what it is called."""
    tables: dict[Program, ProgramTable] = {}
    for book in reversed(rulebooks()):
        tables = {**tables, **{name: table for name, table in book.programs.items() if name not in tables}}
    return MappingProxyType(tables)


def known_programs() -> tuple[Program, ...]:
    """Return the names of all programs, in the order in which lists name them."""
    return tuple(program_tables())


def obeys_rpm_time(program: Program) -> bool:
    """Return whether policy ``rpm_time`` decides which minutes of the program count (R7, C10)."""
    table = program_tables().get(program)
    return table is not None and table.obeys_rpm_time


def is_per_discharge(program: Program) -> bool:
    """Return whether the program is billed by the discharge, and asks for neither enrollment nor consent (T2)."""
    table = program_tables().get(program)
    return table is not None and table.per_discharge


def _book_error(path: Path, problems: Sequence[str]) -> RulebookError:
    return RulebookError(
        "RULEBOOK_INVALID",
        f"{path.name}: {'; '.join(problems)}.",
        f"Correct {path.name} at the places named; its opening comment says what each table holds.",
        problems,
    )


Family = TypeVar("Family", TimeFamily, ReadingFamily, DischargeFamily)


def _by_program(tables: Sequence[ProgramTable], families: Sequence[Family]) -> Mapping[Program, tuple[Family, ...]]:
    return MappingProxyType(
        {table.name: tuple(family for family in families if family.program == table.name) for table in tables}
    )


def _faults(book: BookFile, path: Path) -> Iterator[str]:
    if book.name != path.stem:
        yield f'"name" is {book.name}, but the file is called {path.name}'
    yield from inconsistencies(book)
