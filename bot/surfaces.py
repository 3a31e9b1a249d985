"""Slack beside the slash command: the App Home tab and the shortcuts "Log CCM time"."""

import json
import re
from typing import TYPE_CHECKING, Any

from slack_bolt import Ack, App
from slack_sdk.models.views import View

from bot.access import require
from bot.commands.home import home
from bot.commands.log import open_form, open_form_with_note
from bot.edge import answered
from bot.views.home import LOG, PAGE, REFRESH
from bot.views.reply import Reply

if TYPE_CHECKING:
    from bot.app import Desk

SHORTCUT = "log_shortcut"
MESSAGE_SHORTCUT = "log_message_shortcut"


def listen_to_home(app: App, desk: "Desk") -> None:
    """Publishes the Home tab when it is opened, and when a button in it asks for another look."""

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
        _open_form(desk, body, what="home log button")
        ack()


def listen_to_shortcuts(app: App, desk: "Desk") -> None:
    """Opens the form from anywhere, and from a message with its text as the note."""

    @app.shortcut(SHORTCUT)
    def on_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        _open_form(desk, body, what="shortcut")
        ack()

    @app.shortcut(MESSAGE_SHORTCUT)
    def on_message_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        _open_form(desk, body, what="message shortcut", note=body["message"].get("text", ""))
        ack()


def _publish(desk: "Desk", body: dict[str, Any], *, page: int) -> None:
    said = answered(lambda: home(desk.call(body, "", ""), page=page), what="home", saves=False)
    user = body.get("user_id") or body["user"]["id"]
    view = View(type="home", blocks=list(said.blocks)).to_dict() if isinstance(said, Reply) else said
    desk.client.views_publish(user_id=user, view=view)


def _open_form(desk: "Desk", body: dict[str, Any], *, what: str, note: str = "") -> None:
    """Opens the form, or a modal that says why it cannot be opened."""

    def work() -> dict[str, Any]:
        call = desk.call(body, f"{what}:{body['trigger_id']}", "")
        require(call.person, "log")
        return (open_form_with_note(call, note) if note else open_form(call)).view

    said = answered(work, what=what)
    if isinstance(said, Reply):
        said = View(type="modal", title="Log CCM time", close="Close", blocks=list(said.blocks)).to_dict()
    desk.client.views_open(trigger_id=body["trigger_id"], view=said)
