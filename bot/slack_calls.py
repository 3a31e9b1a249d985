"""Calls of Slack's Web API as they come back: each is heard of by its method and its outcome, none is repeated here."""

import json

import structlog
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState

log = structlog.get_logger("bot.slack")


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
    """``ok``, Slack's word for why not, the HTTP status, or ``unreachable``."""
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
