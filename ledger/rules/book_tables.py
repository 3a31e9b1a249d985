"""The tables of a rulebook's file, and what must agree between them (billing-rules B1, B3)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from ledger.rules.facts import Program
from ledger.rules.formatting import Units
from ledger.rules.toml_files import Day, Name, Positive, Table, Whole, YesNo

Need = Literal["complexity_designation", "live_contact"]
"""What a family may ask for besides minutes (billing-rules section 5, column "needs")."""


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


class VisitCode(Table):
    """A code for a visit of such decision making within so many days after the discharge (T3)."""

    code: Name
    mdm: tuple[Name, ...]
    within_days: Positive


class DischargeFamily(Table):
    """Codes reached by what follows a discharge (billing-rules section 11); of several that fit, the first is taken."""

    name: Name
    title: Name
    program: Program
    from_settings: tuple[Name, ...]
    to_settings: tuple[Name, ...]
    contact_business_days: Positive
    attempts_suffice: Positive
    period_days: Positive
    codes: Annotated[tuple[VisitCode, ...], Field(min_length=1)]
    source: Name


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

    ``obeys_rpm_time``: the policy of that name decides which of its minutes count (R7, C10). ``per_discharge``: it is
    billed by the discharge, and asks for neither enrollment nor consent (T2).
    """

    name: Program
    title: Name
    words: tuple[Name, ...]
    requires: Requirement | None = None
    obeys_rpm_time: YesNo = False
    per_discharge: YesNo = False
    source: Name


def _factor(value: object) -> object:
    if isinstance(value, str) and _FACTOR.fullmatch(value):
        return Decimal(value)
    raise ValueError('must be dollars in quotes, such as "33.4009"')


_FACTOR = re.compile(r"[1-9]\d{0,3}\.\d{1,6}")
Factor = Annotated[Decimal, BeforeValidator(_factor)]


class ConversionFactor(Table):
    """Dollars for one relative value unit, by which the book's payments were made (billing-rules B3).

    ``non_qualifying`` is that of practitioners who do not qualify as participants of an advanced alternative payment
    model, ``qualifying`` that of those who do, where the year has two.
    """

    non_qualifying: Factor
    qualifying: Factor | None = None
    source: Name


class Payment(Table):
    """The payment of a code in cents, or in ``unknown`` why there is none (billing-rules B3).

    ``facility_cents`` is what it pays in a facility, where that is known; ``approximate`` says that there is one source
    only, or that sources disagree.
    """

    code: Name
    cents: Positive | None = None
    facility_cents: Positive | None = None
    unknown: Name | None = None
    approximate: YesNo = False
    source: Name

    @model_validator(mode="after")
    def _known_or_unknown(self) -> "Payment":
        if (self.cents is None) == (self.unknown is None):
            raise ValueError(f'{self.code}: give either "cents" or "unknown" with the reason')
        if self.facility_cents is not None and self.unknown is not None:
            raise ValueError(f'{self.code}: "facility_cents" needs "cents" beside it')
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
    discharge_family: tuple[DischargeFamily, ...] = ()
    conversion_factor: ConversionFactor
    payment: tuple[Payment, ...]


def inconsistencies(book: BookFile) -> Iterator[str]:
    """Yield what is wrong between the tables of one book, each with its place."""
    if book.in_force_from > book.in_force_to:
        yield '"in_force_from" comes after "in_force_to"'
    yield from _unknown_sources(book)
    yield from _unknown_programs(book)
    yield from _repeated("[[program]]", [program.name for program in book.program])
    yield from _repeated("[[payment]]", [payment.code for payment in book.payment])
    yield from _repeated("[[time_family]]", [family.name for family in book.time_family])
    yield from _repeated("[[reading_family]]", [family.name for family in book.reading_family])
    yield from _repeated("[[discharge_family]]", [family.name for family in book.discharge_family])
    yield from _repeated("code", list(_family_codes(book)))
    paid = {payment.code for payment in book.payment}
    for code in _family_codes(book):
        if code not in paid:
            yield f'{code} has no [[payment]]; add one, with "unknown" where no payment is known'


def _unknown_sources(book: BookFile) -> Iterator[str]:
    named: list[tuple[str, str]] = [
        ("[conflict]", book.conflict.source),
        ("[conversion_factor]", book.conversion_factor.source),
    ]
    named += [(f"[[program]] {program.name}", program.source) for program in book.program]
    named += [(f"[[time_family]] {family.name}", family.source) for family in book.time_family]
    named += [(f"[[reading_family]] {family.name}", family.source) for family in book.reading_family]
    named += [(f"[[discharge_family]] {family.name}", family.source) for family in book.discharge_family]
    named += [(f"[[payment]] {payment.code}", payment.source) for payment in book.payment]
    for place, source in named:
        if source not in book.source:
            yield f'{place}: there is no [source.{source}]; add it with "title" and "date"'


def _unknown_programs(book: BookFile) -> Iterator[str]:
    """Yield each place that names a program of which the book has no table."""
    known = {program.name for program in book.program}
    named = [(f"[[time_family]] {family.name}", family.program) for family in book.time_family]
    named += [(f"[[reading_family]] {family.name}", family.program) for family in book.reading_family]
    named += [(f"[[discharge_family]] {family.name}", family.program) for family in book.discharge_family]
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
    for discharge in book.discharge_family:
        yield from (code.code for code in discharge.codes)
