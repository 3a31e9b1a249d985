"""How long a call waits where Slack answers that it comes too often (429)."""

from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

MOST_TRIES_AGAIN = 3
MOST_SECONDS = 20
"""A longer wait is left to whoever called: three of them would outlast the lease of a claim (``jobs.scheduling.claims``)."""


class ShortWaitRetryHandler(RateLimitErrorRetryHandler):
    """Waits as long as Slack asks (Retry-After) and tries again, up to three times, each no longer than 20 seconds.

    https://docs.slack.dev/apis/web-api/rate-limits
    """

    def __init__(self) -> None:
        super().__init__(max_retry_count=MOST_TRIES_AGAIN)

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if not super()._can_retry(state=state, request=request, response=response, error=error):
            return False
        return _seconds(response) <= MOST_SECONDS


def _seconds(response: HttpResponse | None) -> int:
    """What Retry-After says; too much where it says nothing that can be read."""
    for name, values in (response.headers if response else {}).items():
        word = values if isinstance(values, str) else values[0]
        if name.lower() == "retry-after" and word.isdecimal():
            return int(word)
    return MOST_SECONDS + 1
