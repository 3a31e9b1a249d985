"""Messages with a key: in their metadata, so that whoever comes later finds what is there (decision 004).

Slack's ``metadata`` of a message: https://docs.slack.dev/messaging/message-metadata
"""

from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

EVENT_TYPE = "ccm_digest"
CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much Slack's clock, which dates the messages, may be behind ours."""


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
