"""``ccm evaluate``: the billing rules applied to a patient-month in a file."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import out
from bot.cli.shared import AsJson, failures_told, print_json
from bot.views.explain import entry_lines, statement_lines
from ledger.cases import read_case, statement_json
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
