"""The oracle beside the `[expect]` of a case, and beside a statement as JSON, whose free texts are left out."""

from collections import Counter
from typing import Any

from rules.oracle.facts import Case

Found = dict[str, Any]


def line_up(lines: list[Found]) -> dict[str, tuple[int, int]]:
    """Units and cents by code and day."""
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        key = f"{line['code']} on {line['date_of_service']}"
        units, cents = found.get(key, (0, 0))
        found[key] = (units + line["units"], cents + (line["cents"] or 0))
    return found


def differences(case: Case, ours: Found, statement: Found) -> list[str]:
    """Where a statement says something else than the oracle; nothing where they agree."""
    theirs = {program["program"]: program for program in statement["programs"]}
    pairs: list[tuple[str, Any, Any]] = [
        ("codes", line_up(ours["codes"]), line_up(statement["codes"])),
        ("cents", ours["cents"], statement["expected_cents"]),
        ("entries", ours["entries"], by_entry(statement)),
        ("discharges", ours["discharges"], [named(row) for row in statement.get("discharges", [])]),
    ]
    for name, program in ours["programs"].items():
        pairs += of_program(name, program, theirs.get(name))
    found = [f"{what}: the oracle {one}, the product {other}" for what, one, other in pairs if one != other]
    return found + [f"entry {row['index']} does not add up" for row in statement["entries"] if not adds_up(row)]


def of_program(name: str, ours: Found, theirs: Found | None) -> list[tuple[str, Any, Any]]:
    if theirs is None:
        return [(name, "is there", "is not there")]
    pairs = [
        (f"{name} {ours_is}", ours[ours_is], theirs[theirs_is])
        for ours_is, theirs_is in {
            "status": "status",
            "counted": "counted_minutes",
            "staff": "staff_minutes",
            "practitioner": "practitioner_minutes",
        }.items()
    ]
    pairs.append((f"{name} blockers", sorted(ours["blockers"]), sorted(theirs["blockers"])))
    steps = [[step["code"], step["minutes_missing"], step["cents"]] for step in theirs["next"]]
    compared = None if name == "RPM" else 1  # N1 speaks of the next code; only of RPM's two below 20
    pairs.append((f"{name} next", ours["next"], steps[:compared]))
    others = {
        other["family"]: other["cents"] for other in theirs["alternatives"] if other["family"] in ours["families"]
    }
    pairs.append((f"{name} other families", {family: ours["families"][family] for family in others}, others))
    names = {warning["name"] for warning in theirs["warnings"]}
    pairs.append((f"{name} warnings missing", [], sorted(set(ours["warnings"]["must"]) - names)))
    pairs.append((f"{name} warnings too many", [], sorted(names & ours["warnings"]["known"] - ours["warnings"]["may"])))
    return pairs


def named(row: Found) -> Found:
    """What is said of a discharge in words that the specification has."""
    names = ("date", "state", "contact_due", "visit_due", "code", "cents", "date_of_service")
    return {name: row[name] for name in names if row.get(name) is not None}


def by_entry(statement: Found) -> dict[int, dict[str, int]]:
    """Minutes by what became of them, of each entry in the month; the parts of one entry together."""
    found: dict[int, Counter[str]] = {}
    for row in statement["entries"]:
        minutes = found.setdefault(row["index"], Counter())
        minutes["COUNTED"] += row["counted"]
        for part in row["excluded"]:
            minutes[part["reason"]] += part["minutes"]
    return {index: dict(+minutes) for index, minutes in sorted(found.items())}


def adds_up(row: Found) -> bool:
    return bool(row["counted"] + sum(part["minutes"] for part in row["excluded"]) == row["minutes"])


def missed(expect: Found, ours: Found) -> list[str]:
    """Where the oracle does not say what a case expects; discharges are looked at elsewhere."""
    programs = ours["programs"]
    units: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for line in ours["codes"]:
        units[line["code"]] += line["units"]
    for became in ours["entries"].values():
        excluded.update({reason: minutes for reason, minutes in became.items() if reason != "COUNTED"})
    says: Found = {
        "status": {name: program["status"] for name, program in programs.items()},
        "codes": sorted(f"{code}*{number}" if number > 1 else code for code, number in units.items()),
        "counted": {name: program["counted"] for name, program in programs.items()},
        "excluded": dict(excluded),
        "blockers": {name: sorted(program["blockers"]) for name, program in programs.items()},
        "next": {name: program["next"][0][:2] for name, program in programs.items() if program["next"]},
        "cents": ours["cents"],
        "dates": {line["code"]: str(line["date_of_service"]) for line in ours["codes"]},
    }
    wrong = []
    for what, wanted in expect.items():
        if what in ("codes", "excluded", "cents"):
            good = (sorted(wanted) if what == "codes" else wanted) == says[what]
        elif what == "blockers":
            good = all(says[what].get(name) == sorted(names) for name, names in wanted.items())
        elif what in ("warnings", "not_warnings"):
            side = "may" if what == "warnings" else "must"
            there = {name for program in programs.values() for name in program["warnings"][side]}
            good = there >= set(wanted) if what == "warnings" else not there & set(wanted)
        elif what == "tcm":
            good = True
        else:
            good = all(says[what].get(name) == value for name, value in wanted.items())
        if not good:
            wrong.append(f"{what}: wanted {wanted}, the oracle {says.get(what)}")
    return wrong
