"""The command line: ``ccm``."""

import typer

from bot.cli import evaluating, reports, running, setting_up
from bot.logs import configure_logs

app = typer.Typer(
    help="A ledger of care-coordination time that applies Medicare's billing rules, and its Slack bot.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(setting_up.db, name="db")
app.add_typer(setting_up.imports, name="import")
app.command()(setting_up.init)
app.command()(setting_up.sample)
reports.register(app)
running.register(app)
evaluating.register(app)


def main() -> None:
    """The entry point of ``ccm``."""
    configure_logs()
    app()
