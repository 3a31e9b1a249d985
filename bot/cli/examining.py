"""``ccm doctor``: what is wrong with an installation, and what to do about it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape
from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.app import web_client
from bot.cli.console import AsJson, err, installations_of, out, print_json
from bot.doctor.checks import OF_A_WORKSPACE, examine
from bot.doctor.findings import Finding, Level, Setup
from bot.settings import Settings, required
from ledger.clock import now
from ledger.database import Database
from ledger.errors import LedgerError

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}


def doctor(
    full: Annotated[bool, typer.Option("--full", help="Verify every chain and figure, not a sample.")] = False,
    as_json: AsJson = False,
) -> None:
    """Examine tokens, scopes, channels, clock, database, record, people and what is due; say what to do.

    Of an app that many workspaces install, each of them is looked at. Exit code 1 where there is a problem.
    """
    settings = Settings()
    findings = []
    for finding in _examined(settings, full=full):
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json(findings)
    else:
        err.print(_summary(findings))
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise typer.Exit(1)


def _examined(settings: Settings, *, full: bool) -> Iterator[Finding]:
    first, *others = _installed(settings) or [None]
    with closing(Setup(settings, now, _client_of(first), full=full)) as setup:
        yield from examine(setup)
    for workspace in others:
        with closing(Setup(settings, now, _client_of(workspace))) as setup:
            yield from examine(setup, OF_A_WORKSPACE)


def _installed(settings: Settings) -> Sequence[str | None]:
    """The workspaces that installed the app; none where there is one token, or where that cannot be told now."""
    try:
        with closing(Database(settings.ccm_database_url)) as database:
            installations = installations_of(settings, database)
            return [] if installations is None else installations.practice_ids()
    except (LedgerError, SQLAlchemyError):
        return []  # the examination meets it as well, and says what it is


def _client_of(workspace: str | None) -> Callable[[Setup], WebClient]:
    def client(setup: Setup) -> WebClient:
        settings = setup.settings
        installations = installations_of(settings, setup.database)
        if installations is None:
            return web_client(required(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…"), settings.api_base_url)
        if workspace is None:
            raise LedgerError(
                "NOT_INSTALLED", "No workspace has installed the app yet.", f"Open {installations.app.install_url}"
            )
        return installations.client_of(workspace)

    return client


def _print(finding: Finding) -> None:
    colour = _COLOURS[finding.level]
    out.print(
        f"[{colour}]{finding.level.value:8}[/] {finding.code}: {escape(finding.title)}", soft_wrap=True, highlight=False
    )
    if finding.remedy:
        out.print(f"         {escape(finding.remedy)}", soft_wrap=True)


def _summary(findings: Sequence[Finding]) -> str:
    counted = Counter(finding.level for finding in findings)
    return ", ".join(f"{counted[level]} {level.value}" for level in Level) + "."


def register(app: typer.Typer) -> None:
    """Adds the command to ``app``."""
    app.command()(doctor)
