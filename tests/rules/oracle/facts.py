"""What a case says of a day: who is designated, enrolled, consented, qualified (sections 3, 4 and R9)."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from rules.oracle.figures import PRACTITIONERS, QUALIFYING, WRITTEN

Case = dict[str, Any]

DEFAULT_POLICY = {
    "count_outreach_attempts": False,
    "rpm_time": "management",
    "practitioner_minutes": "billing_practitioner",
    "complex_needs_plan_revision": True,
    "honor_complexity_designation": True,
    "claim_date": "threshold",
    "consent_per_practitioner": True,
    "care_plan_max_days": 365,
    "initiating_visit": True,
    "care_plan_elements": "warn",
    "care_plan_copy": "warn",
    "consent_content": "warn",
}


@cache
def day(text: str) -> date:
    return date.fromisoformat(text[:10])


@cache
def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant(case: Case, local: datetime) -> datetime:
    """When a local time was; where the clocks are put back, the first of the two."""
    return local.replace(tzinfo=ZoneInfo(case.get("timezone", "America/New_York"))).astimezone(UTC)


def local_time(case: Case, of: datetime) -> datetime:
    return of.astimezone(ZoneInfo(case.get("timezone", "America/New_York"))).replace(tzinfo=None)


def elapsed(case: Case, start: datetime, end: datetime) -> timedelta:
    """The time that passed between two local times, also where the clocks were changed."""
    passed = instant(case, end) - instant(case, start)
    if passed < timedelta(0):  # an end before the start is the second such time of the night
        passed = instant(case, end.replace(fold=1)) - instant(case, start)
    return passed


def has_time(text: str) -> bool:
    return len(text) > len("2026-11-03")


@cache
def month_end(of: date) -> date:
    return of.replace(day=monthrange(of.year, of.month)[1])


def first_day(case: Case) -> date:
    return day(case["month"] + "-01")


def last_day(case: Case) -> date:
    return month_end(first_day(case))


def policy(case: Case, name: str) -> Any:
    return case.get("policy", {}).get(name, DEFAULT_POLICY[name])


def within(on: date, row: dict[str, Any], start: str = "from", end: str = "to") -> bool:
    return (start not in row or day(row[start]) <= on) and (end not in row or on <= day(row[end]))


def designations(case: Case) -> list[dict[str, Any]]:
    if "billing_practitioner" in case["patient"]:
        return [{"staff": case["patient"]["billing_practitioner"]}]
    return list(case.get("designation", []))


def designated(case: Case, on: date) -> str | None:
    for row in designations(case):
        if within(on, row):
            return str(row["staff"])
    return None


def enrolled(case: Case, program: str, on: date) -> bool:
    return any(row["program"] == program and within(on, row) for row in case["enrollment"])


def credential(case: Case, staff: str, on: date) -> str | None:
    """The credential that a person holds on a day; None for who is not there, unsupervised rows included."""
    for row in case.get("staff", []):
        if row["id"] == staff and within(on, row, "active_from", "active_to"):
            return WRITTEN.get(row["credential"].lower(), str(row["credential"]))
    return None


def supervised(case: Case, staff: str, on: date) -> bool:
    for row in case.get("staff", []):
        if row["id"] == staff and within(on, row, "active_from", "active_to"):
            return bool(row.get("supervised", True))
    return False


def qualified(case: Case, staff: str, on: date) -> bool:
    allowed = case.get("policy", {}).get("qualifying_credentials", QUALIFYING)
    return credential(case, staff, on) in allowed and supervised(case, staff, on)


def is_practitioner(case: Case, staff: str | None, on: date) -> bool:
    return staff is not None and credential(case, staff, on) in PRACTITIONERS


def consent_is_for(case: Case, consent: dict[str, Any]) -> str | None:
    """R9: whom a consent names, else whoever was designated on its date, else the first one designated later."""
    if "practitioner" in consent:
        return str(consent["practitioner"])
    given = day(consent["date"])
    if designated(case, given) is not None:
        return designated(case, given)
    later = sorted(
        (row["from"], row["staff"]) for row in designations(case) if "from" in row and day(row["from"]) > given
    )
    return later[0][1] if later else None


def consents_that_hold(case: Case, program: str, on: date, for_whom: str | None) -> list[dict[str, Any]]:
    holding = []
    for consent in case.get("consent", []):
        if consent["program"] != program or day(consent["date"]) > on:
            continue
        if "revoked" in consent and on > month_end(day(consent["revoked"])):
            continue
        any_will_do = not policy(case, "consent_per_practitioner") or not designations(case)
        if any_will_do or (for_whom is not None and consent_is_for(case, consent) == for_whom):
            holding.append(consent)
    return holding


def consented(case: Case, program: str, on: date) -> bool:
    return bool(consents_that_hold(case, program, on, designated(case, on)))


def plans(case: Case) -> list[dict[str, Any]]:
    """The revisions known on the month's last day, oldest first."""
    known = [row for row in case.get("care_plan", []) if day(row["date"]) <= last_day(case)]
    return sorted(known, key=lambda row: str(row["date"]))
