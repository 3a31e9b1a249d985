"""``ccm attest``: what the practice attests once a year, listed and recorded."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.calls import with_call
from bot.cli.replies import print_reply
from bot.cli.shared import AsJson, Workspace, print_json
from bot.commands.attest import attest as listed
from bot.commands.attest import save_attestation
from bot.commands.call import Call
from bot.permissions import require
from bot.views.attestations import attested
from bot.views.reply import Reply
from ledger.attestations import KINDS, Asked, attestations, due, in_force, kind_named


def attest(  # noqa: PLR0917 typer passes every option by its name
    what: Annotated[str, typer.Argument(help=f"One of: {', '.join(KINDS)}. Without it all are listed.")] = "",
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="When it was attested; else today.")
    ] = None,
    by: Annotated[str, typer.Option(help="The name of who attests it, with what they are in the practice.")] = "",
    author: Annotated[str, typer.Option("--as", help="The staff id of the administrator who records it.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back what is recorded of that day.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List what the practice attests once a year and what is due; record one, with its date and who attests it.

    For example: ccm attest access --date 2026-11-20 --by "Dr. Meyer, medical director" --as admin1
    """

    def show(call: Call) -> None:
        if as_json:
            print_json(_data(call))
            return
        shown = listed(call)
        if isinstance(shown, Reply):
            print_reply(shown)

    def record(call: Call) -> None:
        require(call.person, "attest")
        asked = Asked(kind_named(call.text), on.date() if on else call.today, None if withdraw else by)
        receipt = save_attestation(call, asked)
        if as_json:
            print_json(receipt.attestation)
        else:
            print_reply(attested(receipt))

    if what:
        with_call(record, [what], workspace, author=author)
    else:
        with_call(show, None, workspace)


def _data(call: Call) -> dict[str, object]:
    """Return each kind with what holds of it, and everything that was ever recorded."""
    with call.database.reading() as connection:
        recorded = attestations(connection, call.practice)
    held, lacking = in_force(recorded, call.today), due(recorded, call.today)
    kinds = [
        {
            "what": kind.name,
            "title": kind.title,
            "says": kind.says,
            "is_due": kind in lacking,
            "attested_on": one.attested_on if (one := held.get(kind.name)) else None,
            "attested_by": one.attested_by if one else None,
            "good_until": one.good_until if one else None,
        }
        for kind in KINDS.values()
    ]
    return {"attestations": kinds, "recorded": recorded}
