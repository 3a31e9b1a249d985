"""What a client does after each of Slack's answers: wait and try again, or take note. One handler an idea."""

import json

import structlog
from slack_sdk.http_retry import BackoffRetryIntervalCalculator, HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.slack.availability import SERVER_ERRORS
from bot.slack.refusals import TOKEN_REFUSALS
from ledger.storage.reach import Reach

log = structlog.get_logger("bot.slack")

MOST_TRIES_AGAIN = 3
MOST_SECONDS = 20
"""A longer wait is left to whoever called: three of them would outlast the lease of a claim (``jobs.scheduling``)."""


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
    """Return what Retry-After says; too much where it says nothing that can be read."""
    for name, values in (response.headers if response else {}).items():
        word = values if isinstance(values, str) else values[0]
        if name.lower() == "retry-after" and word.isdecimal():
            return int(word)
    return MOST_SECONDS + 1


def log_refused(practice_id: str, reason: str, install_url: str) -> None:
    """Say that the practice's token is refused, and how to get another."""
    remedy = f"Install the app in this workspace again: {install_url}"
    log.error("token_refused", practice=practice_id, reason=reason, remedy=remedy)


class RefusedTokenHandler(RetryHandler):
    """Looks at every answer of Slack's to one workspace's client; it never retries anything."""

    def __init__(self, practice_id: str, install_url: str) -> None:
        super().__init__()
        self._practice_id = practice_id
        self._install_url = install_url

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's
        request: HttpRequest,  # noqa: ARG002 - the interface's
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the interface's
    ) -> bool:
        reason = (response.body or {}).get("error") if response is not None else None
        if reason in TOKEN_REFUSALS:
            log_refused(self._practice_id, str(reason), self._install_url)
        return False


class NotShownYetRetryHandler(RetryHandler):
    """Tries again where Slack does not know the ``external_id`` of a view yet, for about three seconds.

    The acknowledgement gives the view that id; work which is done sooner than Slack has read the acknowledgement would
    otherwise change the view before it, and be overwritten (https://docs.slack.dev/reference/methods/views.update).
    """

    def __init__(self) -> None:
        super().__init__(max_retry_count=5, interval_calculator=BackoffRetryIntervalCalculator(0.1))

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the interface's
    ) -> bool:
        is_unknown = response is not None and (response.body or {}).get("error") == "not_found"
        return is_unknown and request.url.endswith("/views.update") and b"view_id" not in (request.data or b"")


class CallListener(RetryHandler):
    """Stands first among a client's retry handlers, which slack_sdk asks after every try; it never asks for another."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=100)  # asked however often the others repeat a call

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the interface's
    ) -> bool:
        method = request.url.rpartition("/")[2]
        log.debug("slack_called", method=method, outcome=outcome_of(response))
        return False


def outcome_of(response: HttpResponse | None) -> str:
    """Return ``ok``, Slack's word for why not, the HTTP status, or ``unreachable``."""
    if response is None:
        return "unreachable"
    body = response.body or _json(response.data)
    if body.get("ok"):
        return "ok"
    return str(body.get("error") or f"http_{response.status_code}")


def _json(data: bytes | None) -> dict[str, object]:
    try:
        body = json.loads(data or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


class ReachRetryHandler(RetryHandler):
    """Sees every answer of Slack and every lack of one, and never has a call repeated."""

    def __init__(self, reach: Reach) -> None:
        """Keep ``reach`` true of Slack."""
        super().__init__()
        self._reach = reach

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's
        request: HttpRequest,  # noqa: ARG002 - the interface's
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None:
            self._reach.failed(type(error).__name__)
        elif response.status_code >= SERVER_ERRORS:
            self._reach.failed(f"HTTP {response.status_code}")
        else:
            self._reach.worked()
        return False
