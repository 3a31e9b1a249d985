"""``ccm evaluate`` and ``ccm rules``: the billing rules without a ledger."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import AsJson, failures_told, out, print_json, print_table
from bot.grammar.commands import closest
from bot.views.explain import entry_lines, rule_lines, statement_lines
from ledger.cases import read_case, statement_json
from ledger.errors import LedgerError
from ledger.rules.catalogue import CATALOGUE, RuleText
from ledger.rules.evaluation import evaluate as evaluate_facts
from ledger.rules.rulebook import rulebook_for


def evaluate(
    case: Annotated[Path, typer.Argument(help="A patient-month in a TOML file.")],
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print every entry too: what counts, and why not.")
    ] = False,
) -> None:
    """Print the statement of a patient-month that is written in a file."""
    with failures_told():
        read = read_case(case)
        statement = evaluate_facts(read.facts, rulebook_for(read.facts.month), read.policy)
    if as_json:
        print_json(statement_json(statement))
        return
    lines = [*statement_lines(statement), *(entry_lines(read.facts, statement) if explain else ())]
    for line in lines:
        out.print(line, soft_wrap=True, markup=False)


def rules(
    number: Annotated[str | None, typer.Argument(help="A rule's number or name, for example C7.")] = None,
    as_json: AsJson = False,
) -> None:
    """List every billing rule, or show one with its source and an example."""
    with failures_told():
        shown = list(CATALOGUE.values()) if number is None else _rules(number)
    if as_json:
        print_json(shown)
    elif number is None:
        print_table(
            ("Rule", "Name", "What it says", "Policy", "Source"),
            ((rule.number, rule.name, rule.words, rule.policy or "", rule.source) for rule in shown),
        )
    else:
        for rule in shown:
            for line in rule_lines(rule):
                out.print(line, soft_wrap=True, markup=False)


def _rules(wanted: str) -> list[RuleText]:
    """The rule of that number, or those of that name: a reason and a blocker may share one."""
    found = [rule for rule in CATALOGUE.values() if wanted.upper() in {rule.number, rule.name}]
    if found:
        return found
    near = closest(wanted, {word.lower() for rule in CATALOGUE.values() for word in (rule.number, rule.name)})
    raise LedgerError(
        "RULE_UNKNOWN",
        f"There is no rule {wanted!r}.",
        f"Did you mean: ccm rules {near.upper()}" if near else "All of them: ccm rules",
    )
