"""The client of Slack's Web API."""

from slack_sdk import WebClient

from bot.slack.retry_handlers import CallListener, NotShownYetRetryHandler, ReachRetryHandler, ShortWaitRetryHandler
from ledger.storage.reach import Reach

SLACK_TIMEOUT_SECONDS = 30


def web_client(token: str | None, base_url: str, *, slack: Reach | None = None) -> WebClient:
    """Return a client that waits as Slack asks (Retry-After.

    ``bot.slack.retry_handlers``) and gives up after 30 seconds.

    It keeps ``slack`` true of whether Slack can be reached.

    A view that the acknowledgement has yet to show is waited for as well (``bot.slack.retry_handlers``).
    A call whose connection was lost is not repeated: Slack may have taken it. Without a token it installs.
    """
    seen_by = [ReachRetryHandler(slack)] if slack else []
    return WebClient(
        token=token,
        base_url=base_url,
        timeout=SLACK_TIMEOUT_SECONDS,
        retry_handlers=[*seen_by, CallListener(), ShortWaitRetryHandler(), NotShownYetRetryHandler()],
    )
