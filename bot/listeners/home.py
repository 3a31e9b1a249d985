"""The App Home tab: published when it is opened, and when a button in it asks for another look."""

import json
import re
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.views import View

from bot.commands.home import home
from bot.desk import Desk, user_of
from bot.edge import answered
from bot.listeners.shortcuts import open_log_form
from bot.views.home import LOG, PAGE, REFRESH
from bot.views.reply import Reply


def listen(app: App, desk: Desk) -> None:
    """Publishes the Home tab, and opens the form from it."""

    @app.event("app_home_opened")
    def on_opened(body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            _publish(desk, {"user_id": event["user"], "team_id": body["team_id"]}, page=0)

    @app.action(REFRESH)
    def on_refresh(ack: Ack, body: dict[str, Any]) -> None:
        _publish(desk, body, page=0)
        ack()

    @app.action(re.compile(f"^{PAGE}_(next|previous)$"))
    def on_turn(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        _publish(desk, body, page=json.loads(action["value"]))
        ack()

    @app.action(LOG)
    def on_log(ack: Ack, body: dict[str, Any]) -> None:
        open_log_form(desk, body, what="home log button")
        ack()


def _publish(desk: Desk, body: dict[str, Any], *, page: int) -> None:
    said = answered(lambda: home(desk.call(body, "", ""), page=page), what="home", saves=False)
    view = View(type="home", blocks=list(said.blocks)).to_dict() if isinstance(said, Reply) else said
    desk.client.views_publish(user_id=user_of(body), view=view)
