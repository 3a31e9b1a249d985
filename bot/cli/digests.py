"""``ccm digest``: a team's digest as it would be now."""

from typing import Annotated
from uuid import uuid4

import typer

from bot.cli.console import err
from bot.cli.opening import chosen_practice, opened_ledger
from bot.cli.replies import print_reply
from bot.cli.shared import AsJson, Workspace, print_json
from bot.cli.slack_clients import client_of
from bot.commands.call import Call
from bot.commands.digest import find_team, next_posts, post_now
from bot.errors import channel_error
from bot.messages.digest_channel import SlackChannel
from bot.views.digest import digest_messages
from jobs.channel import ChannelError
from jobs.digests.posting import digest_for
from ledger.clock import now
from ledger.roster.directory import OPERATOR


def digest(
    team: Annotated[str, typer.Option(help="The care team's name.")],
    post: Annotated[bool, typer.Option("--post", help="Post it in the team's channel now.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Show a team's digest as it would be now; with --post, post it."""
    with opened_ledger() as ledger:
        practice = chosen_practice(ledger, workspace)
        database = ledger.of(practice.practice_id)
        call = Call(database, practice, OPERATOR, team, now(), f"terminal:{uuid4().hex}")
        found = find_team(call)
        with database.reading() as connection:
            shown = digest_for(connection, practice, found, at=call.at)
        if as_json:
            print_json(shown)
        else:
            for reply in digest_messages(shown, living=False):
                print_reply(reply)
        if not post:
            err.print(f"Next digests: {next_posts(practice, found, call.at)}.")
            return
        client = client_of(ledger, practice)
        try:
            post_now(call, found, SlackChannel(client))
        except ChannelError as error:
            raise channel_error(error) from error
        err.print(f"Posted to the channel of {found.name}.")
