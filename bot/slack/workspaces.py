"""The workspaces that the bot works for, and the client of Slack's Web API for each: one token, or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slack_sdk import WebClient


class Workspaces(Protocol):
    """Where the clock and the terminal ask for clients. ``OneWorkspace`` and ``Installations`` are such."""

    def practice_ids(self) -> Sequence[str]:
        """Return the practices in whose workspaces the bot is installed now."""

    def client_of(self, practice_id: str) -> WebClient:
        """Return a client with a token that is good now.

        Raises:
            LedgerError: Where the bot is not installed there.
        """


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of SLACK_BOT_TOKEN."""

    practice_id: str
    client: WebClient

    def practice_ids(self) -> Sequence[str]:
        """Return that practice."""
        return [self.practice_id]

    def client_of(self, practice_id: str) -> WebClient:  # noqa: ARG002 - there is only one
        """Return its client."""
        return self.client
