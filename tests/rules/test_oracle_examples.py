"""The oracle beside the worked examples of the specification (section 10)."""

import re
import tomllib
from pathlib import Path

import pytest
from rules.oracle import oracle
from rules.oracle.compare import missed
from rules.oracle.examples import EXAMPLES, at, month
from rules.oracle.random_cases import random_case, texts


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_oracle_says_what_the_worked_examples_say(name: str) -> None:
    case, codes, cents, excluded = EXAMPLES[name]
    found = oracle(case)
    assert sorted(f"{line['code']} on {line['date_of_service']} x{line['units']}" for line in found["codes"]) == codes
    assert found["cents"] == cents
    (program,) = found["programs"].values()
    assert program["excluded"] == excluded


CASES = Path(__file__).parent / "cases"
NO_SECONDS = re.compile(r"(T\d\d:\d\d)(?![:\d])")
NOT_SPECIFIED = {
    "not_enrolled_in_the_program_worked_for": "whether a program without enrollment is shown",
    "practice_payments": "how a policy writes payments",
}


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.toml") if path.stem not in NOT_SPECIFIED))
def test_the_oracle_says_what_a_case_file_expects(name: str) -> None:
    written = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    case = texts(tomllib.loads(NO_SECONDS.sub(r"\1:00", written)))
    assert missed(case.pop("expect", {}), oracle(case)) == []


def test_rounded_lengths_are_told() -> None:
    case = EXAMPLES["15 rounded"][0]
    assert "ROUNDED_OVER" in oracle(case)["programs"]["CCM"]["warnings"]["must"]


def test_a_stay_within_one_day_excludes_all_of_an_entry_that_may_touch_it() -> None:
    stay = {"setting": "inpatient", "admitted": "2026-11-03T09:00:00", "discharged": "2026-11-03"}
    case = month(at("2026-11-03T08:50", "2026-11-03T09:10"), at("2026-11-03T08:30", "2026-11-03T08:45"), stay=[stay])
    assert oracle(case)["entries"] == {0: {"FACILITY_EDGE_DAY": 20}, 1: {"COUNTED": 15}}


def test_a_random_case_is_the_same_every_time() -> None:
    assert random_case(7) == random_case(7)
