"""``ccm rules``: every billing rule can be looked up by number or name, and is named where the code follows it."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import Result
from support.terminal import Ccm

import ledger
from ledger.rules.catalogue import CATALOGUE
from ledger.rules.policy import Policy

NUMBERS = [
    f"{letter}{number}"
    for letter, last in (("E", 9), ("C", 11), ("R", 11), ("W", 16), ("N", 3), ("B", 4), ("T", 7))
    for number in range(1, last + 1)
] + ["E7b", "W18", "N4"]
BLOCKERS = [
    "NO_CONSENT",
    "CONDITIONS",
    "RISK_NOT_DOCUMENTED",
    "NO_CARE_PLAN",
    "CARE_PLAN_EXPIRED",
    "NO_INITIATING_VISIT",
    "OTHER_SERVICE",
    "NO_BILLING_PRACTITIONER",
    "BILLED_ELSEWHERE",
    "PROGRAM_CONFLICT",
    "NO_LIVE_CONTACT",
]
NOT_YET: dict[str, str] = {}
"""Rules that no code follows so far, and why; the test below fails as soon as one does."""
CODE = [
    path.read_text(encoding="utf-8")
    for path in Path(ledger.__file__).parent.rglob("*.py")
    if "catalogue" not in path.parts
]


def shown(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def named_in_code(rule: str) -> bool:
    """Whether a docstring or a comment names the rule, in a range such as ``R1 to R8`` too."""
    if any(re.search(rf"\b{rule}\b", text) for text in CODE):
        return True
    letter, number = rule[0], rule[1:]
    ranges = [found for text in CODE for found in re.findall(rf"\b{letter}(\d+) to {letter}(\d+)\b", text)]
    return number.isdigit() and any(int(first) <= int(number) <= int(last) for first, last in ranges)


def test_the_catalogue_has_every_rule_and_every_blocker_once_and_nothing_else() -> None:
    assert sorted(CATALOGUE) == sorted([*NUMBERS, *BLOCKERS])
    assert all(number == rule.number for number, rule in CATALOGUE.items())


@pytest.mark.parametrize("rule", [*NUMBERS, *BLOCKERS])
def test_the_code_names_the_rule_it_follows(rule: str) -> None:
    assert named_in_code(rule) == (rule not in NOT_YET), NOT_YET.get(rule)


@pytest.mark.parametrize("rule", CATALOGUE)
def test_a_rule_is_shown_in_words_with_an_example_and_its_source(ccm: Ccm, rule: str) -> None:
    text = CATALOGUE[rule]
    printed = shown(ccm("rules", rule))
    assert text.words in printed
    assert f"  Example: {text.example}" in printed
    assert f"  Source: {text.source}" in printed
    assert (f"  Changed by the practice policy: {text.policy}" in printed) == (text.policy is not None)
    assert (f"  To clear it: {text.remedy}" in printed) == bool(text.remedy)


def test_all_rules_are_listed_with_what_changes_them(ccm: Ccm) -> None:
    rows = shown(ccm("rules")).splitlines()
    assert [row.split()[0] for row in rows if not row.startswith(" ")] == list(CATALOGUE)
    assert [row.strip() for row in rows if row.startswith("  ") and "practice policy: " not in row] == [
        rule.words for rule in CATALOGUE.values()
    ]
    changed = [row.partition("practice policy: ")[2] for row in rows if "practice policy: " in row]
    assert changed == [rule.policy for rule in CATALOGUE.values() if rule.policy]


def test_json_has_every_rule_with_every_field(ccm: Ccm) -> None:
    listed = json.loads(shown(ccm("rules", "--json")))
    assert [rule["number"] for rule in listed] == list(CATALOGUE)
    assert listed[0].keys() == {"number", "name", "words", "source", "example", "policy", "message", "remedy"}
    assert json.loads(shown(ccm("rules", "C7", "--json"))) == [rule for rule in listed if rule["number"] == "C7"]


@pytest.mark.parametrize("word", ["C7", "c7", "IN_FACILITY", "in_facility"])
def test_a_rule_is_found_by_number_or_name_in_any_case(ccm: Ccm, word: str) -> None:
    assert shown(ccm("rules", word)).splitlines()[0] == "C7 IN_FACILITY"


def test_a_name_that_two_rules_share_shows_both(ccm: Ccm) -> None:
    printed = shown(ccm("rules", "NO_CONSENT")).splitlines()
    assert [line for line in printed if not line.startswith(" ")] == ["C6 NO_CONSENT", "NO_CONSENT"]


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("in_facilty", "Did you mean: ccm rules IN_FACILITY"),
        ("NO_CONSNT", "Did you mean: ccm rules NO_CONSENT"),
        ("C12", "Did you mean: ccm rules C"),
        ("zz9", "All of them: ccm rules"),
    ],
)
def test_a_rule_there_is_not_is_answered_with_the_nearest(ccm: Ccm, word: str, remedy: str) -> None:
    result = ccm("rules", word)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"Error RULE_UNKNOWN: There is no rule '{word}'." in result.stderr
    assert remedy in result.stderr


def test_every_policy_is_named_by_a_rule_and_every_rule_names_a_policy_there_is() -> None:
    named = {name for rule in CATALOGUE.values() if rule.policy for name in rule.policy.split(", ")}
    assert named == {field.name for field in fields(Policy)}
