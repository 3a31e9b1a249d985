"""``ccm doctor``: what is wrong with an installation, and what to do about it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import err, out
from bot.cli.shared import AsJson, print_json
from bot.config import Settings
from bot.doctor.checks import examine
from bot.doctor.findings import Finding, Level, Setup
from bot.slack.client import web_client
from ledger.clock import now

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}


def doctor(
    full: Annotated[bool, typer.Option("--full", help="Verify every chain and figure, not a sample.")] = False,
    as_json: AsJson = False,
) -> None:
    """Examine tokens, scopes, channels, clock, database, record, people and what is due; say what to do.

    Of an app that many workspaces install, each of them is looked at. Exit code 1 where there is a problem.
    """
    settings = Settings()
    setup = Setup(
        settings,
        now,
        lambda token: web_client(token, settings.api_base_url),
        full=full,
    )
    findings = []
    with closing(setup):
        for finding in examine(setup):
            findings.append(finding)
            if not as_json:
                _print(finding)
    if as_json:
        print_json(findings)
    else:
        err.print(_summary(findings))
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise typer.Exit(1)


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
