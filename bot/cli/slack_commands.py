"""The commands that the terminal has from Slack: the same words and answers, derived from their descriptors."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Annotated, assert_never

import typer

from bot.cli.calls import Author, Words, with_call
from bot.cli.dry_runs import DryRun, Lines, LocalNow, print_reading, print_readings
from bot.cli.replies import print_blocks, print_reply
from bot.cli.shared import AsJson, Workspace, print_json
from bot.commands.call import Call
from bot.commands.command import Command, Listing, Saving
from bot.commands.registry import COMMANDS, command_named
from bot.permissions import require
from bot.views.formatting import escaped
from bot.views.reply import OpenForm, Reply
from ledger.errors import ConfirmationNeededError, LedgerError

Confirm = Annotated[
    bool, typer.Option("--confirm", help="Save an unusual entry (over 180 minutes, or a repeated one).")
]


def from_slack(name: str) -> Callable[..., None]:
    """Return the function of ``ccm`` that does what the command ``name`` does in Slack, with the options it takes."""
    command = command_named(name)
    terminal = command.terminal
    if terminal is None:
        raise ValueError(f"{name} has no place in the terminal")

    def run(  # noqa: PLR0917 typer passes every option by its name
        words: Words = None,
        author: Author = "",
        confirm: Confirm = False,
        dry_run: DryRun = False,
        lines: Lines = None,
        local_now: LocalNow = None,
        workspace: Workspace = None,
        as_json: AsJson = False,
    ) -> None:
        def work(call: Call) -> None:
            if isinstance(terminal, Listing):
                _list(terminal, call, as_json=as_json)
            else:
                _save(command, terminal, call, confirmed=confirm, as_json=as_json)

        read = terminal.read if isinstance(terminal, Saving) else None
        if read is not None and lines is not None:
            print_readings(read, lines, workspace, author, local_now)
        elif read is not None and dry_run:
            print_reading(read, words, workspace, author, at=local_now, as_json=as_json)
        else:
            with_call(work, words, workspace, author=author if "author" in taken else None)

    taken = _taken(terminal)
    known = signature(run)
    parameters = dict(known.parameters)
    if not (isinstance(terminal, Saving) and terminal.explains_author):
        parameters["author"] = parameters["author"].replace(default=Parameter.empty)
    kept = sorted(
        (parameter for name, parameter in parameters.items() if name in taken),
        key=lambda parameter: parameter.default is not Parameter.empty,
    )
    run.__signature__ = known.replace(parameters=kept)  # type: ignore[attr-defined] # typer reads the options from it
    example = f"\n\nFor example: {terminal.example}" if terminal.example else ""
    run.__doc__ = f"{COMMANDS[name].summary}{example}"
    return run


def _taken(terminal: Listing | Saving) -> set[str]:
    """Return the names of the parameters that the command takes."""
    match terminal:
        case Listing():
            wanted = {"words": True, "author": terminal.is_own}
        case Saving():
            wanted = {"words": terminal.takes_words, "author": True, "confirm": terminal.asks}
            wanted |= dict.fromkeys(("dry_run", "lines", "local_now"), terminal.read is not None)
        case _:
            assert_never(terminal)
    return {"workspace", "as_json", *(name for name, is_wanted in wanted.items() if is_wanted)}


def _list(listing: Listing, call: Call, *, as_json: bool) -> None:
    if as_json:
        print_json(listing.data(call))
    else:
        print_blocks(listing.blocks(call))


def _save(command: Command, saving: Saving, call: Call, *, confirmed: bool, as_json: bool) -> None:
    """Save for those who may and print the answer; one that saved nothing ends the program with exit code 1."""
    require(call.person, command.name)
    if command.keeps_escapes:  # the grammar undoes Slack's escapes in the note: typed here, it has none yet
        call = call.behind(escaped(call.text))
    try:
        said = saving.save(call, confirmed=confirmed) if saving.asks else saving.save(call)
    except ConfirmationNeededError as question:
        remedy = "If that is right, add --confirm; if not, correct it."
        raise LedgerError(question.code, f"{question.title} Nothing was saved.", remedy) from question
    if isinstance(said, OpenForm):
        raise LedgerError(
            "LINE_INCOMPLETE",
            "The line has a gap; in Slack the form would open. Nothing was saved.",
            f"For example: {saving.example}",
        )
    _say(said, as_json=as_json)


def _say(reply: Reply, *, as_json: bool) -> None:
    if as_json:
        print_json(reply.payload())
    else:
        print_reply(reply)
    if "Nothing was saved" in reply.text:
        raise typer.Exit(1)
