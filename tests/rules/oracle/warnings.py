"""Section 7, each warning as the pair (must be there, may be there): the two differ where the text leaves it open."""

from datetime import date, datetime, time, timedelta
from typing import Any

from rules.oracle.blockers import consent_incomplete, consents_of_month, is_incomplete, plan_incomplete, plan_not_shared
from rules.oracle.codes import by_practitioner, worth
from rules.oracle.devices import bare_counts, in_month, periods
from rules.oracle.facts import Case, day, elapsed, first_day, last_day, moment, plans
from rules.oracle.figures import FAMILIES
from rules.oracle.minutes import Minute, before_midnight, length, stays

STOCK = {"reviewed chart", "followed up", "coordinated care", "patient contacted", "reviewed readings"}
Entries = list[dict[str, Any]]
Pair = tuple[bool, bool]


def warnings(case: Case, program: str, items: list[Minute], billed: list[dict[str, Any]]) -> dict[str, set[str]]:
    counted = [item for item in items if item.program == program and item.reason is None]
    mine = entries_of(case, counted)
    live = [entry for entry in entries_of(case, items) if not entry.get("voided", False)]
    manages = program in ("CCM", "PCM")
    some = bool(counted)
    pairs: dict[str, Pair] = {
        "NOTE_THIN": (any(map(is_thin, mine)), any(map(is_thin, live))),
        "PLAN_UNTOUCHED": (manages and some and plan_age(case, 91), some and plan_age(case, 60)),
        "ROUND_MINUTES": round_minutes(case, program, items),
        "EXACT_THRESHOLD": exact(case, program, counted, billed),
        "LATE_ENTRY": (any(is_late(case, entry, 1) for entry in mine), any(is_late(case, entry, 0) for entry in live)),
        "NO_TIMES": (some and not any("start" in e for e in case["entry"]), not any("start" in e for e in mine)),
        "FACILITY_MONTH": facility(case, counted, billed),
        "CROWDED_HOUR": (False, True),  # seen over all patients of a person
        "LAST_MINUTE": last_minute(case, program, items),
        "CLONED_NOTE": (has_clones(mine), has_clones(live)),
        "ROUNDED_OVER": rounded_over(case, program, counted, billed),
        "POSSIBLE_DOUBLE": (has_double(case, mine), has_double(case, live)),
        "PLAN_INCOMPLETE": (some and manages and plan_incomplete(case), plan_incomplete(case) or not plans(case)),
        "PLAN_NOT_SHARED": (some and manages and plan_not_shared(case), plan_not_shared(case) or not plans(case)),
        "CONSENT_INCOMPLETE": (some and consent_incomplete(case, program), some_incomplete(case, program)),
        "DEVICE_PERIOD_UNKNOWN": device_unknown(case, program, billed),
        "DEVICE_PERIOD_OVERLAP": device_overlap(case, program, billed),
    }
    must = {name for name, (sure, _) in pairs.items() if sure}
    return {"must": must, "may": must | {name for name, (_, perhaps) in pairs.items() if perhaps}, "known": set(pairs)}


def entries_of(case: Case, items: list[Minute]) -> Entries:
    return [case["entry"][index] for index in sorted({item.entry for item in items})]


def is_thin(entry: dict[str, Any]) -> bool:
    """W1; the notes that the cases are made of have plain sentences."""
    sentences = [part.strip() for part in entry.get("note", "").split(". ") if part.strip(" .")]
    stock = all(part.lower().strip(" .") in STOCK for part in sentences)
    return len(sentences) < 2 or len(entry.get("note", "").strip()) < 40 or stock


def plan_age(case: Case, days: int) -> bool:
    """Whether the newest plan is so old on the month's last day, or there is none."""
    return not plans(case) or (last_day(case) - day(plans(case)[-1]["date"])).days >= days


def round_minutes(case: Case, program: str, items: list[Minute]) -> Pair:
    """W3; whether all entries or the counted ones, and of the program or of the patient, is open."""
    readings = []
    for chosen in (
        [item for item in items if item.program == program and item.reason is None],
        [item for item in items if item.program == program and item.reason != "VOIDED"],
        [item for item in items if item.reason is None],
        [item for item in items if item.reason != "VOIDED"],
    ):
        lengths = [length(case, entry) for entry in entries_of(case, chosen) if "start" not in entry]
        fives = [minutes for minutes in lengths if minutes % 5 == 0]
        readings.append(len(lengths) >= 5 and len(fives) >= 0.8 * len(lengths))
    return all(readings), any(readings)


def exact(case: Case, program: str, counted: list[Minute], billed: list[dict[str, Any]]) -> Pair:
    """W4: the total stands exactly on a threshold; must where it is that of the billed family's last unit."""
    practitioner = sum(by_practitioner(case, item) for item in counted)
    here = []
    for family in FAMILIES:
        if family.program != program:
            continue
        have = len(counted) if family.minutes == "total" else practitioner
        taken = worth(first_day(case).year, family, have)
        if taken and taken.needs_minutes == have:
            here.append(family.name)
    sure = any(line["family"] in here and line["family"] != "ccm_practitioner" for line in billed)
    return sure and "pcm_practitioner" not in here, bool(here)


def is_late(case: Case, entry: dict[str, Any], sure: int) -> bool:
    """W5: recorded more than 72 hours after the work, whose end on its day is open without times."""
    if "recorded" not in entry:
        return False
    if "end" in entry:
        end = moment(entry["end"])
    else:
        end = datetime.combine(day(entry["date"]), time.min) + timedelta(days=sure)
    return elapsed(case, end, moment(entry["recorded"])) > timedelta(hours=72)


def facility(case: Case, counted: list[Minute], billed: list[dict[str, Any]]) -> Pair:
    """W7: a stay touches the month and minutes are billed."""
    touches = any(
        day(stay["admitted"]) <= last_day(case) and first_day(case) <= day(stay.get("discharged", "9999-12-31"))
        for stay in stays(case)
    )
    by_minutes = any(line["family"] != "rpm_device" for line in billed)
    return touches and by_minutes, touches and bool(counted or billed)


def last_minute(case: Case, program: str, items: list[Minute]) -> Pair:
    """W9."""
    since = last_day(case) - timedelta(days=2)
    readings = []
    for chosen in (
        [item for item in items if item.program == program and item.reason is None],
        [item for item in items if item.program == program and item.reason != "VOIDED"],
        [item for item in items if item.reason is None],
    ):
        late = [item for item in chosen if item.on >= since]
        readings.append(2 * len(late) > len(chosen))
    return all(readings), any(readings)


def has_clones(entries: Entries) -> bool:
    notes = [entry["note"].strip() for entry in entries if entry.get("note", "").strip()]
    return len(set(notes)) < len(notes)


def rounded_over(case: Case, program: str, counted: list[Minute], billed: list[dict[str, Any]]) -> Pair:
    """W11: the exact seconds of the counted minutes do not reach the last unit; must where that unit is billed."""
    over = set()
    for family in FAMILIES:
        if family.program != program:
            continue
        mine = [item for item in counted if family.minutes == "total" or by_practitioner(case, item)]
        taken = worth(first_day(case).year, family, len(mine))
        if taken and exact_seconds(case, mine) < 60 * taken.needs_minutes:
            over.add(family.name)
    return any(line["family"] in over for line in billed), bool(over)


def exact_seconds(case: Case, mine: list[Minute]) -> float:
    """The seconds of what was counted whole of an entry's day; where a part of it was counted, its minutes."""
    seconds = 0.0
    for index, on in {(item.entry, item.on) for item in mine}:
        entry = case["entry"][index]
        minutes = sum(item.entry == index and item.on == on for item in mine)
        if "start" in entry and minutes == minutes_on(case, entry, on):
            start, end = moment(entry["start"]), moment(entry["end"])
            midnight = datetime.combine(day(entry["start"]) + timedelta(days=1), time.min)
            begun_here = on == start.date()
            part = (start, min(end, midnight)) if begun_here else (midnight, end)
            seconds += elapsed(case, *part).total_seconds()
        else:
            seconds += 60 * minutes
    return seconds


def minutes_on(case: Case, entry: dict[str, Any], on: date) -> int:
    first = before_midnight(case, entry)
    return first if on == day(entry["start"]) else length(case, entry) - first


def has_double(case: Case, entries: Entries) -> bool:
    """W12, between two people; external ids do not stand in a case."""
    for number, one in enumerate(entries):
        for other in entries[:number]:
            same = {name for name in ("activity", "contact", "staff") if one.get(name) == other.get(name)}
            no_times = "start" not in one or "start" not in other
            if days_of(case, one) & days_of(case, other) and no_times and same == {"activity", "contact"}:
                return True
    return False


def days_of(case: Case, entry: dict[str, Any]) -> set[date]:
    """The days of an entry; one across midnight is an entry on each on which it has a minute (E3)."""
    if "date" in entry:
        return {day(entry["date"])}
    both = (day(entry["start"]), day(entry["start"]) + timedelta(days=1))
    return {on for on in both if minutes_on(case, entry, on)}


def some_incomplete(case: Case, program: str) -> bool:
    holding = consents_of_month(case, program)
    return not holding or any(map(is_incomplete, holding))


def device_unknown(case: Case, program: str, billed: list[dict[str, Any]]) -> Pair:
    """W16: a bare count that is billed; whether one that is not is told of is open."""
    bare = program == "RPM" and bool(bare_counts(case))
    return bare and any(line["family"] == "rpm_device" for line in billed), bare


def device_overlap(case: Case, program: str, billed: list[dict[str, Any]]) -> Pair:
    """W18: a period of this month that begins before the last one has ended."""
    dropped = [period for period in periods(case) if not period.stands]
    here = any(in_month(case, period.last) for period in dropped)
    return program == "RPM" and here and bool(billed), program == "RPM" and bool(dropped)
