"""The button of a digest's preview: Post now."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.access import require
from bot.channel import SlackChannel
from bot.commands.digest import find_team, post_now
from bot.desk import Desk, press_key, replace_message
from bot.edge import answered
from bot.views.digest import POST_NOW
from bot.views.reply import Reply


def listen(app: App, desk: Desk) -> None:
    """Posts a digest when it is asked for; a channel takes its time, so the acknowledgement comes first."""

    def acknowledge(ack: Ack) -> None:
        ack()

    def post(body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> Reply:
            call = desk.call(body, press_key(body, action), json.loads(action["value"])["team"])
            require(call.person, "digest")
            return post_now(call, find_team(call), SlackChannel(desk.client))

        replace_message(respond, answered(work, what="post digest now"))

    app.action(POST_NOW)(ack=acknowledge, lazy=[post])
