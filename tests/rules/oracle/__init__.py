"""The billing rules once more, minute by minute, written from the specification alone.

Whoever wrote this had not read the product's rules. A case is a plain dict with the tables of a case file, days and
times as ISO text; every minute of every entry is an item, and nothing is clever.
"""

from typing import Any

from rules.oracle.blockers import CARE_MANAGEMENT, blockers, live_days
from rules.oracle.codes import by_practitioner, choose, next_codes, reached_on, worth_of_all
from rules.oracle.devices import device_lines
from rules.oracle.facts import Case, enrolled, first_day, last_day
from rules.oracle.figures import payment
from rules.oracle.minutes import Minute, minutes_of
from rules.oracle.tcm import discharges
from rules.oracle.warnings import warnings

MONTHLY = ("CCM", "PCM", "RPM")


def oracle(case: Case) -> dict[str, Any]:
    """What the specification says of a case.

    Returns:
        ``programs`` by name: status, counted, staff, practitioner, excluded minutes by reason, blockers, next, and
        warnings, those that must be there and those that may be. ``entries``: minutes by what became of them.
        ``codes`` with units, day and cents, and ``cents`` together.
    """
    items = minutes_of(case)
    would_bill = {program: lines(case, program, items) for program in MONTHLY if in_month(case, program)}
    paid = {
        program: sum(line["cents"] for line in found)
        for program, found in would_bill.items()
        if program in CARE_MANAGEMENT and found and not blockers(case, program, items)
    }
    billed_of_two = max(sorted(paid), key=lambda program: paid[program], default=None)
    programs = {}
    codes = []
    for program, found in would_bill.items():
        blocked_by = blockers(case, program, items)
        other_is_billed = program in CARE_MANAGEMENT and billed_of_two not in (None, program)
        if other_is_billed and counted_of(items, program) and "PROGRAM_CONFLICT" not in blocked_by:
            blocked_by.append("PROGRAM_CONFLICT")
        stops_all = [name for name in blocked_by if name != "NO_LIVE_CONTACT"]
        stops_minutes = bool(blocked_by)
        billed = [line for line in found if not (stops_minutes if line["family"] != "rpm_device" else stops_all)]
        codes += billed
        programs[program] = program_figures(case, program, items) | {
            "status": "billable" if billed else "blocked" if blocked_by else "below_threshold",
            "blockers": blocked_by,
            "warnings": warnings(case, program, items, billed),
        }
    left = discharges(case)
    codes += [line | {"units": 1} for line in left if "code" in line]
    return {
        "programs": programs,
        "discharges": left,
        "entries": entries(items),
        "codes": codes,
        "cents": sum(line["cents"] for line in codes),
    }


def in_month(case: Case, program: str) -> bool:
    """Whether the patient is enrolled in a program on any day of the month."""
    days = [first_day(case).replace(day=number + 1) for number in range(last_day(case).day)]
    return any(enrolled(case, program, on) for on in days)


def entries(items: list[Minute]) -> dict[int, dict[str, int]]:
    """Minutes by what became of them, of each entry in the month."""
    found: dict[int, dict[str, int]] = {}
    for item in items:
        minutes = found.setdefault(item.entry, {})
        became = item.reason or "COUNTED"
        minutes[became] = minutes.get(became, 0) + 1
    return found


def counted_of(items: list[Minute], program: str) -> list[Minute]:
    return [item for item in items if item.program == program and item.reason is None]


def program_figures(case: Case, program: str, items: list[Minute]) -> dict[str, Any]:
    counted = counted_of(items, program)
    practitioner = sum(by_practitioner(case, item) for item in counted)
    excluded: dict[str, int] = {}
    for item in items:
        if item.program == program and item.reason:
            excluded[item.reason] = excluded.get(item.reason, 0) + 1
    return {
        "counted": len(counted),
        "staff": len(counted) - practitioner,
        "practitioner": practitioner,
        "excluded": excluded,
        "next": next_codes(case, program, len(counted), practitioner),
        "families": worth_of_all(case, program, len(counted), practitioner),
    }


def lines(case: Case, program: str, items: list[Minute]) -> list[dict[str, Any]]:
    """The lines of a program if nothing blocks it."""
    year = first_day(case).year
    counted = counted_of(items, program)
    live = live_days(case, items)
    found = []
    taken = choose(case, program, len(counted), sum(by_practitioner(case, item) for item in counted))
    if taken and (program != "RPM" or live):
        on = reached_on(case, taken, counted, live)
        for code, units in taken.codes:
            found.append(
                {
                    "code": code,
                    "units": units,
                    "date_of_service": on,
                    "cents": units * payment(year, code),
                    "family": taken.family.name,
                }
            )
    if program == "RPM":
        found += [line | {"family": "rpm_device"} for line in device_lines(case)]
    return [line | {"program": program} for line in found]
