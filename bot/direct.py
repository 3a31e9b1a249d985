"""Slack as the way to one person: a direct message that nobody else sees."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.views.timer import reminder as reminder_view
from jobs.channel import ChannelError
from jobs.reminders import Reminder


class SlackDirect:
    """Writes to people with a bot token; needs im:write and chat:write, and the app's Messages tab switched on."""

    def __init__(self, client: WebClient) -> None:
        """``client`` retries what Slack asks to be retried (429 with Retry-After)."""
        self._client = client

    def remind(self, reminder: Reminder) -> None:
        """Asks the owner of a timer whether it still runs; raises ``ChannelError`` where Slack refuses."""
        asked = reminder_view(reminder.timer, reminder.practice.local(reminder.at))
        try:
            opened = self._client.conversations_open(users=[reminder.slack_user_id])
            self._client.chat_postMessage(channel=opened["channel"]["id"], **asked.payload())
        except SlackApiError as error:
            raise ChannelError(str(error.response.get("error", "unknown_error"))) from error
        except OSError as error:
            raise ChannelError("slack_unreachable") from error
