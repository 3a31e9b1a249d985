"""``ccm rules``: the billing rules in words."""

from typing import Annotated

import typer

from bot.cli.shared import AsJson, failures_told, print_json
from bot.views.explain import rule_lines, rule_summary
from ledger.errors import LedgerError
from ledger.rules.catalogue import CATALOGUE, RuleText


def rules(
    number: Annotated[str | None, typer.Argument(help="A rule's number or name, for example C7.")] = None,
    as_json: AsJson = False,
) -> None:
    """List every billing rule, or show one with its source and an example."""
    with failures_told():
        shown = list(CATALOGUE.values()) if number is None else _rules(number)
    if as_json:
        print_json(shown)
        return
    lines = rule_summary if number is None else rule_lines
    typer.echo("\n".join(line for rule in shown for line in lines(rule)))


def _rules(wanted: str) -> list[RuleText]:
    """Return the rule of that number, or those of that name: a reason and a blocker may share one."""
    found = [rule for rule in CATALOGUE.values() if wanted.upper() in {rule.number.upper(), rule.name}]
    if found:
        return found
    from bot.grammar.commands import closest

    near = closest(wanted, {word.lower() for rule in CATALOGUE.values() for word in (rule.number, rule.name)})
    raise LedgerError(
        "RULE_UNKNOWN",
        f"There is no rule {wanted!r}.",
        f"Did you mean: ccm rules {near.upper()}" if near else "All of them: ccm rules",
    )
