"""A local, strict Slack: one workspace, one app, Slack's own protocol, and a page to use it from a browser.

An app cannot tell it from Slack but by its address: give it `SLACK_API_URL=<playground.api_url>`.

    workspace = Workspace.from_dict({"users": [...], "channels": [...], "manifest": {...}})
    with Playground(workspace) as playground:
        playground.attach(receiver)        # or Socket Mode, or installation.request_url
        nurse = playground.as_user("U1")
        seen = nurse.command("C1", "/ccm log ...")
        seen.message.words, seen.modal, seen.errors
        nurse.press(seen.message, "undo")
        nurse.submit(nurse.modal, {"block": "value"})
        assert playground.refusals == []

It reaches the app by a function in this process (`attach`), else by Socket Mode (`apps.connections.open`), else by
signed HTTP to `Installation.request_url`; and it refuses what Slack refuses: see `limits/` and `tickets.py`.
"""

from bot.playground.delivery.http import Receiver
from bot.playground.errors import ImpossibleAction, SlackError
from bot.playground.people.answers import Outcome
from bot.playground.people.person import Glance, Person, SeenMessage, SeenView
from bot.playground.server import Playground
from bot.playground.settings import Channel, Command, Features, Shortcut, User
from bot.playground.workspace import Installation, Workspace

__all__ = [
    "Channel",
    "Command",
    "Features",
    "Glance",
    "ImpossibleAction",
    "Installation",
    "Outcome",
    "Person",
    "Playground",
    "Receiver",
    "SeenMessage",
    "SeenView",
    "Shortcut",
    "SlackError",
    "User",
    "Workspace",
]
