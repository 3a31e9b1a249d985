"""Messages with a key: in their metadata, so that whoever comes later finds what is there (decision 004).

Slack's ``metadata`` of a message: https://docs.slack.dev/messaging/message-metadata
"""

from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.client import reason_of
from jobs.channel import ChannelError, Refusal

EVENT_TYPE = "ccm_digest"
CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much Slack's clock, which dates the messages, may be behind ours."""

_REFUSALS = {
    "message_not_found": Refusal.MESSAGE_GONE,
    "cant_update_message": Refusal.MESSAGE_GONE,
    "channel_not_found": Refusal.CHANNEL_GONE,
    "not_in_channel": Refusal.CHANNEL_GONE,
    "is_archived": Refusal.CHANNEL_GONE,
    "user_not_found": Refusal.CHANNEL_GONE,
    "user_disabled": Refusal.CHANNEL_GONE,
    "cannot_dm_bot": Refusal.CHANNEL_GONE,
}


def metadata_of(key: str) -> dict[str, Any]:
    """Return the metadata of a message with that key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def key_of(message: dict[str, Any]) -> str:
    """Return the key of a message, empty for one that has none."""
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", ""))


def keyed_message(client: WebClient, channel: str, key: str, since: datetime) -> dict[str, Any] | None:
    """Return the message with that key that was sent to the channel after ``since``; None where there is none.

    Needs the channel's history. Raises ``SlackApiError``.
    """
    pages = client.conversations_history(
        channel=channel,
        oldest=f"{(since - CLOCKS_DIFFER).timestamp():.6f}",
        include_all_metadata=True,
        limit=200,
    )
    for page in pages:
        for message in page["messages"]:
            if key_of(message) == key:
                return dict(message)
    return None


def refused(error: SlackApiError) -> ChannelError:
    """Return what Slack's refusal means to whoever sends: for how long, and whether another try makes sense."""
    reason = reason_of(error)
    headers = {str(name).lower(): value for name, value in (getattr(error.response, "headers", None) or {}).items()}
    asked = str(headers.get("retry-after", "0"))
    wait = timedelta(seconds=int(asked)) if asked.isdecimal() else timedelta(0)
    return ChannelError(reason, _REFUSALS.get(reason, Refusal.FOR_NOW), wait=wait)
