"""The product beside an oracle that was written from the specification alone, over random patient-months."""

import pytest
from rules.oracle import oracle
from rules.oracle.compare import differences
from rules.oracle.random_cases import random_case

from ledger.cases import evaluate_case

CHUNK = 5_000


def wrong_of(numbers: range) -> list[str]:
    wrong = []
    for number in numbers:
        case = random_case(number)
        found = differences(case, oracle(case), evaluate_case(case))
        wrong += [f"random_case({number}): {text}" for text in found]
    return wrong


def test_the_product_says_what_the_oracle_says() -> None:
    assert wrong_of(range(300)) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100_000, CHUNK))
def test_the_product_says_what_the_oracle_says_of_a_hundred_thousand(first: int) -> None:
    assert wrong_of(range(first, first + CHUNK)) == []
