"""Clients of Slack for the commands that post, serve or examine."""

from slack_sdk import WebClient

from bot.config import Settings, required
from bot.oauth.store import Installations
from bot.slack.client import web_client
from ledger.clock import now
from ledger.practice.practice import Practice
from ledger.storage.database import Database
from ledger.storage.reach import Reach


def installations_of(settings: Settings, database: Database, *, slack: Reach | None = None) -> Installations | None:
    """Return the installations of the app that the environment names, or None where it names one workspace's token.

    Their clients keep ``slack`` true.

    Raises:
        LedgerError: Where the environment names both, or one by half.
    """
    app = settings.oauth_app
    if app is None:
        return None
    return Installations(database, app, lambda token: web_client(token, settings.api_base_url, slack=slack), now)


def client_of(ledger: Database, practice: Practice) -> WebClient:
    """Return the client of the practice's workspace.

    Raises:
        LedgerError: Where there is no token for it.
    """
    settings = Settings()
    installations = installations_of(settings, ledger)
    if installations is not None:
        return installations.client_of(practice.practice_id)
    token = required(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…")
    return web_client(token, settings.api_base_url)
