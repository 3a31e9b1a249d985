"""Every minute of every entry is an item, with the first reason of section 3 that excludes it, or none."""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.oracle.facts import (
    Case,
    consented,
    day,
    elapsed,
    enrolled,
    first_day,
    has_time,
    instant,
    last_day,
    local_time,
    moment,
    policy,
    qualified,
)
from rules.oracle.figures import CARE_ACTIVITIES, FACILITIES

MINUTE = timedelta(minutes=1)


@dataclass
class Minute:
    entry: int
    program: str
    staff: str
    on: date
    clock: datetime | None  # local
    instant: datetime | None
    reason: str | None = None


def nearest(passed: timedelta) -> int:
    """E2: the nearest whole minute, an exact half going down."""
    return math.ceil(passed / MINUTE - 0.5)


def length(case: Case, entry: dict) -> int:
    if "minutes" in entry:
        return int(entry["minutes"])
    return nearest(elapsed(case, moment(entry["start"]), moment(entry["end"])))


def before_midnight(case: Case, entry: dict) -> int:
    """E3: how many minutes belong to the day on which an entry began; those of the next day make up the whole."""
    midnight = datetime.combine(day(entry["start"]) + timedelta(days=1), time.min)
    first = nearest(elapsed(case, moment(entry["start"]), min(moment(entry["end"]), midnight)))
    return min(first, length(case, entry))


def minutes_of(case: Case) -> list[Minute]:
    """All minutes that fall in the month, of all entries."""
    items = []
    for index, entry in enumerate(case.get("entry", [])):
        for number in range(length(case, entry)):
            at = instant(case, moment(entry["start"])) + number * MINUTE if "start" in entry else None
            clock = local_time(case, at) if at else None
            on = day(entry.get("start") or entry["date"])
            if clock and number >= before_midnight(case, entry):
                on += timedelta(days=1)
            if first_day(case) <= on <= last_day(case):
                items.append(Minute(index, entry["program"], entry["staff"], on, clock, at))
    known: dict[tuple, str | None] = {}
    for item in items:
        alike = (item.entry, item.on, item.clock if stays(case) else None)  # times matter to stays alone
        if alike not in known:
            known[alike] = reason_alone(case, case["entry"][item.entry], item)
        item.reason = known[alike]
    exclude_edge_days_whole(items)
    exclude_same_minutes(case, items)
    return items


def exclude_edge_days_whole(items: list[Minute]) -> None:
    """C8 excludes all of an entry's day where one minute of it may lie in the stay."""
    edges = {(item.entry, item.on) for item in items if item.reason == "FACILITY_EDGE_DAY"}
    for item in items:
        if (item.entry, item.on) in edges and item.reason in (None, "OUTREACH_ATTEMPT", "NOT_INTERACTIVE"):
            item.reason = "FACILITY_EDGE_DAY"


def reason_alone(case: Case, entry: dict, item: Minute) -> str | None:
    """C1 to C10: what can be said of a minute without looking at other entries."""
    tcm = item.program == "TCM"
    contact = entry.get("contact")
    tests = [
        ("VOIDED", lambda: entry.get("voided", False)),
        ("UNDOCUMENTED", lambda: not entry.get("note", "").strip()),
        ("NOT_CARE_TIME", lambda: entry["activity"] not in CARE_ACTIVITIES),
        ("UNQUALIFIED_STAFF", lambda: not qualified(case, item.staff, item.on)),
        ("NOT_ENROLLED", lambda: not tcm and not enrolled(case, item.program, item.on)),
        ("NO_CONSENT", lambda: not tcm and not consented(case, item.program, item.on)),
        ("IN_FACILITY", lambda: any(inside(stay, item) for stay in stays(case))),
        ("FACILITY_EDGE_DAY", lambda: any(on_edge(stay, item) for stay in stays(case))),
        (
            "OUTREACH_ATTEMPT",
            lambda: contact in ("voicemail", "no_answer") and not policy(case, "count_outreach_attempts"),
        ),
        (
            "NOT_INTERACTIVE",
            lambda: item.program == "RPM" and contact != "live" and policy(case, "rpm_time") == "interactive",
        ),
    ]
    for name, holds in tests:
        if holds():
            return name
    return None


def stays(case: Case) -> list[dict]:
    return [stay for stay in case.get("stay", []) if stay["setting"] in FACILITIES]


def inside(stay: dict, item: Minute) -> bool:
    """C7: strictly between the edge days, or on an edge day at a time that is known to lie in the stay."""
    admitted, discharged = stay["admitted"], stay.get("discharged", "9999-12-31")
    if day(admitted) < item.on < day(discharged):
        return True
    if item.clock is None or not day(admitted) <= item.on <= day(discharged):
        return False
    if item.on == day(admitted) and not has_time(admitted):
        return False
    if item.on == day(discharged) and not has_time(discharged):
        return False
    begins = moment(admitted) if has_time(admitted) else datetime.combine(day(admitted), time.min)
    ends = moment(discharged) if has_time(discharged) else datetime.combine(day(discharged), time.max)
    return begins <= item.clock < ends


def on_edge(stay: dict, item: Minute) -> bool:
    """C8: an edge day, and nothing shows that the minute lies outside: no times of the entry, or none on the edge."""
    edges = [stay[edge] for edge in ("admitted", "discharged") if edge in stay and day(stay[edge]) == item.on]
    if item.clock is None:
        return bool(edges)
    if stay["admitted"] in edges and has_time(stay["admitted"]) and item.clock < moment(stay["admitted"]):
        return False
    discharged = stay.get("discharged", "")
    if discharged in edges and has_time(discharged) and item.clock >= moment(discharged):
        return False
    return any(not has_time(edge) for edge in edges)


def exclude_same_minutes(case: Case, items: list[Minute]) -> None:
    """C11: of several claimants of one clock minute one counts: TCM (T6), earlier start, earlier recording."""
    claimants: dict[datetime, list[Minute]] = {}
    for item in items:
        if item.reason is None and item.instant is not None:
            claimants.setdefault(item.instant.replace(second=0), []).append(item)

    def rank(item: Minute) -> tuple:
        entry = case["entry"][item.entry]
        recorded = moment(entry.get("recorded", entry["end"]))
        start = max(moment(entry["start"]), datetime.combine(item.on, time.min))  # of the day's part (E3)
        return (item.program != "TCM", start, recorded, item.entry)

    for together in claimants.values():
        first = min(together, key=rank)
        for item in together:
            if item.entry != first.entry:
                item.reason = "SAME_MINUTES"
