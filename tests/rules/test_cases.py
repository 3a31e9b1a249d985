"""Every case file, the shared ones and our own: what it expects is what the ledger says."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.cases import read_case, statement_json, statement_of

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


def evaluated(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    case = read_case(path)
    return json.loads(json.dumps(case.expect, default=str)), json.loads(json.dumps(statement_json(statement_of(case))))


def units(line: dict[str, Any]) -> str:
    return line["code"] if line["units"] == 1 else f"{line['code']}*{line['units']}"


def excluded_minutes(statement: dict[str, Any]) -> dict[str, int]:
    minutes: dict[str, int] = {}
    for entry in statement["entries"]:
        for cut in entry["excluded"]:
            minutes[cut["reason"]] = minutes.get(cut["reason"], 0) + cut["minutes"]
    return minutes


def found(statement: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What the statement says about each key of ``[expect]``, in the same shape."""
    parts = {part["program"]: part for part in statement["programs"]}
    names = {warning["name"] for part in parts.values() for warning in part["warnings"]}
    first = {program: part["next"][0] for program, part in parts.items() if part["next"]}
    everything = {
        "codes": sorted(units(line) for line in statement["codes"]),
        "cents": statement["expected_cents"],
        "excluded": excluded_minutes(statement),
        "status": {program: part["status"] for program, part in parts.items()},
        "blockers": {program: part["blockers"] for program, part in parts.items()},
        "counted": {program: part["counted_minutes"] for program, part in parts.items()},
        "next": {program: [step["code"], step["minutes_missing"]] for program, step in first.items()},
        "warnings": [name for name in wanted.get("warnings", []) if name in names],
        "not_warnings": [name for name in wanted.get("not_warnings", []) if name not in names],
        "tcm": statement.get("discharges", [{}])[0],
        "dates": {line["code"]: line["date_of_service"] for line in statement["codes"]},
    }
    by_program = {"status", "blockers", "counted", "next", "dates", "tcm"}
    return {
        key: {program: everything[key][program] for program in value} if key in by_program else everything[key]
        for key, value in wanted.items()
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_evaluates_to_what_it_expects(path: Path) -> None:
    expect, statement = evaluated(path)
    assert expect
    wanted = {key: sorted(value) if key == "codes" else value for key, value in expect.items()}
    assert found(statement, wanted) == wanted


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_minute_of_a_case_is_counted_or_excluded(path: Path) -> None:
    _, statement = evaluated(path)
    for entry in statement["entries"]:
        assert entry["counted"] + sum(cut["minutes"] for cut in entry["excluded"]) == entry["minutes"]
    counted = sum(part["counted_minutes"] for part in statement["programs"])
    assert counted == sum(entry["counted"] for entry in statement["entries"])


def test_all_cases_are_found() -> None:
    assert len(CASES) >= 80
