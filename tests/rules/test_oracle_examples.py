"""The oracle beside the worked examples of the specification (section 10)."""

import pytest
from rules.oracle import oracle
from rules.oracle.examples import EXAMPLES
from rules.oracle.random_cases import random_case


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_oracle_says_what_the_worked_examples_say(name: str) -> None:
    case, codes, cents, excluded = EXAMPLES[name]
    found = oracle(case)
    assert sorted(f"{line['code']} on {line['date_of_service']} x{line['units']}" for line in found["codes"]) == codes
    assert found["cents"] == cents
    (program,) = found["programs"].values()
    assert program["excluded"] == excluded


def test_rounded_lengths_are_told() -> None:
    case = EXAMPLES["15 rounded"][0]
    assert "ROUNDED_OVER" in oracle(case)["programs"]["CCM"]["warnings"]["must"]


def test_a_random_case_is_the_same_every_time() -> None:
    assert random_case(7) == random_case(7)
