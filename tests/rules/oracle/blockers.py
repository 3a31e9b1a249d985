"""Section 6, but PROGRAM_CONFLICT of CCM with PCM, which needs to know what both would bill."""

from datetime import date, timedelta

from rules.oracle.facts import (
    Case,
    consents_that_hold,
    day,
    designated,
    first_day,
    is_practitioner,
    last_day,
    plans,
    policy,
)
from rules.oracle.figures import EXCLUDE_CCM, PLAN_ELEMENTS, SAID
from rules.oracle.minutes import Minute

CARE_MANAGEMENT = ("CCM", "PCM")


def consents_of_month(case: Case, program: str) -> list[dict]:
    """The consents that hold for the practitioner of the month's last day at any time in the month."""
    billing = designated(case, last_day(case))
    found: list[dict] = []
    for number in range(last_day(case).day):
        for consent in consents_that_hold(case, program, first_day(case) + timedelta(days=number), billing):
            if consent not in found:
                found.append(consent)
    return found


def is_incomplete(consent: dict) -> bool:
    return set(consent.get("said", [])) != SAID or not consent.get("by")


def consent_incomplete(case: Case, program: str) -> bool:
    """W15, of the newest consent that holds."""
    holding = sorted(consents_of_month(case, program), key=lambda row: str(row["date"]))
    return bool(holding) and is_incomplete(holding[-1])


def plan_incomplete(case: Case) -> bool:
    """W13, of the newest plan."""
    return bool(plans(case)) and set(plans(case)[-1].get("elements", [])) != PLAN_ELEMENTS


def plan_not_shared(case: Case) -> bool:
    """W14, of the newest plan as W13."""
    return bool(plans(case)) and "copy" not in plans(case)[-1]


def visit_missing(case: Case, program: str) -> bool:
    if not policy(case, "initiating_visit"):
        return False
    visits = [day(row["date"]) for row in case.get("initiating_visit", [])]
    year = timedelta(days=365)
    if program == "PCM":
        since = [last_day(case) - year]
    else:  # before any of the enrollments that touch the month
        rows = [row for row in case["enrollment"] if row["program"] == program]
        touching = [row for row in rows if "to" not in row or day(row["to"]) >= first_day(case)]
        since = [day(row["from"]) - year for row in touching if day(row["from"]) <= last_day(case)]
    return not any(min(since) <= on <= last_day(case) for on in visits)


def no_billing_practitioner(case: Case) -> bool:
    return not is_practitioner(case, designated(case, last_day(case)), last_day(case))


def conditions(case: Case) -> int:
    return len({code.replace(".", "").upper() for code in case["patient"].get("conditions", [])})


def expired(case: Case) -> bool:
    newest: date = day(plans(case)[-1]["date"])
    return (last_day(case) - newest).days > policy(case, "care_plan_max_days")


def no_live_contact(case: Case, items: list[Minute]) -> bool:
    logged = [item for item in items if item.program == "RPM" and item.reason != "VOIDED"]
    return bool(logged) and not live_days(case, items)


def live_days(case: Case, items: list[Minute]) -> list[date]:
    """The days with a counted live contact of RPM."""
    return [
        item.on
        for item in items
        if item.program == "RPM" and item.reason is None and case["entry"][item.entry].get("contact") == "live"
    ]


def blockers(case: Case, program: str, items: list[Minute]) -> list[str]:
    manages = program in CARE_MANAGEMENT
    patient = case["patient"]
    needed = {"CCM": 2, "PCM": 1}.get(program, 0)
    checks = {
        "NO_CONSENT": not consents_of_month(case, program),
        "CONDITIONS": conditions(case) < needed,
        "RISK_NOT_DOCUMENTED": manages and not patient.get("risk_documented", True),
        "NO_CARE_PLAN": manages and not plans(case),
        "CARE_PLAN_EXPIRED": manages and bool(plans(case)) and expired(case),
        "NO_INITIATING_VISIT": manages and visit_missing(case, program),
        "OTHER_SERVICE": program == "CCM" and bool(EXCLUDE_CCM & set(patient.get("other_services", []))),
        "NO_BILLING_PRACTITIONER": no_billing_practitioner(case),
        "BILLED_ELSEWHERE": program in patient.get("billed_elsewhere", []),
        "PROGRAM_CONFLICT": manages and patient.get("apcm", False),
        "NO_LIVE_CONTACT": program == "RPM" and no_live_contact(case, items),
        "PLAN_INCOMPLETE": manages and policy(case, "care_plan_elements") == "block" and plan_incomplete(case),
        "PLAN_NOT_SHARED": manages and policy(case, "care_plan_copy") == "block" and plan_not_shared(case),
        "CONSENT_INCOMPLETE": policy(case, "consent_content") == "block" and consent_incomplete(case, program),
    }
    return [name for name, holds in checks.items() if holds]
