"""What a complete record of consent and care plan has, and what is missing of it (W13 to W15)."""

from ledger.rules.consents import consents_of_month
from ledger.rules.facts import CONSENT_SAID, PLAN_ELEMENTS, Program
from ledger.rules.month_view import MonthView

ELEMENT_WORDS = {
    "problems": "problem list",
    "prognosis": "expected outcome and prognosis",
    "goals": "measurable goals",
    "symptoms": "symptom management",
    "medication": "medication management",
    "interventions": "planned interventions and who is responsible for each",
    "coordination": "coordination with outside services",
    "review": "periodic review",
}
"""The elements of a care plan as people call them."""

SAID_WORDS = {
    "service": "what the service is",
    "cost_sharing": "cost sharing",
    "one_practitioner": "only one practitioner a month",
    "may_stop": "the right to stop",
}
"""What a patient is told before consenting, as people call it."""


def missing_elements(month: MonthView) -> list[str]:
    """Return the elements that the newest care plan is not recorded as having; none where there is no plan (W13)."""
    plan = month.newest_plan
    return [] if plan is None else [ELEMENT_WORDS[one] for one in PLAN_ELEMENTS if one not in (plan.elements or ())]


def plan_was_shared(month: MonthView) -> bool:
    """Return whether a copy of the newest care plan is recorded; also where there is no plan (W14)."""
    return month.newest_plan is None or month.newest_plan.copy is not None


def missing_of_consent(program: Program, month: MonthView) -> list[str]:
    """Return what the newest consent of the month does not record; nothing where there is no consent (W15)."""
    consents = consents_of_month(program, month)
    if not consents:
        return []
    newest = consents[-1]
    missing = [SAID_WORDS[one] for one in CONSENT_SAID if one not in (newest.said or ())]
    return missing if newest.taken_by else [*missing, "who took it"]
