"""Random discharges near the edges of section 11."""

from datetime import date, datetime, time, timedelta
from typing import Any

from rules.oracle.facts import Case
from rules.oracle.random_cases import LONG_AGO, Dice, add_designations, staff, texts
from rules.oracle.tcm import contact_due, federal_holidays

DAY = timedelta(days=1)
FROM = ["inpatient", "psychiatric", "inpatient_rehab", "ltch", "snf", "observation", "partial_hospitalization"]
TO = ["home", "domiciliary", "rest_home", "assisted_living"]


def random_discharge_case(number: int) -> Case:
    """A month with one or two discharges, their contacts and visits, and a few minutes of CCM."""
    dice = Dice(number)
    case: Case = {
        "month": dice.first.isoformat()[:7],
        "patient": {"conditions": ["E11.9", "I10"]},
        "enrollment": [{"program": "CCM", "from": LONG_AGO}],
        "consent": [{"program": "CCM", "date": LONG_AGO, "form": "verbal"}],
        "initiating_visit": [{"date": dice.first - 90 * DAY, "type": "AWV"}],
        "care_plan": [{"date": dice.first - 20 * DAY}],
        "staff": staff(dice),
        "entry": [],
    }
    add_designations(dice, case)
    if dice.once_in(15):
        case["patient"][dice.choice(["apcm"])] = True
    if dice.once_in(15):
        case["patient"]["billed_elsewhere"] = ["TCM"]
    first = dice.day() - DAY * dice.choice([0, 0, 3, 8, 13, 14])
    if dice.once_in(3):  # a few days before a federal holiday
        holidays = sorted(on for on in federal_holidays(dice.first.year) if on.month == dice.first.month)
        first = dice.choice(holidays or [first]) - DAY * dice.randrange(5)
    days = [first]
    if dice.once_in(5):
        days.append(first + DAY * dice.choice([1, 4, 10, 28, 29, 30, 31]))
    case["discharge"] = [discharge(dice, on) for on in days]
    if dice.once_in(6):  # back in hospital, or not yet out of it for the hour
        again = first + DAY * dice.choice([0, 1, 2, 5])
        case["stay"] = [{"setting": "inpatient", "admitted": again, "discharged": again + DAY * dice.randrange(4)}]
    for on in days:
        add_contacts(dice, case, on)
    add_meetings(dice, case)
    if dice.randrange(2):
        case["as_of"] = dice.choice(days_that_matter(case["discharge"][0])) + DAY * dice.choice([-1, 0, 0, 1])
    return texts(case)


def days_that_matter(row: dict[str, Any]) -> list[date]:
    """The days on which the state of a discharge may change."""
    on = row["date"]
    known = [row["visit"]["date"]] if "visit" in row else []
    known += [row[name] for name in ("reconciled", "died") if name in row]
    return [on, contact_due(on), on + 14 * DAY, on + 29 * DAY, *known]


def discharge(dice: Dice, on: date) -> dict[str, Any]:
    row: dict[str, Any] = {"date": on, "from": dice.choice(FROM), "to": dice.choice(TO)}
    if dice.once_in(12):
        row["to"] = "snf"
    if not dice.once_in(6):
        days = dice.choice([1, 2, 5, 6, 7, 7, 8, 10, 13, 14, 14, 15]) if not dice.once_in(10) else 0
        seen = on + DAY * days
        mdm = dice.choice(["high", "high", "moderate"])
        row["visit"] = {"date": seen, "mdm": mdm, "by": "npat" if dice.once_in(8) else "lee"}
        if not dice.once_in(5):
            row["reconciled"] = max(on, seen - DAY * dice.choice([0, 0, 1]))
        if dice.once_in(8):
            row["reconciled"] = dice.choice([seen + DAY, on - DAY])
    if dice.once_in(12):
        row["died"] = on + DAY * dice.choice([15, 28, 29, 30])
    return row


def add_contacts(dice: Dice, case: Case, discharged: date) -> None:
    """A contact in time, just too late, on the day itself; or attempts."""
    due = contact_due(discharged)
    for number in range(dice.choice([0, 1, 2, 2, 3, 3, 4])):
        entry = {
            "staff": dice.choice(["ann", "bob", "lee"] * 4 + ["dot"]),
            "program": "TCM",
            "activity": dice.choice(["patient_contact", "caregiver_contact"]),
            "contact": dice.choice(["live", "live", "live", "voicemail", "no_answer", "message"]),
            "date": dice.choice([discharged, discharged + DAY, discharged + DAY, due, due, due, due + DAY]),
            "minutes": dice.choice([3, 8]),
            "note": f"Called about the discharge, {number}. Went through the new medication list with them.",
        }
        if dice.once_in(10):
            entry["note"] = ""
        if dice.once_in(10):
            entry["voided"] = True
        case["entry"].append(entry)


def add_meetings(dice: Dice, case: Case) -> None:
    """Work for CCM, and for TCM at the same time: the shared minutes are TCM's (T6)."""
    on = min(max(dice.day(), dice.first), dice.last)
    for who, program in (("ann", "CCM"), ("bob", dice.choice(["CCM", "TCM"])), ("lee", "TCM"))[: dice.randint(0, 3)]:
        start = datetime.combine(on, time(9)) + timedelta(minutes=dice.choice([0, 5, 10]))
        entry = {"staff": who, "program": program, "activity": "care_transition", "start": start}
        entry["end"] = start + timedelta(minutes=dice.choice([5, 10, 20, 25]))
        entry["note"] = f"Went through the papers of the hospital with {who}. The list was sent to the pharmacy."
        case["entry"].append(entry)
