"""Section 11: a state for each discharge, as of a day."""

from datetime import date, timedelta
from typing import Any

from rules.oracle.facts import Case, day, designated, first_day, is_practitioner, last_day, qualified
from rules.oracle.figures import payment

DAY = timedelta(days=1)
HOMES = {"home", "domiciliary", "rest_home", "assisted_living"}


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The first, second ... such weekday of a month; the last for -1."""
    days = [date(year, month, 1) + DAY * n for n in range(31)]
    fitting = [on for on in days if on.month == month and on.weekday() == weekday]
    return fitting[number - 1] if number > 0 else fitting[-1]


def federal_holidays(year: int) -> set[date]:
    fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    fixed.append(date(year + 1, 1, 1))
    days = {
        nth_weekday(year, 1, 0, 3),
        nth_weekday(year, 2, 0, 3),
        nth_weekday(year, 5, 0, -1),
        nth_weekday(year, 9, 0, 1),
        nth_weekday(year, 10, 0, 2),
        nth_weekday(year, 11, 3, 4),
    }
    for on in fixed:
        days |= {on, on - DAY if on.weekday() == 5 else on + DAY if on.weekday() == 6 else on}
    return days


def is_business_day(on: date) -> bool:
    return on.weekday() < 5 and on not in federal_holidays(on.year)


def contact_due(discharged: date) -> date:
    """T2: the second business day after the discharge."""
    on, left = discharged, 2
    while left:
        on += DAY
        left -= is_business_day(on)
    return on


def as_of(case: Case) -> date:
    return day(case["as_of"]) if "as_of" in case else last_day(case)


def contacts(case: Case, discharged: date) -> tuple[bool, int]:
    """T2: whether somebody was reached in time, and how many attempts there were, as far as known on the day."""
    reached, attempts = False, 0
    for entry in case.get("entry", []):
        on = day(entry.get("start") or entry["date"])
        if not discharged < on <= min(contact_due(discharged), as_of(case)):
            continue
        documented = entry.get("note", "").strip() and not entry.get("voided", False)
        if entry["program"] != "TCM" or not documented or not qualified(case, entry["staff"], on):
            continue
        reached = reached or entry.get("contact") == "live"
        attempts += entry.get("contact") in ("voicemail", "no_answer")
    return reached, attempts


def code_of_visit(case: Case, row: dict[str, Any]) -> str | None:
    """T3."""
    visit = row["visit"]
    on = day(visit["date"])
    days = (on - day(row["date"])).days
    if days < 1 or visit["by"] != designated(case, on) or not is_practitioner(case, visit["by"], on):
        return None
    if visit["mdm"] == "high" and days <= 7:
        return "99496"
    return "99495" if visit["mdm"] in ("moderate", "high") and days <= 14 else None


def state(case: Case, row: dict[str, Any]) -> str:
    discharged, today = day(row["date"]), as_of(case)
    died = "died" in row and day(row["died"]) <= min(discharged + 29 * DAY, today)
    patient = case["patient"]
    if died or row["to"] not in HOMES or "TCM" in patient.get("billed_elsewhere", []) or patient.get("apcm", False):
        return "lost"
    reached, attempts = contacts(case, discharged)
    if not reached and attempts < 2:
        if today > contact_due(discharged):
            return "lost"
        return "second_attempt_due" if attempts else "contact_due"
    return state_of_visit(case, row)


def state_of_visit(case: Case, row: dict[str, Any]) -> str:
    """The state once the contact is made."""
    discharged, today = day(row["date"]), as_of(case)
    if "visit" not in row or day(row["visit"]["date"]) > today:
        return "visit_due" if today <= discharged + 14 * DAY else "lost"
    if code_of_visit(case, row) is None:
        return "lost"
    if "reconciled" not in row or day(row["reconciled"]) > today:
        return "reconciliation_missing"
    in_time = discharged <= day(row["reconciled"]) <= day(row["visit"]["date"])
    return "billable" if in_time else "lost"


def discharges(case: Case) -> list[dict[str, Any]]:
    """The discharges of the month: each in the month of its visit, until there is one in its own."""
    rows = sorted(case.get("discharge", []), key=lambda row: str(row["date"]))
    states = {row["date"]: state(case, row) for row in rows}
    found = []
    for row in rows:
        here = day(row["visit"]["date"]) if "visit" in row else day(row["date"])
        if not first_day(case) <= here <= last_day(case):
            continue
        is_state = "lost" if bought_by_another(rows, states, row) else states[row["date"]]
        line = {
            "date": row["date"],
            "state": is_state,
            "contact_due": str(contact_due(day(row["date"]))),
            "visit_due": str(day(row["date"]) + 14 * DAY),
        }
        if is_state == "billable":
            code = str(code_of_visit(case, row))
            cents = payment(first_day(case).year, code)
            line |= {"code": code, "cents": cents, "date_of_service": row["visit"]["date"]}
        found.append(line)
    return found


def bought_by_another(rows: list[dict[str, Any]], states: dict[str, str], row: dict[str, Any]) -> bool:
    """T5: of two discharges within 30 days the one whose visit came first is billed, once."""
    if states[row["date"]] != "billable":
        return False
    return any(
        other is not row
        and states[other["date"]] == "billable"
        and abs((day(other["date"]) - day(row["date"])).days) < 30
        and (other["visit"]["date"], other["date"]) < (row["visit"]["date"], row["date"])
        for other in rows
    )
