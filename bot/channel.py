"""Slack as the channel of digests: posted once, found again by the key in the message's metadata."""

from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.views.digest import digest_messages
from bot.views.reply import Reply
from jobs.digests import ChannelError, Digest

EVENT_TYPE = "ccm_digest"
CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much Slack's clock, which dates the messages, may be behind ours."""


class SlackChannel:
    """Posts digests with a bot token; needs chat:write and, to find an earlier message, the channel's history."""

    def __init__(self, client: WebClient) -> None:
        """``client`` retries what Slack asks to be retried (429 with Retry-After)."""
        self._client = client

    def deliver(self, digest: Digest, key: str, *, since: datetime, may_be_there: bool) -> str:
        """The timestamp of the digest's message, posted unless it was there; raises ``ChannelError``."""
        channel = digest.team.channel_id
        first, *rest = digest_messages(digest)
        try:
            ts = self._find(channel, key, since) if may_be_there else None
            if ts is None:
                ts = self._post(channel, first, key, thread_ts=None)
                there = set()
            else:
                there = self._keys_in_thread(channel, ts)
            for number, reply in enumerate(rest, start=2):
                part_key = f"{key}#{number}"
                if part_key not in there:
                    self._post(channel, reply, part_key, thread_ts=ts)
        except SlackApiError as error:
            raise ChannelError(str(error.response.get("error", "unknown_error"))) from error
        except OSError as error:
            raise ChannelError("slack_unreachable") from error
        return ts

    def _post(self, channel: str, reply: Reply, key: str, *, thread_ts: str | None) -> str:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        response = self._client.chat_postMessage(
            channel=channel, thread_ts=thread_ts, metadata=metadata, unfurl_links=False, **reply.payload()
        )
        return str(response["ts"])

    def _find(self, channel: str, key: str, since: datetime) -> str | None:
        pages = self._client.conversations_history(
            channel=channel,
            oldest=f"{(since - CLOCKS_DIFFER).timestamp():.6f}",
            include_all_metadata=True,
            limit=200,
        )
        for page in pages:
            for message in page["messages"]:
                if _key(message) == key:
                    return str(message["ts"])
        return None

    def _keys_in_thread(self, channel: str, ts: str) -> set[str]:
        pages = self._client.conversations_replies(channel=channel, ts=ts, include_all_metadata=True, limit=200)
        return {_key(message) for page in pages for message in page["messages"]}


def _key(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", ""))
