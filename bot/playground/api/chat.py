"""The `chat.*` methods (https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours)."""

from bot.playground.api.calling import Call
from bot.playground.errors import SlackError
from bot.playground.filling import fill_blocks
from bot.playground.limits.content import check_message, check_metadata
from bot.playground.messages import Message
from bot.playground.pictures import pictures_in, refused_picture
from bot.playground.settings import JSON, Channel
from ledger.characters import characters

MOST_CHANGED_TEXT = 4_000
"""Of a message that is changed; a new one may have ten times as many characters."""


def content(call: Call) -> JSON:
    """Return the checked `text` and `blocks` of a call; raise SlackError for what Slack would not take."""
    text, blocks = call.args.get("text"), call.json("blocks")
    if call.json("attachments"):
        raise SlackError("invalid_attachments", ["[ERROR] attachments are a legacy; use blocks"])
    check_message(text, blocks)
    pictures_in(call.workspace, blocks or [])
    return {"text": text, "blocks": fill_blocks(call.workspace, blocks) if blocks else None}


def metadata(call: Call) -> JSON | None:
    """Return the checked message metadata of a call."""
    given: JSON | None = call.json("metadata")
    if given:
        check_metadata(given)
    return given or None


def post_message(call: Call) -> JSON:
    """Post to a conversation, to a person's direct message, or into a thread."""
    target = call.required("channel")
    known_user = target in call.workspace.users
    channel = call.workspace.direct_channel(target) if known_user else call.workspace.channel(target)
    _refuse_closed(call, channel)
    body = {**call.workspace.author(), **_given(content(call)), **_given({"metadata": metadata(call)})}
    thread_ts = _thread(call, channel)
    if thread_ts is not None:
        body["thread_ts"] = thread_ts
    if call.workspace.enforce_message_rate:
        call.workspace.tickets.pace_message(channel.id)
    message = call.workspace.messages.add(channel.id, body)
    for file in pictures_in(call.workspace, body.get("blocks", [])).values():
        file.shown_in.add(channel.id)
    return {"channel": channel.id, "ts": message.ts, "message": call.workspace.messages.as_api(message)}


def post_ephemeral(call: Call) -> JSON:
    """Show a message to one member of a conversation; it is in no history."""
    channel = call.joined_channel()
    user = call.workspace.user(call.required("user"))
    if user.deleted or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    body = {**call.workspace.author(), **_given(content(call)), "is_ephemeral": True}
    thread_ts = _thread(call, channel)
    if thread_ts is not None:
        body["thread_ts"] = thread_ts
    message = call.workspace.messages.add(channel.id, body, ephemeral_for=user.id)
    return {"message_ts": message.ts}


def update(call: Call) -> JSON:
    """Change a message the app posted; metadata that is not given stays as it is, blocks go with a text alone.

    A message changed with blocks is not marked as edited. Stricter than Slack in one point: it shows a broken picture
    where an update brings in a file that no message of the conversation has shown
    (https://github.com/slackapi/java-slack-sdk/issues/1441).
    """
    message = _own_message(call, "cant_update_message")
    changes = content(call)
    if characters(changes["text"]) > MOST_CHANGED_TEXT:
        raise SlackError("msg_too_long")
    for index, file in pictures_in(call.workspace, changes["blocks"] or []).items():
        if message.channel_id not in file.shown_in:
            raise refused_picture(index)
    if call.json("metadata") is not None:
        changes["metadata"] = metadata(call)
    edited_by = None if changes["blocks"] else call.workspace.installation.bot_user_id
    call.workspace.messages.replace(message, changes, edited_by=edited_by)
    shown = call.workspace.messages.as_api(message)
    return {"channel": message.channel_id, "ts": message.ts, "text": shown["text"], "message": shown}


def delete(call: Call) -> JSON:
    """Take a message the app posted away."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.messages.remove(message)
    return {"channel": message.channel_id, "ts": message.ts}


def get_permalink(call: Call) -> JSON:
    """Return the address of a message."""
    channel = call.channel()
    message = call.workspace.messages.find(channel.id, call.required("message_ts"))
    if message is None or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    link = f"{call.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _given(fields: JSON) -> JSON:
    return {name: value for name, value in fields.items() if value is not None}


def _refuse_closed(call: Call, channel: Channel) -> None:
    if channel.kind == "im" and not call.workspace.features.messages_tab_enabled:
        raise SlackError("messages_tab_disabled")
    if channel.is_archived:
        raise SlackError("is_archived")
    may_post_anywhere = "chat:write.public" in call.workspace.features.scopes and channel.kind == "channels"
    if not channel.bot_is_member and not may_post_anywhere:
        raise SlackError("not_in_channel")
    if channel.is_restricted:
        raise SlackError("restricted_action")


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts")
    if thread_ts is None:
        return None
    parent = call.workspace.messages.find(channel.id, thread_ts)
    if parent is None or parent.ephemeral_for is not None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _own_message(call: Call, refusal: str) -> Message:
    message = call.workspace.messages.find(call.channel().id, call.required("ts"))
    if message is None or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    if message.body.get("bot_id") != call.workspace.installation.bot_id:
        raise SlackError(refusal)
    return message
