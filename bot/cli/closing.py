"""``ccm close`` and ``ccm reopen``: Slack's answers, with a question in place of the button."""

from typing import Annotated

import typer

from bot.cli.calls import with_call
from bot.cli.console import progress_bar
from bot.cli.replies import print_pages, print_reply
from bot.cli.shared import AsJson, Workspace, print_json
from bot.commands.call import Call
from bot.commands.close import close as close_command
from bot.commands.close import do_close, find_closings
from bot.commands.reopen import do_reopen
from bot.permissions import require
from bot.views import formatting
from bot.views.closing import closed_pages, reopened
from ledger.closing.month_close import refuse_provisional
from ledger.months.closed_months import Action

Closer = Annotated[
    str | None, typer.Option("--as", help="The staff id of the biller who does it; without it, the operator.")
]


def close(
    month: Annotated[str, typer.Argument(help="As in Slack; without it, the last month that ended.")] = "",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Close it without being asked.")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Close it though its year has no rulebook yet (rule B1).")
    ] = False,
    author: Closer = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Show what a close of the month would freeze, and close it; of a closed month, who closed and reopened it.

    For example: ccm close 2026-10 --yes
    """

    def work(call: Call) -> None:
        require(call.person, "close")
        if not (yes or _is_confirmed(call, provisionally=provisional, as_json=as_json)):
            return
        with progress_bar() as progress:
            receipt, changes = do_close(
                call, lambda done, total: progress("evaluating", done, total), provisionally=provisional
            )
        if as_json:
            print_json({"closing": receipt.closing, "previous": changes.previous, "changes": changes.changes})
        else:
            print_pages(closed_pages(receipt, changes, call.practice))

    with_call(work, [month], workspace, author=author)


def _is_confirmed(call: Call, *, provisionally: bool, as_json: bool) -> bool:
    """Show what would be frozen, or that it is; whether a person who can be asked says to go on.

    Raises:
        LedgerError: A month whose year has no rulebook yet, unless ``provisionally``.
    """
    found = find_closings(call)
    if as_json:
        print_json(found)
        return False
    print_reply(close_command(call))
    is_closed = found.history and found.history[-1].action is Action.CLOSE
    if not is_closed and not provisionally:
        refuse_provisional(found.month)
    return not is_closed and typer.confirm(f"Close {formatting.month_name(found.month)}?")


def reopen(
    month: Annotated[str, typer.Argument(help="As in Slack, for example 2026-10.")],
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")],
    author: Closer = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Let a closed month take entries again; what was frozen stays on record.

    For example: ccm reopen 2026-10 --reason "A call of that month was logged late."
    """

    def work(call: Call) -> None:
        require(call.person, "reopen")
        receipt = do_reopen(call)
        if as_json:
            print_json(receipt)
        else:
            print_reply(reopened(receipt, call.practice))

    with_call(work, [month, reason], workspace, author=author)
