"""Sections 4 and 5: what counted minutes are worth, when they were reached (R8), and what comes next (N1)."""

from datetime import date
from typing import Any, NamedTuple

from rules.oracle.facts import (
    Case,
    day,
    designated,
    first_day,
    is_practitioner,
    last_day,
    plans,
    policy,
)
from rules.oracle.figures import FAMILIES, SHORT_AT, SHORT_CODE, SHORT_FROM_YEAR, Family, payment
from rules.oracle.minutes import Minute


class Taken(NamedTuple):
    """A family with the codes it would be billed with, and the minutes that its last billed unit needs."""

    family: Family
    codes: list[tuple[str, int]]
    cents: int
    needs_minutes: int


def by_practitioner(case: Case, item: Minute) -> bool:
    """Section 4: a minute that the practitioner who bills the month spent personally."""
    if policy(case, "practitioner_minutes") == "any_practitioner":
        return is_practitioner(case, item.staff, item.on)
    return item.staff == designated(case, last_day(case)) and is_practitioner(case, item.staff, item.on)


def designation_days(case: Case) -> list[date]:
    """R5: the days of the month on which complex care was validly designated."""
    found = []
    for row in case.get("complexity", []):
        on = day(row["date"])
        if policy(case, "practitioner_minutes") == "any_practitioner":
            may = is_practitioner(case, row["by"], on)
        else:
            may = row["by"] == designated(case, last_day(case)) and is_practitioner(case, row["by"], on)
        in_month = first_day(case) <= on <= last_day(case)
        if may and in_month and row["mdm"] in ("moderate", "high") and row["rationale"].strip():
            found.append(on)
    return sorted(found)


def plan_days(case: Case) -> list[date]:
    """R5: the days of the month on which a plan was established (the first of all) or substantially revised."""
    known = plans(case)
    return [
        day(row["date"])
        for number, row in enumerate(known)
        if day(row["date"]) >= first_day(case) and (number == 0 or row.get("substantial", False))
    ]


def complex_is_open(case: Case) -> bool:
    plan = not policy(case, "complex_needs_plan_revision") or bool(plan_days(case))
    return bool(designation_days(case)) and plan


def open_families(case: Case, program: str) -> list[Family]:
    return [
        family
        for family in FAMILIES
        if family.program == program and (family.name != "ccm_complex" or complex_is_open(case))
    ]


def worth(year: int, family: Family, minutes: int) -> Taken | None:
    """What so many minutes give in a family: only full units."""
    if minutes < family.base_at:
        if family.base == "99457" and year >= SHORT_FROM_YEAR and minutes >= SHORT_AT:
            return Taken(family, [(SHORT_CODE, 1)], payment(year, SHORT_CODE), SHORT_AT)
        return None
    further = min(family.at_most, (minutes - family.base_at) // family.each_further)
    codes = [(family.base, 1)] + ([(family.add_on, further)] if further else [])
    cents = payment(year, family.base) + further * payment(year, family.add_on)
    return Taken(family, codes, cents, family.base_at + further * family.each_further)


def choose(case: Case, program: str, total: int, practitioner: int) -> Taken | None:
    """R4 and R5: the family that pays most, a tie to the lower base code; complex first where it is honored."""
    year = first_day(case).year
    taken = []
    for family in open_families(case, program):
        found = worth(year, family, total if family.minutes == "total" else practitioner)
        if found:
            taken.append(found)
    if policy(case, "honor_complexity_designation"):
        for found in taken:
            if found.family.name == "ccm_complex":
                return found
    return min(taken, key=lambda found: (-found.cents, found.family.base), default=None)


def worth_of_all(case: Case, program: str, total: int, practitioner: int) -> dict[str, int]:
    """What each open family would pay (R4 shows those not taken)."""
    found = {}
    for family in open_families(case, program):
        taken = worth(first_day(case).year, family, total if family.minutes == "total" else practitioner)
        found[family.name] = taken.cents if taken else 0
    return found


def reached_on(case: Case, taken: Taken, counted: list[Minute], live: list[date]) -> date:
    """R8: the day of the last billed unit's minutes, or of the last thing that the family needs."""
    if policy(case, "claim_date") == "month_end":
        return last_day(case)
    mine = [item.on for item in counted if taken.family.minutes == "total" or by_practitioner(case, item)]
    days = [sorted(mine)[taken.needs_minutes - 1]]
    if taken.family.name == "rpm_management":
        days.append(min(live))
    if taken.family.name == "ccm_complex":
        days.append(designation_days(case)[0])
        if policy(case, "complex_needs_plan_revision"):
            days.append(plan_days(case)[0])
    return max(days)


def next_codes(case: Case, program: str, total: int, practitioner: int) -> list[list[Any]]:
    """N1: the next code that R4 would take, the minutes missing and what they add; RPM below 20 names both codes."""
    if program == "RPM":
        return next_of_rpm(case, total)
    now = choose(case, program, total, practitioner)
    steps = []
    for family in open_families(case, program):
        have = total if family.minutes == "total" else practitioner
        if family.minutes == "practitioner" and total > practitioner == 0:
            continue  # where the staff did it all, the practitioner is not asked to
        for missing in further_minutes(family, have):
            more_practitioner = missing if family.minutes == "practitioner" else 0
            then = choose(case, program, total + missing, practitioner + more_practitioner)
            if then and then.family == family:
                steps.append((missing, -then.cents, family.base, then))
    return [
        [then.codes[-1][0], missing, then.cents - (now.cents if now else 0)]
        for missing, _, _, then in sorted(steps)[:1]
    ]


def further_minutes(family: Family, have: int) -> list[int]:
    """Minutes to each further unit of a family; none at its cap."""
    units = [family.base_at + number * family.each_further for number in range(family.at_most + 1)]
    return [at - have for at in units if have < at]


def next_of_rpm(case: Case, total: int) -> list[list[Any]]:
    year, family = first_day(case).year, FAMILIES[-1]
    now = worth(year, family, total)
    missing = further_minutes(family, total)[:1]
    if year >= SHORT_FROM_YEAR and total < SHORT_AT:
        missing.insert(0, SHORT_AT - total)
    steps = []
    for further in missing:
        then = worth(year, family, total + further)
        if then:
            steps.append([then.codes[-1][0], further, then.cents - (now.cents if now else 0)])
    return steps
