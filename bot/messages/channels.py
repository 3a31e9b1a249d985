"""The channels that messages with patient codes may go to: those of the practice's own workspace."""

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.refusals import SHARED, UNREACHABLE, reason_of, refusal_of
from bot.views.forms.roster_inputs import Filled
from jobs.channel import ChannelError

log = structlog.get_logger("bot.messages.channels")


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


def shared_channel(client: WebClient, filled: Filled) -> dict[str, str]:
    """Return why a team cannot have the channel that its form names, by input; nothing where it can.

    Where Slack does not say, it can: before each digest the channel is looked at again.
    """
    channel = filled.cells.get("channel_id")
    try:
        refused = bool(channel) and is_shared(client, str(channel))
    except SlackApiError as error:
        log.warning("channel_not_told", reason=reason_of(error))
        return {}
    except UNREACHABLE as error:
        log.warning("channel_not_told", reason=type(error).__name__)
        return {}
    return {"channel_id": f"{refusal_of(SHARED).words} Choose one of your own workspace."} if refused else {}
