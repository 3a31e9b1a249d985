"""Every command of the terminal in one table; a command's own module is imported when the command is run.

To add one, write its function in a module of this package and add a line here. The summary is the first line of the
function's docstring, so that ``ccm --help`` can show it without importing anything (a test compares the two). What a
command of Slack does here its descriptor says: those stand in ``bot.commands.registry``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from bot.commands.registry import COMMANDS as SLACK_COMMANDS


@dataclass(frozen=True, slots=True)
class Command:
    """A command of ``ccm``, or a group of commands such as ``ccm import``."""

    name: str
    summary: str
    module: str
    """Which module of ``bot.cli`` has it; of a command from Slack, which of ``bot.commands``."""
    attribute: str = ""
    """The function, or the ``typer.Typer`` of a group; called like the command where this is empty."""
    takes_a_line: bool = False
    """Its words are a line as typed in Slack, where ``-15`` is a time and not an option."""
    opens_the_ledger: bool = True
    """It logs, so the log is set up before it runs."""

    def load(self) -> Any:
        """Import the module and return the function or the group."""
        return getattr(import_module(f"bot.cli.{self.module}"), self.attribute or self.name)


@dataclass(frozen=True, slots=True)
class SlackCommand(Command):
    """A command that the terminal has from Slack: derived from its descriptor in ``bot.commands``."""

    def load(self) -> Any:
        """Import the descriptor's module and return a function that does what it says."""
        from bot.cli.slack_commands import from_slack

        return from_slack(self.name)


_COMMANDS = (
    Command("init", "Make the database if there is none, and the practice in it.", "setting_up"),
    Command("sample", "Write the import files of an invented practice of any size.", "samples"),
    Command("fact", "Record one fact about a patient.", "facts"),
    *(
        SlackCommand(entry.name, entry.summary, entry.module, takes_a_line=True)
        for entry in SLACK_COMMANDS.values()
        if entry.summary
    ),
    Command("export", "Write the month as a workbook and as CSV.", "exporting", takes_a_line=True),
    Command(
        "claims",
        "List the month's claim lines; export them as --csv, --xlsx or --json; record what became of one with mark.",
        "claims",
        takes_a_line=True,
    ),
    Command(
        "close",
        "Show what a close of the month would freeze, and close it; of a closed month, who closed and reopened it.",
        "closing",
    ),
    Command("reopen", "Let a closed month take entries again; what was frozen stays on record.", "closing"),
    Command("digest", "Show a team's digest as it would be now; with --post, post it.", "digests"),
    Command("jobs", "Show what comes next by itself for each team, and what became of the last runs.", "jobs"),
    Command("verify", "Recompute every figure and every hash, and name the first that differs.", "record"),
    Command(
        "reevaluate",
        "Evaluate every month that is not closed again, as after an upgrade that brings a new rulebook.",
        "record",
    ),
    Command(
        "evaluate",
        "Print the statement of a patient-month that is written in a file.",
        "evaluating",
        opens_the_ledger=False,
    ),
    Command(
        "rules",
        "List every billing rule, or show one with its source and an example.",
        "rules",
        opens_the_ledger=False,
    ),
    Command(
        "demo",
        "Try everything in the browser: an invented practice and a local Slack. No Slack account is needed.",
        "demonstrating",
    ),
    Command("serve", "Run the bot and its jobs until they are told to stop.", "serving"),
    Command(
        "doctor",
        "Examine tokens, scopes, channels, clock, database, record, people and what is due; say what to do.",
        "examining",
    ),
    Command(
        "backup",
        "Copy a SQLite ledger while others write to it, verify the copy, and only then put it at its name.",
        "backing_up",
    ),
    Command(
        "restore",
        "Verify a backup and make the SQLite ledger what it holds; the ledger that was there is kept beside it.",
        "backing_up",
    ),
    Command(
        "move",
        "Copy the whole ledger to a new database, from SQLite to PostgreSQL or back, while no program has it open.",
        "moving",
    ),
    Command("practices", "List the practices, and in whose workspaces the bot is installed by OAuth.", "installing"),
    Command("db", "The ledger's database.", "setting_up"),
    Command("import", "Import a practice from CSV files: all of a file, or nothing of it.", "importing", "imports"),
    Command("rulebook", "The rulebooks: every figure of Medicare by year, and those that you bring.", "rulebooks"),
    Command(
        "attest",
        "List what the practice attests once a year and what is due; record one, with its date and who attests it.",
        "attesting",
    ),
    Command("policy", "Practice policy: every SHOULD of the billing rules, and how the bot behaves.", "policy"),
    Command("tokens", "The keys under which the tokens of installations are kept.", "installing"),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({command.name: command for command in _COMMANDS})
"""Every command by its name, in the order in which ``ccm --help`` lists them."""
