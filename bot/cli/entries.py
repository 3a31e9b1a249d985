"""``ccm log``, the timer and every correction: what is typed in Slack, with Slack's answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot.cli.calls import Author, Words, with_call
from bot.cli.replies import print_reply
from bot.cli.shared import AsJson, Workspace, print_json
from bot.commands.call import Call
from bot.commands.corrections.add import save_addendum
from bot.commands.corrections.fix import save_fix
from bot.commands.corrections.undo import undo as undo_command
from bot.commands.corrections.void import save_void
from bot.commands.log import save_line
from bot.commands.timers.cancel import cancel as cancel_command
from bot.commands.timers.start import save_start
from bot.commands.timers.stop import save_stop
from bot.permissions import require
from bot.views.formatting import escaped
from bot.views.reply import OpenForm, Reply
from ledger.errors import ConfirmationNeededError, LedgerError

Confirm = Annotated[
    bool, typer.Option("--confirm", help="Save an unusual entry (over 180 minutes, or a repeated one).")
]


def log(
    words: Words = None,
    author: Author = "",
    confirm: Confirm = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Save time, as typed behind /ccm log.

    For example: ccm log --as coord1 P-1042 12m meds call Reconciled the insulin list. Dose confirmed.
    """

    def save(call: Call) -> None:
        require(call.person, "log")
        with _confirmed_by_option():
            # The grammar undoes Slack's escapes in the note: typed here, it has none yet.
            said = save_line(call.behind(escaped(call.text)), confirmed=confirm)
        example = "ccm log --as coord1 P-1042 12m meds call Reconciled the insulin list. Dose confirmed."
        _say(_complete(said, example), as_json=as_json)

    with_call(save, words, workspace, author=author)


def start(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Start the person's timer, as typed behind /ccm start.

    For example: ccm start --as coord1 P-1042 meds call
    """

    def begin(call: Call) -> Reply:
        return _complete(save_start(call.behind(escaped(call.text))), "ccm start --as coord1 P-1042 meds call")

    _write("start", begin, words, workspace, author, as_json=as_json)


def stop(
    author: Author,
    words: Words = None,
    confirm: Confirm = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Stop the person's timer and save its time as an entry.

    For example: ccm stop --as coord1 meds call Reconciled the insulin list. Dose confirmed.
    """

    def save(call: Call) -> Reply:
        with _confirmed_by_option():
            said = save_stop(call.behind(escaped(call.text)), confirmed=confirm)
        return _complete(said, "ccm stop --as coord1 meds call Reconciled the insulin list. Dose confirmed.")

    _write("stop", save, words, workspace, author, as_json=as_json)


def cancel(author: Author, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Throw the person's running timer away: nothing is logged."""
    _write("cancel", cancel_command, None, workspace, author, as_json=as_json)


def undo(author: Author, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Void the person's last entry if it is under 15 minutes old."""
    _write("undo", undo_command, None, workspace, author, as_json=as_json)


def void(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Void an entry for a reason: one's own, or as a lead one of the team's.

    For example: ccm void --as coord1 P-1042#7 Logged for the wrong patient.
    """
    _write("void", save_void, words, workspace, author, as_json=as_json)


def fix(
    author: Author,
    words: Words = None,
    confirm: Confirm = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Void an entry and save the one that replaces it; what is not said stays as it was.

    For example: ccm fix --as coord1 P-1042#7 15m
    """

    def save(call: Call) -> Reply:
        with _confirmed_by_option():
            return save_fix(call.behind(escaped(call.text)), confirmed=confirm)

    _write("fix", save, words, workspace, author, as_json=as_json)


def add(author: Author, words: Words = None, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Add to the note of an entry; the note before it stays as it was.

    For example: ccm add --as coord1 P-1042#7 The pharmacy confirmed the new dose.
    """
    _write("add", save_addendum, words, workspace, author, as_json=as_json)


def _write(
    name: str, handle: Callable[[Call], Reply], words: Words, workspace: str | None, author: str, *, as_json: bool
) -> None:
    """Does what the command ``name`` does in Slack, for those who may, and prints the answer."""

    def work(call: Call) -> None:
        require(call.person, name)
        _say(handle(call), as_json=as_json)

    with_call(work, words, workspace, author=author)


def _complete(said: Reply | OpenForm, example: str) -> Reply:
    """The answer; raises ``LedgerError`` where Slack would open a form, which a terminal has not."""
    if isinstance(said, OpenForm):
        raise LedgerError(
            "LINE_INCOMPLETE",
            "The line has a gap; in Slack the form would open. Nothing was saved.",
            f"For example: {example}",
        )
    return said


@contextmanager
def _confirmed_by_option() -> Iterator[None]:
    """Turns the question about an unusual entry into an error that names the option."""
    try:
        yield
    except ConfirmationNeededError as question:
        remedy = "If that is right, add --confirm; if not, correct it."
        raise LedgerError(question.code, f"{question.title} Nothing was saved.", remedy) from question


def _say(reply: Reply, *, as_json: bool) -> None:
    """Prints the answer; one that saved nothing ends the program with exit code 1."""
    if as_json:
        print_json(reply.payload())
    else:
        print_reply(reply)
    if "Nothing was saved" in reply.text:
        raise typer.Exit(1)
