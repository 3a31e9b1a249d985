"""A token that Slack does not take any more: said in the log, with the practice and what to do."""

import structlog
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState

log = structlog.get_logger("bot.installations")

REFUSALS = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"})
"""How Slack refuses a token (https://docs.slack.dev/reference/methods/auth.test)."""


def log_refused(practice_id: str, reason: str, install_url: str) -> None:
    """Says that the practice's token is refused, and how to get another."""
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
        if reason in REFUSALS:
            log_refused(self._practice_id, str(reason), self._install_url)
        return False
