"""Why a program stands as it does, and why a family was not taken: in words, with rule numbers."""

from collections.abc import Iterator, Sequence

from ledger.rules.catalogue import CATALOGUE
from ledger.rules.coding import Claim, Offer
from ledger.rules.eligibility import ProgramMonth
from ledger.rules.formatting import codes_words, dollars, listed
from ledger.rules.rulebook import is_per_discharge
from ledger.rules.statement import Alternative, Blocker, CodeLine, NextThreshold


def alternatives_of(claim: Claim, lines: Sequence[CodeLine], blockers: Sequence[Blocker]) -> tuple[Alternative, ...]:
    """Return the time families without a line on the claim: what each would pay, and why it was not taken (R4)."""
    billed = {line.family for line in lines}
    return tuple(
        Alternative(
            family=offer.family.name,
            codes=claim.time_lines[offer.family.name],
            amount_cents=offer.amount_cents,
            why_not=_why_not(offer, claim, blockers),
        )
        for offer in claim.offers
        if offer.family.name not in billed
    )


def why(
    asked: ProgramMonth,
    claim: Claim,
    lines: Sequence[CodeLine],
    blockers: Sequence[Blocker],
    upcoming: Sequence[NextThreshold],
) -> str:
    """Return one or more sentences: what is billed and why that, or what blocks the program, or what is missing."""
    return " ".join(
        (
            *_sentences(claim, lines, blockers, upcoming),
            *_unpaid_rival_words(claim, lines),
            *_enrollment_words(asked),
            *_category_words(asked),
            *_provisional_words(asked, lines),
        )
    )


def _unpaid_rival_words(claim: Claim, lines: Sequence[CodeLine]) -> Iterator[str]:
    """Yield that the choice of a family rests on a payment that is not known, and is the biller's to check (R4, B3)."""
    taken = claim.taken
    if taken is None or not any(line.family == taken.family.name for line in lines):
        return
    for offer in claim.offers:
        unknown = [line.code for line in claim.time_lines[offer.family.name] if not line.payment_known]
        if offer.family is not taken.family and offer.family.name not in claim.closed and unknown:
            yield (
                f"Check before filing: {codes_words(offer.units)} are reached too, and {listed(unknown)} counted as "
                f"$0.00 in the choice because no payment is known (B3)."
            )


def _enrollment_words(asked: ProgramMonth) -> Iterator[str]:
    """Yield that the patient is not enrolled in a program that time was logged in (C5)."""
    if asked.program not in asked.month.enrollments and not is_per_discharge(asked.program):
        yield f"NOT_ENROLLED: the patient is not enrolled in {asked.program} this month (C5)."


def _category_words(asked: ProgramMonth) -> Iterator[str]:
    """Yield the codes of one category where without one of them there would be too few conditions."""
    needed = 0 if asked.requirement is None else asked.requirement.conditions_at_least
    codes = sorted(set(asked.month.facts.conditions))
    categories = {code.partition(".")[0] for code in codes}  # E11.9 and E11.65 are both of E11
    if len(categories) < needed <= len(codes):
        yield f"{listed(codes)} are of one ICD-10-CM category: check that they are {needed} conditions."


def _provisional_words(asked: ProgramMonth, lines: Sequence[CodeLine]) -> Iterator[str]:
    """Yield of codes that are billed for a month without its own rulebook: whose figures they are (B1)."""
    month = asked.month.first_day
    if lines and asked.book.provisional_in(month):
        yield f"Provisional: {CATALOGUE['B1'].message.format(year=month.year, book=asked.book.name)}."


def _sentences(
    claim: Claim, lines: Sequence[CodeLine], blockers: Sequence[Blocker], upcoming: Sequence[NextThreshold]
) -> Iterator[str]:
    if blockers:
        yield f"{'Partly blocked' if lines else 'Blocked'}: {'; '.join(blocker.text for blocker in blockers)}."
    if lines:
        billed = codes_words(tuple((line.code, line.units) for line in lines))
        yield f"{billed} ({dollars(sum(line.amount_cents for line in lines))})."
    taken = claim.taken
    if taken is not None and any(line.family == taken.family.name for line in lines):
        kind = "practitioner" if taken.family.counts == "practitioner" else "counted"
        yield f"{taken.minutes} {kind} minutes reach {codes_words(taken.units)}."
        yield from _designation_words(taken, claim)
    elif upcoming:
        first = upcoming[0]
        yield f"{first.minutes_missing} more {'minute' if first.minutes_missing == 1 else 'minutes'} to {first.code}."
    unknown = [line.code for line in lines if not line.payment_known]
    if unknown:
        yield f"In the rulebook {CATALOGUE['B3'].message.format(codes=listed(unknown))}."


def _designation_words(taken: Offer, claim: Claim) -> Iterator[str]:
    """Yield what honoring a designation of complex care costs or earns (R5)."""
    if "complexity_designation" not in taken.family.needs:
        return
    others = (offer for offer in claim.offers if offer.family is not taken.family)
    plain = max(others, key=lambda offer: offer.amount_cents)
    difference = plain.amount_cents - taken.amount_cents
    if difference > 0:
        yield (
            f"The billing practitioner designated complex care (R5); {codes_words(plain.units)} would pay "
            f"{dollars(difference)} more."
        )


def _why_not(offer: Offer, claim: Claim, blockers: Sequence[Blocker]) -> str:
    family, taken = offer.family, claim.taken
    if family.name in claim.closed:
        return claim.closed[family.name]
    if not offer.units:
        kind = "practitioner" if family.counts == "practitioner" else "counted"
        return f"{offer.minutes} of {family.base.at_minutes} {kind} minutes"
    if taken is None or taken.family is family:
        return f"blocked: {listed(blocker.name for blocker in blockers)}"
    difference = taken.amount_cents - offer.amount_cents
    if difference < 0:
        return f"pays {dollars(-difference)} more, but the billing practitioner designated complex care (R5)"
    if difference == 0:
        return f"pays the same as {codes_words(taken.units)}; ties go to the lower base code (R4)"
    return CATALOGUE["R4"].message.format(difference=dollars(difference), taken=codes_words(taken.units))
