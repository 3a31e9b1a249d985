"""What every command of the terminal shares; rich is loaded where something is printed in colours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from ledger.errors import LedgerError

Workspace = Annotated[
    str | None,
    typer.Option(help="The practice's Slack workspace id; needed where there are several.", envvar="CCM_WORKSPACE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]


@contextmanager
def failures_told() -> Iterator[None]:
    """End the program with exit code 1 and what to do, where the block raises an error that can be mended."""
    try:
        yield
    except LedgerError as error:
        tell(error)
        raise typer.Exit(1) from None
    except (OSError, ImportError) as error:
        from ledger.storage.failures import told

        failure = told(error)
        if failure is None:
            raise
        tell(failure)
        raise typer.Exit(1) from None


def tell(error: LedgerError) -> None:
    """Print what went wrong and what to do about it, on standard error."""
    from rich.markup import escape

    from bot.cli.console import err

    err.print(f"[bold red]Error[/] {error.code}: {escape(error.title)}", soft_wrap=True)
    err.print(escape(error.remedy), soft_wrap=True)
    for detail in error.details:
        err.print(f"  {escape(detail)}", soft_wrap=True)


def print_json(value: Any) -> None:
    """Print dataclasses, dates and the like as JSON; amounts in cents, lengths in minutes."""
    from pydantic import TypeAdapter

    plain = TypeAdapter(Any).dump_python(value, mode="json")
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
