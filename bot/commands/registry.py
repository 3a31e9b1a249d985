"""Every command behind ``/ccm``, one line each: where its descriptor is, and how ``ccm --help`` sums it up.

Importing this imports no command: the terminal lists them all and runs one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.commands.command import Command


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the registry; the descriptor is called like the command, in capitals."""

    name: str
    module: str
    """Which module of ``bot.commands`` has it."""
    summary: str = ""
    """What it does in the terminal; nothing where the descriptor has no command of the terminal."""


_ENTRIES = (
    Entry("log", "log", "Save time, as typed behind /ccm log."),
    Entry("start", "timers.start", "Start the person's timer, as typed behind /ccm start."),
    Entry("stop", "timers.stop", "Stop the person's timer and save its time as an entry."),
    Entry("cancel", "timers.cancel", "Throw the person's running timer away: nothing is logged."),
    Entry("undo", "corrections.undo", "Void the person's last entry if it is under 15 minutes old."),
    Entry("void", "corrections.void", "Void an entry for a reason: one's own, or as a lead one of the team's."),
    Entry(
        "fix",
        "corrections.fix",
        "Void an entry and save the one that replaces it; what is not said stays as it was.",
    ),
    Entry("add", "corrections.add", "Add to the note of an entry; the note before it stays as it was."),
    Entry(
        "me", "me", "List the person's entries and minutes today, this week or this month, and what they still miss."
    ),
    Entry("patient", "patient", "Show the statement of a patient's month, every entry counted or excluded and why."),
    Entry("near", "near", "List whom one short call makes billable."),
    Entry(
        "month",
        "month",
        "List billable patients with codes and payment, and for every other patient the reason why not.",
    ),
    Entry("export", "export"),
    Entry("claims", "claims"),
    Entry("close", "close"),
    Entry("reopen", "reopen"),
    Entry("digest", "digest"),
    Entry("patients", "roster.patients"),
    Entry("staff", "roster.staff", "Show a person's credential, supervision, employment and teams, and since when."),
    Entry("team", "roster.team"),
    Entry("settings", "settings"),
    Entry("attest", "attest"),
    Entry("consent", "facts.consent"),
    Entry("plan", "facts.plan"),
    Entry("visit", "facts.visit"),
    Entry("stay", "facts.stay"),
    Entry("device", "facts.device"),
    Entry("readings", "facts.readings"),
    Entry("enroll", "facts.enroll"),
    Entry("complex", "facts.complex"),
    Entry("mark", "facts.mark"),
)

COMMANDS: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in _ENTRIES})
"""By name, in the order in which the help lists them."""

ROUTES: Mapping[str, Entry] = MappingProxyType({**COMMANDS, "help": Entry("help", "help"), "": Entry("card", "help")})
"""By what is typed behind ``/ccm``: every command, the help on them, and the card that ``/ccm`` alone shows."""


@cache
def command_named(name: str) -> "Command":
    """Import the command that ``name`` leads to, where it is not yet, and return its descriptor."""
    entry = ROUTES[name]
    command: Command = getattr(import_module(f"bot.commands.{entry.module}"), entry.name.upper())
    return command
