"""What every command of the terminal shares: the ledger, the practice, output and errors."""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.app import web_client
from bot.edge import outcome_unknown
from bot.installations.store import Installations
from bot.settings import Settings
from bot.views.reply import Reply
from ledger import schema
from ledger.clock import now
from ledger.database import Database, ScopedDatabase
from ledger.errors import LedgerError, OutcomeUnknownError
from ledger.failures import in_words
from ledger.imports.reading import ImportRefusedError
from ledger.practice import Practice, all_practices, get_practice
from ledger.reach import Reach

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
        with in_words():
            yield
    except ImportRefusedError as error:
        _tell(error)
        for problem in error.problems:
            err.print(f"  {escape(str(problem))}", soft_wrap=True)
        raise typer.Exit(1) from None
    except LedgerError as error:
        _tell(error)
        raise typer.Exit(1) from None
    except OutcomeUnknownError:
        _tell(outcome_unknown())
        raise typer.Exit(1) from None


def _tell(error: LedgerError) -> None:
    err.print(f"[bold red]Error[/] {error.code}: {escape(error.title)}", soft_wrap=True)
    err.print(escape(error.remedy), soft_wrap=True)


@contextmanager
def opened_ledger(*, needs_schema: bool = True) -> Iterator[Database]:
    """The ledger that the environment names; errors are told as ``failures_told`` does."""
    with failures_told():
        database = Database(Settings().ccm_database_url)
        try:
            if needs_schema:
                schema.check(database)
            yield database
        finally:
            database.close()


def installations_of(settings: Settings, database: Database, *, slack: Reach | None = None) -> Installations | None:
    """The installations of the app that the environment names, or None where it names one workspace's token.

    Their clients keep ``slack`` true. Raises ``LedgerError`` where the environment names both, or one by half.
    """
    app = settings.oauth_app
    if app is None:
        return None
    return Installations(database, app, lambda token: web_client(token, settings.api_base_url, slack=slack), now)


@contextmanager
def opened_practice(workspace: str | None) -> Iterator[tuple[Practice, ScopedDatabase]]:
    """The practice that is meant and the ledger as it sees it; errors are told as ``failures_told`` does."""
    with opened_ledger() as database:
        practice = chosen_practice(database, workspace)
        yield practice, database.of(practice.practice_id)


def chosen_practice(database: Database, workspace: str | None) -> Practice:
    """The practice of that workspace, or the only one; raises ``LedgerError`` where that is not clear."""
    if workspace is not None:
        with database.of(workspace).reading() as connection:
            return get_practice(connection, workspace)
    with database.across_practices().reading() as connection:
        practices = all_practices(connection)
    if len(practices) == 1:
        return practices[0]
    if not practices:
        raise LedgerError(
            "NO_PRACTICE",
            "This ledger has no practice yet.",
            'Run: ccm init --workspace T01ABCDEF --timezone America/New_York --name "My practice"',
        )
    known = ", ".join(practice.practice_id for practice in practices)
    raise LedgerError("WHICH_PRACTICE", f"This ledger has several practices: {known}.", "Name one: --workspace T01…")


def print_json(value: Any) -> None:
    """Prints dataclasses, dates and the like as JSON; amounts in cents, lengths in minutes."""
    plain = TypeAdapter(Any).dump_python(value, mode="json")
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function that shows how far a long piece of work is, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=bool(os.environ.get("CI"))) as progress:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield show


def print_pages(replies: Sequence[Reply]) -> None:
    """Prints the pages of one answer as one: of the pages after the first, what is in their tables."""
    print_reply(replies[0])
    for reply in replies[1:]:
        for block in reply.payload().get("blocks", []):
            if block["type"] == "table":
                _print_block(block)


def print_reply(reply: Reply) -> None:
    """Prints the same answer that Slack shows, block by block."""
    for block in reply.payload().get("blocks", [{"type": "section", "text": {"text": reply.text}}]):
        _print_block(block)


def _print_block(block: dict[str, Any]) -> None:
    kind = block["type"]
    if kind == "header":
        out.print(f"[bold]{escape(block['text']['text'])}[/]")
    elif kind == "section":
        out.print(_plain(block["text"]["text"]), soft_wrap=True)
    elif kind == "context":
        for element in block["elements"]:
            out.print(f"[dim]{_plain(element['text'])}[/]", soft_wrap=True)
    elif kind == "table":
        columns, *rows = ([cell["text"] for cell in row] for row in block["rows"])
        print_table(columns, rows)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table, however many rows it has."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table)


def _plain(mrkdwn: str) -> str:
    """Slack's mrkdwn as rich markup."""
    text = mrkdwn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = escape(text).replace("```", "")
    return re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"[bold]\1[/]", text)
