"""The buttons "Previous page" and "Next page" of every list."""

import json
import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.registry import COMMANDS, command_named
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import press_key, replace_message
from bot.views.reply import Reply


def listen(app: App, services: Services) -> None:
    """Show the page that a button asks for, in place of the one it stands on."""
    paging = {its.button: (name, its.show) for name in COMMANDS for its in command_named(name).pagings}

    def on_turn(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        name, show = paging[action["action_id"].rsplit("_", 1)[0]]
        address = json.loads(action["value"])

        def work() -> Reply:
            return show(services.call(body, press_key(body, action), address["text"], command=name), address["page"])

        replace_message(respond, answered(work, what=f"page of {name}", saves=False))
        ack()

    app.action(re.compile(f"^({'|'.join(paging)})_(next|previous)$"))(on_turn)
