"""When a consent holds: from its date, for its program, and for the practitioner it was given for (C6, R9)."""

from collections.abc import Iterator
from datetime import date

from ledger.clock import last_of_month
from ledger.rules.facts import Consent, Program
from ledger.rules.month_view import MonthView, designated_first, designated_on


def consent_on(program: Program, day: date, month: MonthView) -> bool:
    """Return whether a consent to ``program`` holds on ``day`` for whoever is designated that day (C6)."""
    designated = designated_on(month.facts.designations, day)
    return any(_holding(program, day, day, designated, month))


def consents_of_month(program: Program, month: MonthView) -> list[Consent]:
    """Return the consents to ``program`` that hold at some time in the month for who bills it, the newest last."""
    found = _holding(program, month.first_day, month.last_day, month.billing_practitioner, month)
    return sorted(found, key=lambda consent: consent.consent_date)


def consent_is_on_record(program: Program, month: MonthView) -> bool:
    """Return whether a consent to ``program`` was given and not revoked before the month, for whomever."""
    return any(
        consent.program == program and _reaches(consent, month.first_day, month.last_day)
        for consent in month.facts.consents
    )


def given_for(consent: Consent, month: MonthView) -> str | None:
    """Return the practitioner of a consent: whom it names, or who was designated on its date, or first after it.

    None where nobody ever was: then it holds for anybody.
    """
    return consent.practitioner or designated_first(month.facts.designations, consent.consent_date)


def _holding(
    program: Program, first_day: date, last_day: date, designated: str | None, month: MonthView
) -> Iterator[Consent]:
    anybody = not month.policy.consent_per_practitioner or not month.facts.designations
    for consent in month.facts.consents:
        if (
            consent.program == program
            and _reaches(consent, first_day, last_day)
            and (anybody or (designated is not None and given_for(consent, month) == designated))
        ):
            yield consent


def _reaches(consent: Consent, first_day: date, last_day: date) -> bool:
    return consent.consent_date <= last_day and (
        consent.revoked_on is None or first_day <= last_of_month(consent.revoked_on)
    )
