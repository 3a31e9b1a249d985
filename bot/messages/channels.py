"""The channels that messages with patient codes may go to: those of the practice's own workspace."""

from slack_sdk import WebClient

from bot.slack.refusals import SHARED, refusal_of
from jobs.channel import ChannelError


def is_shared(client: WebClient, channel: str) -> bool:
    """Return whether people of another organization see the channel, or are invited to.

    Needs channels:read and groups:read. Raises ``SlackApiError``.
    """
    told = client.conversations_info(channel=channel)["channel"]
    return bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared"))


def refuse_shared(client: WebClient, channel: str) -> None:
    """Post nothing in a channel that is shared with another organization.

    Raises:
        ChannelError: It is shared.
    """
    if is_shared(client, channel):
        raise ChannelError(SHARED, refusal_of(SHARED).later)
