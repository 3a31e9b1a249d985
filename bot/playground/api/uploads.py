"""The methods that bring a file in (https://docs.slack.dev/reference/methods/files.getUploadURLExternal)."""

from bot.playground.api.calling import Call, missing
from bot.playground.errors import SlackError
from bot.playground.files import StoredFile
from bot.playground.settings import JSON, Channel
from bot.playground.workspace import Workspace


def get_upload_url(call: Call) -> JSON:
    """Return where to send a file's bytes."""
    if not call.workspace.takes_files:
        raise SlackError("file_uploads_disabled")
    length = call.number("length", 0)
    if length < 1:
        raise missing("length")
    file = call.workspace.files.expect(call.required("filename"), length, call.text("alt_txt") or "")
    return {"upload_url": f"{call.base_url}/upload/{file.upload_token}", "file_id": file.id}


def receive(workspace: Workspace, token: str, content: bytes) -> StoredFile:
    """Keep the bytes sent to an upload address.

    Raises:
        SlackError: for an unknown address and another length than announced, or where a fault was put in the way.
        HungUp: where that fault is the loss of the connection.
    """
    fault = workspace.traffic.take_fault("upload")
    if fault is not None and not fault.after_accepting:
        fault.strike()
    file = workspace.files.receive(token, content)
    if fault is not None and fault.after_accepting:
        fault.strike()
    return file


def complete_upload(call: Call) -> JSON:
    """Show uploaded files in a conversation, as one message of the app."""
    listed = call.json("files")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise missing("files")
    channels = [call.workspace.channel(each) for each in _targets(call)]
    if any(not channel.bot_is_member for channel in channels):
        raise SlackError("not_in_channel")
    if any(channel.is_restricted for channel in channels):
        raise SlackError("posting_to_channel_denied")
    store = call.workspace.files
    stored = [store.complete(str(each.get("id")), each.get("title")) for each in listed]
    bot_user_id = call.workspace.installation.bot_user_id
    files = [store.as_api(each, base_url=call.base_url, user_id=bot_user_id) for each in stored]
    for channel in channels:
        _share(call, channel, files)
    return {"files": files}


def _targets(call: Call) -> list[str]:
    several = call.text("channels")
    one = call.text("channel_id")
    return several.split(",") if several else [one] if one else []


def _share(call: Call, channel: Channel, files: list[JSON]) -> None:
    body: JSON = {
        **call.workspace.author(),
        "text": call.text("initial_comment") or "",
        "files": files,
        "upload": True,
        "subtype": "file_share",
    }
    if call.text("thread_ts") is not None:
        body["thread_ts"] = call.text("thread_ts")
    call.workspace.messages.add(channel.id, body)
