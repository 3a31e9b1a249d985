"""From counted minutes and device periods to codes (billing-rules section 5, R1 to R11)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from ledger.rules.book_tables import ReadingFamily, TimeFamily
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.counting import CountedEntry
from ledger.rules.devices import device_lines
from ledger.rules.facts import ComplexityDesignation, Contact, Program, TimeEntry
from ledger.rules.formatting import Units
from ledger.rules.month_view import MonthView
from ledger.rules.policy import Policy
from ledger.rules.prices import Prices
from ledger.rules.rulebook import Rulebook
from ledger.rules.statement import CodeLine
from ledger.rules.transitions import transitions_of

QUALIFYING_DECISION_MAKING = frozenset({"moderate", "high"})
"""The complexity of medical decision making that complex care asks for (R5)."""


class Minutes(NamedTuple):
    """Counted minutes of one program: of everybody, and practitioner minutes among them (section 4)."""

    total: int
    practitioner: int

    def for_family(self, family: TimeFamily) -> int:
        """Return the minutes that this family counts."""
        return self.practitioner if family.counts == "practitioner" else self.total


class Tally(NamedTuple):
    """The entries of one program, counted, in order of their dates; ``logged`` are those that were not voided."""

    program: Program
    entries: list[CountedEntry]
    logged: list[TimeEntry]
    minutes: Minutes

    @property
    def live_contact(self) -> bool:
        """Whether a live contact counts in the month (R7)."""
        return any(one.minutes and one.entry.contact is Contact.LIVE for one in self.entries)


class Offer(NamedTuple):
    """What a family bills at these minutes: nothing below its first threshold."""

    family: TimeFamily
    minutes: int
    units: Units
    amount_cents: int


class Claim(NamedTuple):
    """What the minutes, device periods and discharges of a program would bill if nothing blocked it.

    ``closed`` says of a family why it may not be taken whatever its minutes are (R3, R5); ``time_lines`` holds the
    lines of each family, taken or not.
    """

    offers: list[Offer]
    closed: Mapping[str, str]
    taken: Offer | None
    time_lines: Mapping[str, tuple[CodeLine, ...]]
    other_lines: list[CodeLine]

    @property
    def open_families(self) -> list[TimeFamily]:
        """The families that may be taken once their minutes are reached."""
        return [offer.family for offer in self.offers if offer.family.name not in self.closed]


def tally_of(program: Program, counted: Sequence[CountedEntry]) -> Tally:
    """Return the entries of ``program`` among ``counted``, with their minutes (section 4)."""
    entries = [one for one in counted if one.entry.program == program]
    entries.sort(key=lambda one: one.entry.date_of_service)
    logged = [one.entry for one in entries if not one.entry.voided]
    practitioner = sum([one.minutes for one in entries if one.by_practitioner])
    return Tally(program, entries, logged, Minutes(sum([one.minutes for one in entries]), practitioner))


def claim_of(tally: Tally, month: MonthView, book: Rulebook, prices: Prices) -> Claim:
    """Return the claim of one program, blockers aside: one family of time codes (R1), and the readings."""
    families = book.time_families.get(tally.program, ())
    closed = {family.name: why for family in families if (why := why_closed(family, month)) is not None}
    offers = [offer_of(family, tally.minutes, prices) for family in families]
    taken = choose([offer for offer in offers if offer.family.name not in closed], month.policy)
    return Claim(
        offers=offers,
        closed=closed,
        taken=taken,
        time_lines={offer.family.name: _time_lines(offer, tally, month, prices) for offer in offers},
        other_lines=[
            *_device_lines(tally.program, month, book, prices),
            *_visit_lines(tally.program, month, book, prices),
        ],
    )


def _device_lines(program: Program, month: MonthView, book: Rulebook, prices: Prices) -> list[CodeLine]:
    """Return the lines of device periods, each dated on its period's last day (R10)."""
    return [
        replace(
            code_line(family, found.code, found.units, found.period.last_day, prices),
            first_day=found.period.first_day,
        )
        for family in book.reading_families.get(program, ())
        for found in device_lines(family, month, book)
    ]


def _visit_lines(program: Program, month: MonthView, book: Rulebook, prices: Prices) -> list[CodeLine]:
    """Return the lines of discharges, each dated on its visit (T5)."""
    lines = []
    for one in transitions_of(month, book):
        if one.program == program and one.code is not None and one.date_of_service is not None:
            cents = prices[one.code]
            day = one.date_of_service
            lines.append(CodeLine(one.code, 1, program, one.family, cents or 0, day, cents is not None))
    return lines


def units_at(family: TimeFamily, minutes: int) -> Units:
    """Return the codes and units of ``family`` at that many minutes.

    Full units alone, no add-on without its base (R6).
    """
    base, add_on, short = family.base, family.add_on, family.short
    if minutes >= base.at_minutes:
        further = 0
        if add_on is not None:
            further = min(add_on.at_most, (minutes - base.at_minutes) // add_on.each_further_minutes)
        return ((base.code, 1), (family.code_of(further), further)) if further else ((base.code, 1),)
    if short is not None and minutes >= short.at_minutes:
        return ((short.code, 1),)
    return ()


def offer_of(family: TimeFamily, minutes: Minutes, prices: Prices) -> Offer:
    """Return what ``family`` bills at these minutes; a payment that is not known counts as 0 (section 9)."""
    own_minutes = minutes.for_family(family)
    units = units_at(family, own_minutes)
    return Offer(family, own_minutes, units, sum([(prices[code] or 0) * count for code, count in units]))


def choose(offers: Sequence[Offer], policy: Policy) -> Offer | None:
    """R4: of the open families that reach a code, the highest expected payment; ties go to the lower base code.

    Complex care that was designated comes first where the policy honors the designation (R5).
    """
    reached = [offer for offer in offers if offer.units]
    if policy.honor_complexity_designation:
        designated = [offer for offer in reached if "complexity_designation" in offer.family.needs]
        reached = designated or reached
    return min(reached, key=lambda offer: (-offer.amount_cents, offer.family.base.code), default=None)


def why_closed(family: TimeFamily, month: MonthView) -> str | None:
    """R3, R5: why a family that needs a designation of complex care may not be taken; None where it is open."""
    if "complexity_designation" not in family.needs:
        return None
    if not _designated_days(month):
        return CATALOGUE["R3"].message
    if month.policy.complex_needs_plan_revision and not _plan_days(month):
        return CATALOGUE["R5"].message
    return None


def _designated_days(month: MonthView) -> list[date]:
    """R5: the days of the month on which its billing practitioner designated: moderate or high, with a rationale."""
    return [one.designated_on for one in month.facts.complexity if _designates(one, month)]


def _designates(designation: ComplexityDesignation, month: MonthView) -> bool:
    day = designation.designated_on
    return (
        month.first_day <= day <= month.last_day
        and designation.mdm in QUALIFYING_DECISION_MAKING
        and bool(designation.rationale.strip())
        and month.is_practitioner(designation.staff_id, day)
        and month.acts_as_practitioner(designation.staff_id)
    )


def _plan_days(month: MonthView) -> list[date]:
    """R5: the days of the month on which the plan was established (first revision ever) or substantially revised."""
    days = [plan.revised_on for plan in month.facts.care_plans]
    substantial = [plan.revised_on for plan in month.facts.care_plans if plan.substantial]
    return [day for day in (*substantial, *sorted(days)[:1]) if month.first_day <= day <= month.last_day]


def _time_lines(offer: Offer, tally: Tally, month: MonthView, prices: Prices) -> tuple[CodeLine, ...]:
    if not offer.units:
        return ()
    day = _date_of_service(offer, tally, month)
    return tuple([code_line(offer.family, code, units, day, prices) for code, units in offer.units])


def _date_of_service(offer: Offer, tally: Tally, month: MonthView) -> date:
    """R8: the day on which the last billed unit was reached and all was there that the family needs.

    The month's last day by policy.
    """
    if month.policy.claim_date == "month_end":
        return month.last_day
    return max(_day_of_minutes(offer, tally, month), *_days_of_needs(offer.family, tally, month), month.first_day)


def _day_of_minutes(offer: Offer, tally: Tally, month: MonthView) -> date:
    family, minutes = offer.family, 0
    for one in tally.entries:
        if family.counts == "total" or one.by_practitioner:
            minutes += one.minutes
        if minutes >= family.minutes_of(offer.units):
            return one.entry.date_of_service
    return month.last_day


def _days_of_needs(family: TimeFamily, tally: Tally, month: MonthView) -> Iterator[date]:
    """Yield the first day on which each of the family's needs was met in the month."""
    if "live_contact" in family.needs:
        yield min(
            (one.entry.date_of_service for one in tally.entries if one.minutes and one.entry.contact is Contact.LIVE),
            default=month.first_day,
        )
    if "complexity_designation" in family.needs:
        yield min(_designated_days(month), default=month.first_day)
        if month.policy.complex_needs_plan_revision:
            yield min(_plan_days(month), default=month.first_day)


def code_line(family: TimeFamily | ReadingFamily, code: str, units: int, day: date, prices: Prices) -> CodeLine:
    """Return the line of a claim for ``units`` of ``code``; its amount is 0 where the payment is not known."""
    cents = prices[code]
    return CodeLine(code, units, family.program, family.name, units * (cents or 0), day, cents is not None)
