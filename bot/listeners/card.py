"""The card's own button: My day."""

from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.me import me
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import answer_press, press_key
from bot.views.card import MY_DAY
from bot.views.reply import Reply


def listen(app: App, services: Services) -> None:
    """Show what the person logged today, below the card."""

    @app.action(MY_DAY)
    def on_my_day(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> Reply:
            return me(services.call(body, press_key(body, action), "", command="me"))

        said = answered(work, what="my day button", saves=False)
        answer_press(services, body, respond, said, title="My day", replaces=False)
        ack()
