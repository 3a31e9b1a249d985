"""The product beside an oracle that was written from the specification alone, over random patient-months."""

from collections.abc import Callable
from typing import Any

import pytest
from rules.oracle import oracle
from rules.oracle.compare import differences
from rules.oracle.examples import EXAMPLES
from rules.oracle.random_cases import random_case
from rules.oracle.random_discharges import random_discharge_case

from ledger.cases import evaluate_case

CHUNK = 5_000


def wrong_of(make: Callable[[int], dict[str, Any]], numbers: range) -> list[str]:
    wrong = []
    for number in numbers:
        case = make(number)
        found = differences(case, oracle(case), evaluate_case(case))
        wrong += [f"{make.__name__}({number}): {text}" for text in found]
    return wrong


@pytest.mark.parametrize("make", [random_case, random_discharge_case])
def test_the_product_says_what_the_oracle_says(make: Callable[[int], dict[str, Any]]) -> None:
    assert wrong_of(make, range(200)) == []


FALSE: dict[str, Callable[[dict[str, Any]], object]] = {
    "cents": lambda said: said.update(expected_cents=1),
    "units": lambda said: said["codes"][0].update(units=9),
    "day": lambda said: said["codes"][0].update(date_of_service="2026-11-01"),
    "status": lambda said: said["programs"][0].update(status="blocked"),
    "practitioner": lambda said: said["programs"][0].update(practitioner_minutes=7),
    "blockers": lambda said: said["programs"][0]["blockers"].append("CONDITIONS"),
    "next": lambda said: said["programs"][0]["next"][0].update(minutes_missing=99),
    "warnings": lambda said: said["programs"][0]["warnings"].append({"code": "W3", "name": "ROUND_MINUTES"}),
    "reason": lambda said: said["entries"][1]["excluded"][0].update(reason="VOIDED"),
    "minutes": lambda said: said["entries"][0].update(minutes=999),
    "program": lambda said: said["programs"].clear(),
}


@pytest.mark.parametrize("what", FALSE)
def test_a_statement_that_is_wrong_anywhere_is_seen(what: str) -> None:
    case = EXAMPLES["9 consent"][0] | {"entry": EXAMPLES["9 consent"][0]["entry"][::-1]}
    said = evaluate_case(case)
    assert differences(case, oracle(case), said) == []
    FALSE[what](said)
    assert differences(case, oracle(case), said) != []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100_000, CHUNK))
def test_the_product_says_what_the_oracle_says_of_a_hundred_thousand(first: int) -> None:
    assert wrong_of(random_case, range(first, first + CHUNK)) == []


@pytest.mark.slow
def test_the_product_says_what_the_oracle_says_of_many_discharges() -> None:
    assert wrong_of(random_discharge_case, range(2 * CHUNK)) == []
