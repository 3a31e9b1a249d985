"""Slack as the way to people and channels beside digests: direct messages that nobody else sees, and short posts."""

from datetime import datetime
from functools import partial
from typing import Any

from slack_sdk import WebClient

from bot.messages.channels import require_open
from bot.messages.in_text import in_blocks_or_text
from bot.messages.message_keys import keyed_message, metadata_of
from bot.permissions import for_reader
from bot.slack.refusals import posting
from bot.views.reply import Reply
from bot.views.scheduled_notices import notice_message
from bot.views.timer import reminder as reminder_view
from jobs.notices.delivery import MissedRun, Notice, Sent
from jobs.notices.timer_reminders import Reminder

_PEOPLE = ("U", "W")
"""How the ids of people begin; those of channels begin otherwise."""


def send_direct(client: WebClient, user: str, message: dict[str, Any]) -> None:
    """Send ``message`` to one person; raise ``ChannelError`` where Slack refuses or is away.

    Needs im:write and chat:write, and the app's Messages tab switched on.
    """
    with posting():
        in_blocks_or_text(partial(client.chat_postMessage, channel=_conversation(client, user)), message)


class SlackDirect:
    """Writes to people and channels with a bot token.

    To find an earlier message it needs the history of direct messages (im:history) and of channels.
    """

    def __init__(self, client: WebClient) -> None:
        """``client`` retries what Slack asks to be retried (429 with Retry-After)."""
        self._client = client

    def remind(self, reminder: Reminder, *, may_be_there: bool) -> None:
        """Ask the owner of a timer whether it still runs, unless that was asked; raise ``ChannelError``."""
        asked = reminder_view(reminder.timer, reminder.practice.local(reminder.at))
        since = reminder.timer.started_at
        self._send(reminder.slack_user_id, asked, reminder.key, since=since, may_be_there=may_be_there)

    def send(self, to: str, notice: Notice, key: str, *, since: datetime, may_be_there: bool) -> Sent:
        """Return where the notice is, sent unless it was there; raises ``ChannelError``."""
        told = partial(for_reader, notice.person) if isinstance(notice, MissedRun) else str
        return self._send(to, notice_message(notice, told), key, since=since, may_be_there=may_be_there)

    def find(self, to: str, key: str, *, since: datetime) -> Sent | None:
        """Return where the message with that key is, None where there is none; raises ``ChannelError``."""
        with posting():
            conversation = _conversation(self._client, to)
            there = keyed_message(self._client, conversation, key, since)
            return Sent(conversation, str(there["ts"])) if there else None

    def _send(self, to: str, message: Reply, key: str, *, since: datetime, may_be_there: bool) -> Sent:
        with posting():
            conversation = _conversation(self._client, to)
            there = keyed_message(self._client, conversation, key, since) if may_be_there else None
            if there is not None:
                return Sent(conversation, str(there["ts"]))
            post = partial(
                self._client.chat_postMessage, channel=conversation, metadata=metadata_of(key), unfurl_links=False
            )
            posted = in_blocks_or_text(post, message.payload())
            return Sent(conversation, str(posted["ts"]))


def _conversation(client: WebClient, to: str) -> str:
    if not to.startswith(_PEOPLE):
        require_open(client, to)
        return to
    return str(client.conversations_open(users=[to])["channel"]["id"])
