"""The client of Slack's Web API."""

from slack_sdk import WebClient

from bot.not_shown_yet import NotShownYetRetryHandler
from bot.rate_limit import ShortWaitRetryHandler
from bot.slack_calls import CallListener
from bot.slack_reach import ReachRetryHandler
from ledger.storage.reach import Reach

SLACK_TIMEOUT_SECONDS = 30


def web_client(token: str | None, base_url: str, *, slack: Reach | None = None) -> WebClient:
    """A client that waits as Slack asks (Retry-After, ``bot.rate_limit``) and gives up after 30 seconds.

    It keeps ``slack`` true of whether Slack can be reached.

    A view that the acknowledgement has yet to show is waited for as well (``bot.not_shown_yet``).
    A call whose connection was lost is not repeated: Slack may have taken it. Without a token it installs.
    """
    seen_by = [ReachRetryHandler(slack)] if slack else []
    return WebClient(
        token=token,
        base_url=base_url,
        timeout=SLACK_TIMEOUT_SECONDS,
        retry_handlers=[*seen_by, CallListener(), ShortWaitRetryHandler(), NotShownYetRetryHandler()],
    )
