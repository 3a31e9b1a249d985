"""What every command of the terminal shares: output, and how an error is told."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.errors import LedgerError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Workspace = Annotated[
    str | None,
    typer.Option(help="The practice's Slack workspace id; needed where there are several.", envvar="CCM_WORKSPACE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]


@contextmanager
def failures_told() -> Iterator[None]:
    """Ends the program with exit code 1 and what to do, where the block raises an error that can be mended."""
    try:
        yield
    except LedgerError as error:
        tell(error)
        raise typer.Exit(1) from None
    except (OSError, ImportError) as error:
        from ledger.failures import told

        failure = told(error)
        if failure is None:
            raise
        tell(failure)
        raise typer.Exit(1) from None


def tell(error: LedgerError) -> None:
    """Print what went wrong and what to do about it, on standard error."""
    err.print(f"[bold red]Error[/] {error.code}: {escape(error.title)}", soft_wrap=True)
    err.print(escape(error.remedy), soft_wrap=True)
    for detail in error.details:
        err.print(f"  {escape(detail)}", soft_wrap=True)


def print_json(value: Any) -> None:
    """Prints dataclasses, dates and the like as JSON; amounts in cents, lengths in minutes."""
    from pydantic import TypeAdapter

    plain = TypeAdapter(Any).dump_python(value, mode="json")
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function that shows how far a long piece of work is, on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=bool(os.environ.get("CI"))) as progress:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield show


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table, however many rows it has."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table)
