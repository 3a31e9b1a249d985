"""Rulebooks: the dated figures of Medicare, read from ``books/`` and checked (billing-rules B1, B3)."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import model_validator

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.rules.facts import Program
from ledger.rules.formatting import Units
from ledger.rules.toml_files import (
    Day,
    Name,
    Positive,
    Table,
    UnreadableFileError,
    Whole,
    YesNo,
    parse_toml,
    read_bytes,
    shaped,
)

BOOKS = Path(__file__).parent / "books"

Need = Literal["complexity_designation", "live_contact"]
"""What a family may ask for besides minutes (billing-rules section 5, column "needs")."""


class RulebookError(LedgerError):
    """A rulebook that cannot be used: the title names the file and the place, the remedy the fix."""


class Source(Table):
    """Where a figure comes from, and the date of that source."""

    title: Name
    date: Day


class Base(Table):
    """The code a family opens with and the minutes it takes."""

    code: Name
    at_minutes: Positive


class AddOn(Table):
    """The code that each further full unit adds, up to a cap."""

    code: Name
    each_further_minutes: Positive
    at_most: Positive


class TimeFamily(Table):
    """Codes reached by counted minutes (billing-rules section 5). ``short`` is billed only below the base."""

    name: Name
    title: Name
    program: Program
    counts: Literal["total", "practitioner"]
    base: Base
    add_on: AddOn | None = None
    short: Base | None = None
    needs: tuple[Need, ...] = ()
    source: Name

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> "TimeFamily":
        if self.short is not None and self.short.at_minutes >= self.base.at_minutes:
            raise ValueError(
                f'{self.name}: thresholds out of order, "short" at {self.short.at_minutes} must come before '
                f'"base" at {self.base.at_minutes}'
            )
        return self

    @cached_property
    def unit_minutes(self) -> tuple[int, ...]:
        """The minutes of the base and of each unit of the add-on, rising."""
        first = self.base.at_minutes
        if self.add_on is None:
            return (first,)
        return tuple(first + self.add_on.each_further_minutes * unit for unit in range(self.add_on.at_most + 1))

    def minutes_of(self, units: Units) -> int:
        """Return the minutes at which the last of these units is reached."""
        if self.short is not None and units[0][0] == self.short.code:
            return self.short.at_minutes
        return self.unit_minutes[sum(count for _, count in units) - 1]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The family's codes in the order in which minutes reach them."""
        return tuple(part.code for part in (self.short, self.base, self.add_on) if part is not None)

    def code_of(self, unit: int) -> str:
        """Return the code of a unit: the base for the first one (0), the add-on for every further one."""
        return self.codes[-1] if unit else self.base.code


class ReadingCode(Table):
    """A code for a number of days with readings, both bounds included."""

    code: Name
    from_days: Positive
    to_days: Positive


class SetUpCode(Table):
    """The code for setting a device up: with the first period of enough days that begins soon enough after it (R11)."""

    code: Name
    from_days: Positive
    within_days: Positive


class ReadingFamily(Table):
    """Codes reached by days with device readings; at most one a period is billed (billing-rules section 5)."""

    name: Name
    title: Name
    program: Program
    codes: tuple[ReadingCode, ...]
    set_up: SetUpCode | None = None
    source: Name

    @model_validator(mode="after")
    def _days_do_not_overlap(self) -> "ReadingFamily":
        rising = sorted(self.codes, key=lambda code: code.from_days)
        for code in rising:
            if code.from_days > code.to_days:
                raise ValueError(f'{self.name}: thresholds out of order, {code.code} has "from_days" after "to_days"')
        for lower, upper in pairwise(rising):
            if lower.to_days >= upper.from_days:
                raise ValueError(f"{self.name}: the days of {lower.code} and {upper.code} overlap")
        return self


class Requirement(Table):
    """What a program needs of a patient before it may be billed (billing-rules section 6).

    ``initiating_visit_renewed``: the visit is asked for anew, within those days before the month's last day.
    """

    conditions_at_least: Whole
    risk_documented: YesNo
    care_plan: YesNo
    initiating_visit_within_days: Whole
    initiating_visit_renewed: YesNo = False


class ProgramTable(Table):
    """A care program: its name, the words for typing it, and what it needs of a patient, if anything.

    ``obeys_rpm_time``: the policy of that name decides which of its minutes count (R7, C10).
    """

    name: Program
    title: Name
    words: tuple[Name, ...]
    requires: Requirement | None = None
    obeys_rpm_time: YesNo = False
    source: Name


class Payment(Table):
    """The payment of a code in cents, or in ``unknown`` why there is none (billing-rules B3)."""

    code: Name
    cents: Positive | None = None
    unknown: Name | None = None
    approximate: YesNo = False
    source: Name

    @model_validator(mode="after")
    def _known_or_unknown(self) -> "Payment":
        if (self.cents is None) == (self.unknown is None):
            raise ValueError(f'{self.code}: give either "cents" or "unknown" with the reason')
        return self


class OtherService(Table):
    """A service that excludes programs in the month in which the billing practitioner bills it (R2)."""

    title: Name
    codes: tuple[Name, ...]
    excludes: tuple[Program, ...]


class Conflict(Table):
    """What is never billed together (billing-rules R2)."""

    never_together: tuple[tuple[Program, Program], ...]
    advanced_primary_care_codes: tuple[Name, ...]
    advanced_primary_care_excludes: tuple[Program, ...]
    other_services: tuple[OtherService, ...] = ()
    source: Name


class BookFile(Table):
    """A rulebook file as it is written."""

    name: Name
    in_force_from: Day
    in_force_to: Day
    source: dict[str, Source]
    conflict: Conflict
    program: tuple[ProgramTable, ...]
    time_family: tuple[TimeFamily, ...]
    reading_family: tuple[ReadingFamily, ...]
    payment: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The figures in force from ``in_force_from`` to ``in_force_to``, both included, with the file's SHA-256.

    ``national_payments`` are the payments in cents by code, None where one is not known.
    """

    name: str
    file_hash: str
    in_force_from: date
    in_force_to: date
    conflict: Conflict
    programs: Mapping[Program, ProgramTable]
    time_families: Mapping[Program, tuple[TimeFamily, ...]]
    reading_families: Mapping[Program, tuple[ReadingFamily, ...]]
    payments: Mapping[str, Payment]
    national_payments: Mapping[str, int | None]
    sources: Mapping[str, Source]

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
    problems = list(_inconsistencies(book, path))
    if problems:
        raise _book_error(path, problems)
    return Rulebook(
        name=book.name,
        file_hash=hashlib.sha256(content).hexdigest(),
        in_force_from=book.in_force_from,
        in_force_to=book.in_force_to,
        conflict=book.conflict,
        programs=MappingProxyType({program.name: program for program in book.program}),
        time_families=_by_program(book.program, book.time_family),
        reading_families=_by_program(book.program, book.reading_family),
        payments=MappingProxyType({payment.code: payment for payment in book.payment}),
        national_payments=MappingProxyType({payment.code: payment.cents for payment in book.payment}),
        sources=MappingProxyType(book.source),
    )


def load_rulebooks(directory: Path = BOOKS) -> tuple[Rulebook, ...]:
    """Return all rulebooks of a folder, earliest first, following one another without gap or overlap.

    Raises:
        RulebookError: Where one is not usable, where there is none, or where two do not meet.
    """
    paths = sorted(directory.glob("*.toml"))
    if not paths:
        raise RulebookError(
            "RULEBOOK_MISSING",
            f"{directory.name}: no rulebook is there.",
            "Add one, for example medicare-2026.toml; to the program's own folder by installing it again.",
        )
    books = sorted((load_rulebook(path) for path in paths), key=lambda book: book.in_force_from)
    for earlier, later in pairwise(books):
        expected = earlier.in_force_to + timedelta(days=1)
        if later.in_force_from != expected:
            fault = "a gap" if later.in_force_from > expected else "an overlap"
            raise RulebookError(
                "RULEBOOK_DATES",
                f"{later.name}.toml, in_force_from: {fault} after {earlier.name}, which ends {earlier.in_force_to}.",
                f"Write in_force_from = {expected} in {later.name}.toml, or mend in_force_to in {earlier.name}.toml.",
            )
    return tuple(books)


@lru_cache(maxsize=1)
def _own_rulebooks() -> tuple[Rulebook, ...]:
    return load_rulebooks()


@lru_cache(maxsize=256)
def rulebook_for(month: date) -> Rulebook:
    """Return the rulebook in force on the first day of ``month`` (billing-rules B1), read once and kept.

    Months after the newest book have that one until their own book is there.

    Raises:
        RulebookError: For months before the first book.
    """
    first_day = month_of(month)
    books = _own_rulebooks()
    for book in reversed(books):
        if book.in_force_from <= first_day:
            return book
    raise RulebookError(
        "RULEBOOK_MISSING",
        f"No rulebook is in force on {first_day}: the first is {books[0].name}.",
        f"Add ledger/rules/books/medicare-{first_day.year}.toml: copy {books[0].name}.toml and correct its figures.",
    )


def earlier_rulebook(day: date, book: Rulebook) -> Rulebook:
    """Return the rulebook in force on ``day``, which lies before ``book``; the first one for days before any."""
    books = [one for one in _own_rulebooks() if one.in_force_from < book.in_force_from]
    return next((one for one in reversed(books) if one.in_force_from <= day), books[0] if books else book)


@lru_cache(maxsize=1)
def other_services() -> Mapping[str, str]:
    """Return every code of the rulebooks that excludes a program when marked for a month, with its service (R2)."""
    found = [service for book in _own_rulebooks() for service in book.conflict.other_services]
    return MappingProxyType({code: service.title for service in found for code in service.codes})


@lru_cache(maxsize=1)
def program_tables() -> Mapping[Program, ProgramTable]:
    """Return every program of the rulebooks, in the order of the newest one, which decides what it is called."""
    tables: dict[Program, ProgramTable] = {}
    for book in reversed(_own_rulebooks()):
        tables = {**tables, **{name: table for name, table in book.programs.items() if name not in tables}}
    return MappingProxyType(tables)


def known_programs() -> tuple[Program, ...]:
    """Return the names of all programs, in the order in which lists name them."""
    return tuple(program_tables())


def obeys_rpm_time(program: Program) -> bool:
    """Return whether policy ``rpm_time`` decides which minutes of the program count (R7, C10)."""
    table = program_tables().get(program)
    return table is not None and table.obeys_rpm_time


def _book_error(path: Path, problems: Sequence[str]) -> RulebookError:
    return RulebookError(
        "RULEBOOK_INVALID",
        f"{path.name}: {'; '.join(problems)}.",
        f"Correct {path.name} at the places named; its opening comment says what each table holds.",
    )


Family = TypeVar("Family", TimeFamily, ReadingFamily)


def _by_program(tables: Sequence[ProgramTable], families: Sequence[Family]) -> Mapping[Program, tuple[Family, ...]]:
    return MappingProxyType(
        {table.name: tuple(family for family in families if family.program == table.name) for table in tables}
    )


def _inconsistencies(book: BookFile, path: Path) -> Iterator[str]:
    """Yield what is wrong between the tables of one book, each with its place."""
    if book.name != path.stem:
        yield f'"name" is {book.name}, but the file is called {path.name}'
    if book.in_force_from > book.in_force_to:
        yield '"in_force_from" comes after "in_force_to"'
    yield from _unknown_sources(book)
    yield from _unknown_programs(book)
    yield from _repeated("[[program]]", [program.name for program in book.program])
    yield from _repeated("[[payment]]", [payment.code for payment in book.payment])
    yield from _repeated("[[time_family]]", [family.name for family in book.time_family])
    yield from _repeated("[[reading_family]]", [family.name for family in book.reading_family])
    yield from _repeated("code", list(_family_codes(book)))
    paid = {payment.code for payment in book.payment}
    for code in _family_codes(book):
        if code not in paid:
            yield f'{code} has no [[payment]]; add one, with "unknown" where no payment is known'


def _unknown_sources(book: BookFile) -> Iterator[str]:
    named: list[tuple[str, str]] = [("[conflict]", book.conflict.source)]
    named += [(f"[[program]] {program.name}", program.source) for program in book.program]
    named += [(f"[[time_family]] {family.name}", family.source) for family in book.time_family]
    named += [(f"[[reading_family]] {family.name}", family.source) for family in book.reading_family]
    named += [(f"[[payment]] {payment.code}", payment.source) for payment in book.payment]
    for place, source in named:
        if source not in book.source:
            yield f'{place}: there is no [source.{source}]; add it with "title" and "date"'


def _unknown_programs(book: BookFile) -> Iterator[str]:
    """Yield each place that names a program of which the book has no table."""
    known = {program.name for program in book.program}
    named = [(f"[[time_family]] {family.name}", family.program) for family in book.time_family]
    named += [(f"[[reading_family]] {family.name}", family.program) for family in book.reading_family]
    named += [("[conflict]", program) for pair in book.conflict.never_together for program in pair]
    named += [("[conflict]", program) for program in book.conflict.advanced_primary_care_excludes]
    named += [("[conflict]", program) for service in book.conflict.other_services for program in service.excludes]
    for place, program in named:
        if program not in known:
            yield f'{place}: there is no [[program]] with the name {program}; add it, or correct "program"'


def _repeated(place: str, names: Sequence[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{place} {name} stands {times} times; keep one"


def _family_codes(book: BookFile) -> Iterator[str]:
    for family in book.time_family:
        yield from family.codes
    for readings in book.reading_family:
        yield from (code.code for code in readings.codes)
        if readings.set_up is not None:
            yield readings.set_up.code
