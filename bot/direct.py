"""Slack as the way to one person: a direct message that nobody else sees."""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.views.timer import reminder as reminder_view
from jobs.channel import ChannelError
from jobs.reminders import Reminder


def send_direct(client: WebClient, user: str, message: dict[str, Any]) -> None:
    """Sends ``message`` to one person; raises ``ChannelError`` where Slack refuses or is away.

    Needs im:write and chat:write, and the app's Messages tab switched on.
    """
    try:
        opened = client.conversations_open(users=[user])
        client.chat_postMessage(channel=opened["channel"]["id"], **message)
    except SlackApiError as error:
        raise ChannelError(str(error.response.get("error", "unknown_error"))) from error
    except OSError as error:
        raise ChannelError("slack_unreachable") from error


class SlackDirect:
    """Writes to people with a bot token."""

    def __init__(self, client: WebClient) -> None:
        """``client`` retries what Slack asks to be retried (429 with Retry-After)."""
        self._client = client

    def remind(self, reminder: Reminder) -> None:
        """Asks the owner of a timer whether it still runs; raises ``ChannelError`` where Slack refuses."""
        asked = reminder_view(reminder.timer, reminder.practice.local(reminder.at))
        send_direct(self._client, reminder.slack_user_id, asked.payload())
