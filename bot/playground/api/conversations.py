"""The `conversations.*` methods (https://docs.slack.dev/reference/methods/conversations.history and its neighbours)."""

from bot.playground.api.calling import Call
from bot.playground.errors import SlackError
from bot.playground.messages import Message
from bot.playground.settings import JSON, Channel

USUAL_PAGE = 100
END_OF_TIME = 9_999_999_999


def history(call: Call) -> JSON:
    """Return the messages of a conversation, newest first, without replies and ephemeral ones."""
    channel = call.joined_channel()
    messages = [each for each in call.workspace.messages.seen_by(channel.id, None) if _asked_for(call, each)]
    return _shown(call, messages[::-1])


def replies(call: Call) -> JSON:
    """Return a thread: its parent, then the replies, oldest first."""
    channel = call.joined_channel()
    ts = call.required("ts")
    found = call.workspace.messages.find(channel.id, ts)
    if found is None or found.ephemeral_for is not None:
        raise SlackError("thread_not_found")
    thread_ts = found.thread_ts or ts
    thread = call.workspace.messages.seen_by(channel.id, None, thread_ts=thread_ts)
    return _shown(call, [each for each in thread if each.ts == thread_ts or _asked_for(call, each)])


def info(call: Call) -> JSON:
    """Return what one conversation is."""
    channel = call.channel()
    if channel.is_private and not channel.bot_is_member:
        raise SlackError("channel_not_found")  # a private channel is nobody's business who is not in it
    return {"channel": as_api(channel)}


def list_all(call: Call) -> JSON:
    """Return the conversations of the kinds asked for (public channels unless told otherwise)."""
    words = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    asked = [word.strip() for word in (call.text("types") or "public_channel").split(",")]
    if any(word not in words for word in asked):
        raise SlackError("invalid_types")
    kinds = {words[word] for word in asked}
    channels = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and not (channel.is_archived and call.flag("exclude_archived"))
        and (channel.bot_is_member or channel.kind == "channels")
    ]
    page, response_metadata = call.page([as_api(channel) for channel in channels], USUAL_PAGE)
    return {"channels": page, "response_metadata": response_metadata}


def members(call: Call) -> JSON:
    """Return the ids of those in a conversation, the app's own user among them."""
    channel = call.channel()
    ids = [*channel.members, *([call.workspace.installation.bot_user_id] if channel.bot_is_member else [])]
    page, response_metadata = call.page([{"id": each} for each in ids], USUAL_PAGE)
    return {"members": [each["id"] for each in page], "response_metadata": response_metadata}


def open_direct(call: Call) -> JSON:
    """Return the direct message with one person."""
    users = call.required("users").split(",")
    if len(users) != 1:
        raise SlackError("method_not_supported_for_channel_type")
    user = call.workspace.user(users[0])
    if user.deleted:
        raise SlackError("user_disabled")
    channel = call.workspace.direct_channel(user.id)
    return {"no_op": False, "already_open": False, "channel": as_api(channel)}


def as_api(channel: Channel) -> JSON:
    """Return a conversation as the Web API shows it."""
    if channel.im_user_id is not None:
        return {"id": channel.id, "is_im": True, "user": channel.im_user_id, "is_archived": channel.is_archived}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": channel.bot_is_member,
        "num_members": len(channel.members) + int(channel.bot_is_member),
    }


def _asked_for(call: Call, message: Message) -> bool:
    oldest, latest = call.moment("oldest", 0), call.moment("latest", END_OF_TIME)
    if call.flag("inclusive"):
        return oldest <= float(message.ts) <= latest
    return oldest < float(message.ts) < latest


def _shown(call: Call, messages: list[Message]) -> JSON:
    with_metadata = call.flag("include_all_metadata")
    shown = [call.workspace.messages.as_api(each, with_metadata=with_metadata) for each in messages]
    page, response_metadata = call.page(shown, USUAL_PAGE)
    return {
        "messages": page,
        "has_more": bool(response_metadata["next_cursor"]),
        "response_metadata": response_metadata,
    }
