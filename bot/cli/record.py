"""``ccm verify`` and ``ccm reevaluate``: the figures, computed again."""

from contextlib import AbstractContextManager
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy import Connection

from bot.cli.console import out, progress_bar
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, print_json
from bot.views.formatting import listed
from ledger.audit.verify import verify as verify_ledger
from ledger.months.patient_months import reevaluate_practice
from ledger.months.worth import Weighing, WorthChange
from ledger.practice.practice import Practice, get_practice


def verify(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Recompute every figure and every hash, and name the first that differs."""
    with opened_practice(workspace) as (chosen, database):
        with progress_bar() as progress, database.reading() as connection:
            practice = get_practice(connection, chosen.practice_id)  # its policy as of the months that are verified
            found = verify_ledger(connection, practice, lambda done, total: progress("verifying", done, total))
        if as_json:
            print_json(found)
        elif found.difference is None:
            closes = listed(found.closings, "close as it was frozen", "closes as they were frozen")
            out.print(
                f"The ledger of {escape(practice.name)} is whole: {found.patients} patients, {found.links} links, "
                f"{found.patient_months} patient-months recomputed, {closes}."
            )
        else:
            out.print(
                f"[bold red]The ledger differs from what was recorded:[/] {escape(found.difference)}", soft_wrap=True
            )
        if found.difference is not None:
            raise typer.Exit(2)


def reevaluate(
    workspace: Workspace = None,
    yes: Annotated[bool, typer.Option("--yes", help="Store other codes and payments without being asked.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and store nothing.")] = False,
) -> None:
    """Evaluate every month that is not closed again, as after an upgrade that brings a new rulebook.

    What that changes in codes and dollars is said before it is stored.
    """
    with opened_practice(workspace) as (practice, database):
        months, changes = _evaluated(database.trying(), practice)
        for change in changes:
            out.print(f"• {change}")
        if dry_run:
            out.print(f"{months} patient-months would be evaluated. Nothing was saved.")
            return
        if changes and not yes and not typer.confirm("Store these codes and payments?"):
            out.print("Nothing was saved.")
            raise typer.Exit(1)
        months, _ = _evaluated(database.writing(), practice)
    out.print(f"{months} patient-months were evaluated.")


def _evaluated(
    transaction: AbstractContextManager[Connection], practice: Practice
) -> tuple[int, tuple[WorthChange, ...]]:
    """Return how many months were evaluated in that transaction, and what that changed."""
    weighing = Weighing()
    with progress_bar() as progress, transaction as connection:
        months = reevaluate_practice(
            connection, practice, lambda done, total: progress("evaluating", done, total), weighing.seen
        )
        changes = weighing.changes(connection, practice)
    return months, changes
