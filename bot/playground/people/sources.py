"""Where a person acts: the message or the view before them."""

from bot.playground.errors import ImpossibleAction
from bot.playground.messages import Message
from bot.playground.settings import JSON
from bot.playground.surfaces import OpenView
from bot.playground.workspace import Workspace

Source = Message | OpenView


def find_source(workspace: Workspace, user_id: str, container: JSON) -> Source:
    """Return what a container names: `{"type": "message", "channel", "ts"}` or `{"type": "view", "view_id"}`.

    Raises:
        ImpossibleAction: where this person does not see it.
    """
    if container.get("type") == "view":
        return find_view(workspace, user_id, str(container.get("view_id")))
    if container.get("type") == "message":
        return find_message(workspace, user_id, str(container.get("channel")), str(container.get("ts")))
    raise ImpossibleAction("a container is of type message or view")


def find_view(workspace: Workspace, user_id: str, view_id: str) -> OpenView:
    """Return a view this person has before them; raise ImpossibleAction for any other."""
    opened = workspace.views.find(view_id)
    if opened is None or opened.user_id != user_id:
        raise ImpossibleAction("this view is not open")
    if opened.body["type"] == "modal" and opened is not workspace.views.stack(user_id)[-1]:
        raise ImpossibleAction("this modal lies under another")
    return opened


def find_message(workspace: Workspace, user_id: str, channel_id: str, ts: str) -> Message:
    """Return a message this person sees; raise ImpossibleAction for any other."""
    channel = workspace.channels.get(channel_id)
    message = workspace.messages.find(channel_id, ts)
    if channel is None or message is None or user_id not in channel.members:
        raise ImpossibleAction("this message is not there")
    if message.ephemeral_for not in (None, user_id):
        raise ImpossibleAction("this message is not there")
    return message


def blocks_of(source: Source) -> list[JSON]:
    """Return the blocks of a message or a view."""
    blocks: list[JSON] = source.body.get("blocks", [])
    return blocks
