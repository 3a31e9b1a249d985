"""A group of commands that imports a command when it is run, and only then."""

from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from bot.cli.commands import COMMANDS, Command

_LINE = {"ignore_unknown_options": True}


class LazyGroup(TyperGroup):
    """Run the commands of ``bot.cli.commands``, each of which was added by ``add_placeholders``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command and the words behind it; the command is the imported one."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, real_command(COMMANDS[name]) if name else command, rest


def add_placeholders(app: typer.Typer) -> None:
    """Add every command to ``app`` by its name and summary alone, for ``--help`` and for near misses of a name."""
    for command in COMMANDS.values():
        app.command(command.name, help=command.summary)(_placeholder)


def _placeholder() -> None:
    """Stand for a command that is not imported."""


def real_command(command: Command) -> Any:
    """Import the command's module and return the command, or the group of commands, as typer runs it."""
    loaded = command.load()
    if isinstance(loaded, typer.Typer):
        group = get_group(loaded)
        group.help = command.summary
        return group
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(command.name, context_settings=_LINE if command.takes_a_line else None)(loaded)
    return get_command(alone)
