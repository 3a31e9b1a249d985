"""``ccm verify`` and ``ccm reevaluate``: the figures, computed again."""

import typer
from rich.markup import escape

from bot.cli.console import out, progress_bar
from bot.cli.opening import opened_practice
from bot.cli.shared import AsJson, Workspace, print_json
from bot.views.formatting import listed
from ledger.audit.verify import verify as verify_ledger
from ledger.months.patient_months import reevaluate_practice
from ledger.practice.practice import get_practice


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


def reevaluate(workspace: Workspace = None) -> None:
    """Evaluate every month that is not closed again, as after an upgrade that brings a new rulebook."""
    with (
        opened_practice(workspace) as (practice, database),
        progress_bar() as progress,
        database.writing() as connection,
    ):
        months = reevaluate_practice(connection, practice, lambda done, total: progress("evaluating", done, total))
    out.print(f"{months} patient-months were evaluated.")
