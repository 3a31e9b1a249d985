"""``ccm evaluate``: the billing rules applied to patient-months in files. No database is asked, nor loaded."""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.console import out
from bot.cli.shared import AsJson, failures_told, print_json
from bot.views.explain import entry_lines, statement_lines
from ledger.cases import Case, CaseError, case_of, read_case, statement_json, statement_of
from ledger.errors import LedgerError

STANDARD_INPUT = Path("-")


def evaluate(
    cases: Annotated[
        list[Path],
        typer.Argument(help="Patient-months in TOML files; - reads them from standard input, a JSON object a line."),
    ],
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print every entry too: what counts, and why not.")
    ] = False,
) -> None:
    """Print the statement of a patient-month that is written in a file.

    Of several files, or of standard input, --json prints one object a line, with the name of its file.
    """
    if as_json and (len(cases) > 1 or STANDARD_INPUT in cases):
        judged = [_print_line(name, read) for name, read in _named(cases)]
        if not all(judged):
            raise typer.Exit(1)
        return
    for name, read in _named(cases):
        with failures_told():
            case = read()
            statement = statement_of(case)
        if as_json:
            print_json(statement_json(statement))
            continue
        lines = [*([name] if len(cases) > 1 else []), *statement_lines(statement)]
        for line in [*lines, *(entry_lines(case.facts, statement) if explain else ())]:
            out.print(line, soft_wrap=True, markup=False)


def _named(cases: list[Path]) -> Iterator[tuple[str, Callable[[], Case]]]:
    """Yield each case by its name with what reads it: files as they stand, standard input line by line."""
    for path in cases:
        if path != STANDARD_INPUT:
            yield str(path), partial(read_case, path)
            continue
        for number, line in enumerate(sys.stdin, 1):
            if line.strip():
                yield f"line {number}", partial(_read_line, line, f"line {number}")


def _read_line(line: str, name: str) -> Case:
    try:
        tables = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise CaseError("CASE_INVALID", f"{name}: not JSON: {error}.", _ONE_A_LINE) from error
    if not isinstance(tables, dict):
        raise CaseError("CASE_INVALID", f"{name}: not a JSON object.", _ONE_A_LINE)
    return case_of(tables, name)


_ONE_A_LINE = "Write one case a line: a JSON object with the tables of a case file, dates as text."


def _print_line(name: str, read: Callable[[], Case]) -> bool:
    """Print the statement of a case, or what is wrong with it, as one line of JSON; return whether it was judged."""
    try:
        found: dict[str, Any] = statement_json(statement_of(read()))
    except LedgerError as error:
        found = {"error": {"code": error.code, "title": error.title, "remedy": error.remedy}}
    typer.echo(json.dumps({"file": name, **found}, ensure_ascii=False))
    return "error" not in found
