"""The next code a program could reach, the minutes missing and what they are worth (billing-rules N1)."""

from collections.abc import Iterator
from typing import NamedTuple

from ledger.rules.book_tables import TimeFamily
from ledger.rules.coding import Claim, Minutes, choose, offer_of
from ledger.rules.policy import Policy
from ledger.rules.prices import Prices
from ledger.rules.statement import NextThreshold


class Step(NamedTuple):
    """A threshold that is not reached yet: its family, its code, and the minutes missing."""

    family: TimeFamily
    code: str
    minutes_missing: int


def next_thresholds(claim: Claim, minutes: Minutes, prices: Prices, policy: Policy) -> tuple[NextThreshold, ...]:
    """N1: the next codes in the order in which minutes reach them; of equally distant ones what R4 would take.

    Before the first code, the opening codes of its family (two in RPM of 2026). After it, the next one of the family
    that is billed, and the one by which another family comes to be billed as soon or sooner.
    """
    families = claim.open_families
    steps = [step for family in families for step in _steps(family, minutes)]
    found = sorted((one for step in steps if (one := _reached(step, claim, minutes, prices, policy))), key=_soonest)
    if not found:
        return ()
    first = found[0]
    if claim.taken is None:
        opening = {part.code for part in (first.step.family.short, first.step.family.base) if part is not None}
        return tuple(
            NextThreshold(step.code, step.minutes_missing, prices[step.code] or 0)
            for step in _steps(first.step.family, minutes)
            if step.code in opening
        )
    taken = claim.taken
    following = next(_steps(taken.family, minutes), None)
    own = next((one for one in found if one.step == following), None)
    rival = next((one for one in found if one.step.family is not taken.family and _has_begun(one.step, minutes)), None)
    named = [one for one in found if one is own or one is rival]
    return tuple(
        NextThreshold(one.step.code, one.step.minutes_missing, one.amount_cents - taken.amount_cents)
        for one in named
        if own is None or one.step.minutes_missing <= own.step.minutes_missing
    )


def _has_begun(step: Step, minutes: Minutes) -> bool:
    """Return whether the step's family has minutes: nobody's staff is told of ninety minutes of a practitioner's."""
    return minutes.for_family(step.family) > 0


class Reached(NamedTuple):
    """A threshold after whose minutes its own family is the one that is billed, and what is billed then, in cents."""

    step: Step
    amount_cents: int


def _reached(step: Step, claim: Claim, minutes: Minutes, prices: Prices, policy: Policy) -> Reached | None:
    more = step.minutes_missing
    practitioner = minutes.practitioner + (more if step.family.counts == "practitioner" else 0)
    then = Minutes(minutes.total + more, practitioner)
    billed = choose([offer_of(family, then, prices) for family in claim.open_families], policy)
    return Reached(step, billed.amount_cents) if billed is not None and billed.family is step.family else None


def _soonest(reached: Reached) -> tuple[int, int, str]:
    return reached.step.minutes_missing, -reached.amount_cents, reached.step.family.base.code


def _steps(family: TimeFamily, minutes: Minutes) -> Iterator[Step]:
    """Yield the thresholds of ``family`` that are not reached, nearest first."""
    own_minutes = minutes.for_family(family)
    if family.short is not None and own_minutes < family.short.at_minutes:
        yield Step(family, family.short.code, family.short.at_minutes - own_minutes)
    for unit, at_minutes in enumerate(family.unit_minutes):
        if own_minutes < at_minutes:
            yield Step(family, family.code_of(unit), at_minutes - own_minutes)
