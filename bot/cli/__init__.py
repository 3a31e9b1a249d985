"""The command line: ``ccm``."""

import sys
from typing import Annotated

import typer

from bot.cli.commands import COMMANDS
from bot.cli.lazy import LazyGroup, add_placeholders

app = typer.Typer(
    help="A ledger of care-coordination time that applies Medicare's billing rules, and its Slack bot.",
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
add_placeholders(app)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version as installed_version

        typer.echo(f"ccm {installed_version('ccm-ledger')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run ``ccm`` with the words of the command line."""
    command = COMMANDS.get(sys.argv[1]) if sys.argv[1:] else None
    try:
        if command is not None and command.opens_the_ledger:
            _configure_logs()
        app()
    except ImportError as error:
        _tell_incomplete(error)
    except Exception as error:  # noqa: BLE001 - the outermost edge: logged with a reference, shown with that reference
        _tell_unexpected(error)


def _configure_logs() -> None:
    from bot.telemetry.logs import configure_logs

    configure_logs()


def _tell_incomplete(error: ImportError) -> None:
    """Say which package this installation lacks, and end the program with exit code 1."""
    from bot.cli.shared import tell
    from ledger.errors import installation_lacks

    tell(installation_lacks(f"the Python package {error.name}"))
    sys.exit(1)


def _tell_unexpected(error: Exception) -> None:
    """Log the failure under a reference, show that reference, and end the program with exit code 1."""
    from bot.cli.console import err
    from bot.errors import reference_for

    _configure_logs()
    err.print(
        f"[bold red]Something went wrong on our side.[/] Reference in the log: {reference_for('terminal', error)}"
    )
    sys.exit(1)
