"""Which bot tokens open a workspace, and what each may do there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.errors import SlackError


@dataclass
class Grant:
    """What a token was given; without `scopes`, what the app's manifest says.

    `refused` is Slack's error for it, once it opens nothing any more.
    """

    scopes: frozenset[str] | None
    expires_at: float | None = None
    refused: str | None = None


class Access:
    """The tokens of one app in one workspace, those that are over among them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._grants: dict[str, Grant] = {}

    def grant(self, token: str, scopes: frozenset[str] | None, expires_at: float | None = None) -> None:
        """Let a token in, for good or until a moment."""
        with self._lock:
            self._grants[token] = Grant(scopes, expires_at)

    def knows(self, token: str | None) -> bool:
        """Return whether this was ever a token of this workspace."""
        return token in self._grants

    def scopes(self, token: str) -> frozenset[str] | None:
        """Return what a token was given; raise SlackError where it is none of this workspace, or is over."""
        with self._lock:
            grant = self._grants.get(token)
            if grant is None:
                raise SlackError("invalid_auth")
            if grant.refused is not None:
                raise SlackError(grant.refused)
            if grant.expires_at is not None and self._clock() >= grant.expires_at:
                raise SlackError("token_expired")
            return grant.scopes

    def good(self) -> list[str]:
        """Return the tokens that open the workspace now."""
        with self._lock:
            now = self._clock()
            grants = self._grants.items()
            return [
                token
                for token, grant in grants
                if grant.refused is None and (grant.expires_at is None or now < grant.expires_at)
            ]

    def end(self, error: str) -> None:
        """Let no token in any more: from now on Slack answers `error`, such as `account_inactive`."""
        with self._lock:
            for grant in self._grants.values():
                grant.refused = grant.refused or error
