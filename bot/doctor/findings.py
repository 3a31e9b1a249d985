"""What an examination finds, and what a check may look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.config import Settings
from bot.oauth.store import Installations
from ledger.errors import LedgerError
from ledger.practice.practice import Practice, all_practices
from ledger.storage.database import Database


class Level(StrEnum):
    """How bad a finding is: nothing, something to look into, something that keeps the bot from its work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: a stable code, what was found in one line, and what to do where it is amiss."""

    level: Level
    code: str
    title: str
    remedy: str = ""


def ok(code: str, title: str) -> Finding:
    """Something that is as it should be."""
    return Finding(Level.OK, code, title)


def warning(code: str, title: str, remedy: str) -> Finding:
    """Something to look into; the bot works."""
    return Finding(Level.WARNING, code, title, remedy)


def problem(code: str, title: str, remedy: str) -> Finding:
    """Something that keeps the bot from its work, or the ledger from being trusted."""
    return Finding(Level.PROBLEM, code, title, remedy)


def problem_of(error: LedgerError) -> Finding:
    """Return an error as a problem."""
    return problem(error.code, error.title, error.remedy)


@dataclass(frozen=True, slots=True)
class Visit:
    """A workspace whose token Slack takes, and what ``auth.test`` answers there."""

    client: WebClient
    said: SlackResponse

    @property
    def practice_id(self) -> str:
        """The workspace's id."""
        return str(self.said["team_id"])

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer, with names in lower case: the token's scopes, Slack's clock."""
        return {name.lower(): value for name, value in self.said.headers.items()}


class Setup:
    """What is examined: the settings, and the ledger and the Slack that they name, opened when they are asked for.

    Each property raises what its part raises where it is away.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        web: Callable[[str | None], WebClient],
        *,
        full: bool = False,
    ) -> None:
        """``web`` gives the client of a token. With ``full`` every chain and figure is verified, not a sample."""
        self.settings = settings
        self.now = now
        self.web = web
        self.full = full
        self.visits: list[Visit] = []
        """The workspaces that were found to take their token."""

    def close(self) -> None:
        """Give back what was opened."""
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def database(self) -> Database:
        """The ledger's database."""
        return Database(self.settings.ccm_database_url)

    @cached_property
    def installations(self) -> Installations | None:
        """The workspaces that installed the app by OAuth, or None for the one of SLACK_BOT_TOKEN."""
        app = self.settings.oauth_app
        return Installations(self.database, app, self.web, self.now) if app else None

    @cached_property
    def practices(self) -> list[Practice]:
        """Every practice of the ledger."""
        with self.database.across_practices().reading() as connection:
            return all_practices(connection)
