"""Every case file, the shared ones and our own: what it expects is what the ledger says."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.cases import read_case, statement_json
from ledger.rules.evaluation import evaluate
from ledger.rules.rulebook import rulebook_for

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


def evaluated(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    case = read_case(path)
    statement = evaluate(case.facts, rulebook_for(case.facts.month), case.policy)
    return case.expect, json.loads(json.dumps(statement_json(statement)))


def units(line: dict[str, Any]) -> str:
    return line["code"] if line["units"] == 1 else f"{line['code']}*{line['units']}"


def found(kind: str, statement: dict[str, Any], wanted: Any) -> Any:
    """What the statement says about one key of ``[expect]``, in the same shape."""
    programs = {part["program"]: part for part in statement["programs"]}
    match kind:
        case "codes":
            return sorted(units(line) for line in statement["codes"])
        case "cents":
            return statement["expected_cents"]
        case "excluded":
            cuts = [cut for entry in statement["entries"] for cut in entry["excluded"]]
            return {
                reason: sum(cut["minutes"] for cut in cuts if cut["reason"] == reason)
                for reason in {cut["reason"] for cut in cuts}
            }
        case "status" | "blockers":
            return {program: programs[program][kind] for program in wanted}
        case "counted":
            return {program: programs[program]["counted_minutes"] for program in wanted}
        case "next":
            first = {program: programs[program]["next"][0] for program in wanted}
            return {program: [step["code"], step["minutes_missing"]] for program, step in first.items()}
        case "warnings":
            names = {warning["name"] for part in programs.values() for warning in part["warnings"]}
            return [name for name in wanted if name in names]
        case _:
            pytest.fail(f"[expect] has an unknown key: {kind}")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_evaluates_to_what_it_expects(path: Path) -> None:
    expect, statement = evaluated(path)
    assert expect
    wanted = {kind: sorted(value) if kind == "codes" else value for kind, value in expect.items()}
    assert {kind: found(kind, statement, value) for kind, value in expect.items()} == wanted


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_minute_of_a_case_is_counted_or_excluded(path: Path) -> None:
    _, statement = evaluated(path)
    for entry in statement["entries"]:
        assert entry["counted"] + sum(cut["minutes"] for cut in entry["excluded"]) == entry["minutes"]
    counted = sum(part["counted_minutes"] for part in statement["programs"])
    assert counted == sum(entry["counted"] for entry in statement["entries"])


def test_all_cases_are_found() -> None:
    assert len(CASES) >= 80
