"""The command line: ``ccm``."""

import sys

import typer

from bot.cli import (
    backing_up,
    closing,
    evaluating,
    examining,
    installing,
    jobs,
    policy,
    reports,
    running,
    serving,
    setting_up,
)
from bot.cli.console import err
from bot.edge import reference_for
from bot.logs import configure_logs

app = typer.Typer(
    help="A ledger of care-coordination time that applies Medicare's billing rules, and its Slack bot.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(setting_up.db, name="db")
app.add_typer(setting_up.imports, name="import")
app.add_typer(policy.policy, name="policy")
app.command()(setting_up.init)
app.command()(setting_up.sample)
app.command()(setting_up.fact)
reports.register(app)
serving.register(app)
installing.register(app)
running.register(app)
jobs.register(app)
backing_up.register(app)
examining.register(app)
evaluating.register(app)
closing.register(app)


def main() -> None:
    """The entry point of ``ccm``."""
    configure_logs()
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the outermost edge: logged with a reference, shown with that reference
        reference = reference_for("terminal", error)
        err.print(f"[bold red]Something went wrong on our side.[/] Reference in the log: {reference}")
        sys.exit(1)
