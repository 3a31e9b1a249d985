"""Random time entries whose minutes add up to about a threshold, with what does not count beside them."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from rules.oracle.facts import instant, local_time

if TYPE_CHECKING:
    from rules.oracle.random_cases import Case, Dice

TOTALS = [
    9,
    10,
    12,
    15,
    19,
    20,
    21,
    25,
    29,
    30,
    35,
    39,
    40,
    41,
    55,
    59,
    60,
    61,
    79,
    80,
    85,
    89,
    90,
    95,
    119,
    120,
    150,
    389,
]
CARE = ["care_plan", "medication", "provider_coordination", "results_review", "documentation", "ai_summary_review"]
NOT_CARE = ["em_visit", "ai_call", "administrative", "scheduling", "registration", "training", "benefits_check"]
CLOCKS_CHANGE = {3: 1, 11: 0}
PEOPLE = ["ann", "lee", "lee", "ann bob", "ann bob cy", "ann lee", "lee npat", "ann bob lee npat"]
THIN = ["Reviewed chart.", "Reviewed chart. Reviewed readings. Followed up. Coordinated care.", "Spoke with daughter."]


def add_entries(dice: "Dice", case: "Case", programs: list[str]) -> None:
    """Entries of each program, and which of them stand where in time."""
    case["entry"] = []
    people = dice.choice(PEOPLE).split()
    days = sorted({in_month(dice) for _ in range(dice.randint(1, 6))})
    for program in programs:
        if dice.once_in(15):
            continue
        total = dice.choice(TOTALS)
        while total > 0:
            minutes = min(total, dice.choice([1, 4, 5, 7, 10, 12, 15, 20, 30, 45]))
            total -= minutes
            who = {"staff": dice.choice(people), "program": program}
            add_one(dice, case, who, dice.choice(days), minutes)
    for _ in range(dice.choice([0, 0, 1, 1, 2, 3])):
        add_noise(dice, case, dice.choice(programs), dice.choice([*people, "cy", "dot"]), dice.choice(days))
    dice.shuffle(case["entry"])


def in_month(dice: "Dice") -> date:
    return min(max(dice.day(), dice.first), dice.last)


def add_one(dice: "Dice", case: "Case", who: dict[str, Any], on: date, minutes: int) -> None:
    entry: dict[str, Any] = {**who, **activity(dice, who["program"])}
    number = len(case["entry"])
    entry |= when(dice, case, entry["staff"], on, minutes)
    entry["note"] = f"Reviewed the home glucose log, item {number}. Agreed two changes to the evening meal with them."
    if dice.once_in(25):
        entry["note"] = dice.choice(THIN)
    elif dice.once_in(25):
        entry["note"] = "Called about the insulin list in the morning. Dose was confirmed by the daughter."
    recorded(dice, entry)
    case["entry"].append(entry)


def activity(dice: "Dice", program: str) -> dict[str, Any]:
    if dice.random() < (0.5 if program == "RPM" else 0.2):
        contact = dice.choice(["live"] * 6 + ["message", "voicemail"])
        return {"activity": dice.choice(["patient_contact", "caregiver_contact"]), "contact": contact}
    return {"activity": dice.choice(CARE)}


def when(dice: "Dice", case: "Case", staff: str, on: date, minutes: int) -> dict[str, Any]:
    """A date and minutes; or times on a crowded morning, with seconds before it, or across midnight."""
    kind = dice.randrange(20)
    number = len(case["entry"])
    if kind == 0 and minutes > 1 and number < 20:
        start = datetime.combine(on, time(5)) + timedelta(minutes=6 * number)
        length = timedelta(minutes=min(minutes, 5), seconds=dice.choice([-29, -20, 0, 20, 30]))
        return {"start": start, "end": start + length}
    if kind == 1 and dice.first.month in CLOCKS_CHANGE:  # the clocks are put on or back at two
        start = datetime.combine(clock_change(dice.first), time(0, 30)) + timedelta(minutes=dice.choice([0, 10, 25]))
        minutes = dice.choice([100, 160, 150])
    elif kind == 1:
        start = datetime.combine(on, time(23, 59)) - timedelta(minutes=dice.randrange(minutes))
        start += timedelta(seconds=dice.choice([0, 0, 10, 40]))
    else:
        start = datetime.combine(on, time(9)) + timedelta(minutes=dice.choice([0, 5, 10, 12, 20, 30, 45, 60, 90]))
    end = local_time(case, instant(case, start) + timedelta(minutes=minutes))
    if kind > 9 or not is_free(case, staff, start, end):
        return {"date": on, "minutes": minutes}
    return {"start": start, "end": end}


def clock_change(first: date) -> date:
    """The second Sunday of March, the first of November."""
    sundays = [
        first + timedelta(days=number) for number in range(14) if (first + timedelta(days=number)).weekday() == 6
    ]
    return sundays[CLOCKS_CHANGE[first.month]]


def is_free(case: "Case", staff: str, start: datetime, end: datetime) -> bool:
    """E6; and one night has one entry across midnight, so that which of two began first is never asked."""
    for other in case["entry"]:
        if "start" not in other or start >= other["end"] or other["start"] >= end:
            continue
        if other["staff"] == staff or start.second or other["start"].second:  # whose second a shared minute is, is open
            return False
    return True


def recorded(dice: "Dice", entry: dict[str, Any]) -> None:
    if not dice.once_in(4):
        return
    done = entry["end"] if "end" in entry else datetime.combine(entry["date"], time(17))
    after = [
        timedelta(0),
        timedelta(minutes=5),
        timedelta(hours=71),
        timedelta(hours=72),
        timedelta(hours=72, minutes=1),
    ]
    entry["recorded"] = done + dice.choice([*after, timedelta(days=5)])


def add_noise(dice: "Dice", case: "Case", program: str, staff: str, on: date) -> None:
    """Time that does not count, or only perhaps: voided, without a note, no care, an attempt, of another month."""
    add_one(dice, case, {"staff": staff, "program": program}, on, dice.choice([3, 5, 10, 20]))
    entry = case["entry"][-1]
    kind = dice.randrange(9)
    if kind == 0:
        entry["voided"] = True
    elif kind == 1:
        entry["note"] = ""
    elif kind == 2:
        entry["activity"] = dice.choice(NOT_CARE)
        entry.pop("contact", None)
    elif kind in (3, 4):
        entry.update(activity="patient_contact", contact=dice.choice(["voicemail", "no_answer", "message"]))
    elif kind == 5 and "date" in entry:
        entry["date"] = dice.choice([dice.first - timedelta(days=1), dice.last + timedelta(days=1)])
        if "recorded" in entry:
            del entry["recorded"]
    elif kind > 6:
        entry["program"] = dice.choice(["CCM", "PCM", "RPM", "TCM", "TCM"])
