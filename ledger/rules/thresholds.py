"""The next code a program could reach, the minutes missing and what they are worth (billing-rules N1)."""

from collections.abc import Iterator, Sequence
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
    """N1: the next codes in the order in which to name them, none where the family that is billed is at its cap.

    Before the first code they are the first codes of the family that comes soonest (two in RPM of 2026). After it,
    the next code of the family that is billed, unless another family would be billed by then; and the first code
    by which another family would come to be billed sooner.
    """
    if claim.taken is None:
        return tuple(
            NextThreshold(step.code, step.minutes_missing, prices[step.code] or 0)
            for step in _first_steps(claim.open_families, minutes)
        )
    own = next(_steps(claim.taken.family, minutes), None)
    if own is None:
        return ()
    rivals = (step for family in claim.open_families if family is not own.family for step in _steps(family, minutes))
    sooner = sorted((step for step in rivals if step.minutes_missing <= own.minutes_missing), key=_soonest)
    earned_cents = claim.taken.amount_cents
    return (
        *_leading([own], claim.open_families, minutes, prices, policy, earned_cents=earned_cents),
        *_leading(sooner, claim.open_families, minutes, prices, policy, earned_cents=earned_cents)[:1],
    )


def _leading(
    steps: Sequence[Step],
    families: Sequence[TimeFamily],
    minutes: Minutes,
    prices: Prices,
    policy: Policy,
    *,
    earned_cents: int,
) -> list[NextThreshold]:
    """Return the steps after which their own family is the one that is billed, with what they add to the claim."""
    leading = []
    for step in steps:
        more = step.minutes_missing
        practitioner = minutes.practitioner + (more if step.family.counts == "practitioner" else 0)
        then = Minutes(minutes.total + more, practitioner)
        billed = choose([offer_of(family, then, prices) for family in families], policy)
        if billed is not None and billed.family is step.family:
            leading.append(NextThreshold(step.code, more, billed.amount_cents - earned_cents))
    return leading


def _first_steps(families: Sequence[TimeFamily], minutes: Minutes) -> list[Step]:
    """Return the steps to the short code and the base of the family that comes soonest."""
    first = min((step for family in families for step in _steps(family, minutes)), key=_soonest, default=None)
    if first is None:
        return []
    opening = {part.code for part in (first.family.short, first.family.base) if part is not None}
    return [step for step in _steps(first.family, minutes) if step.code in opening]


def _soonest(step: Step) -> tuple[int, str]:
    return step.minutes_missing, step.family.base.code


def _steps(family: TimeFamily, minutes: Minutes) -> Iterator[Step]:
    """Yield the thresholds of ``family`` that are not reached, nearest first."""
    own_minutes = minutes.for_family(family)
    if family.short is not None and own_minutes < family.short.at_minutes:
        yield Step(family, family.short.code, family.short.at_minutes - own_minutes)
    for unit, at_minutes in enumerate(family.unit_minutes):
        if own_minutes < at_minutes:
            yield Step(family, family.code_of(unit), at_minutes - own_minutes)
