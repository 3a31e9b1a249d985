"""``ccm serve``: the bot and its jobs, until they are told to stop."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer

from bot.app import build_app, web_client
from bot.cli.console import err, installations_of, opened_ledger
from bot.clockwork import jobs_running
from bot.installations.sealed_rows import check_keys
from bot.installations.store import Installations
from bot.serve import check_practice, serve_http, serve_socket, workspace_of
from bot.settings import Settings, required
from bot.workspaces import OneWorkspace
from ledger.clock import now
from ledger.database import Database
from ledger.errors import LedgerError

HTTP_PORT = 3000
THREADS = 10
"""How much is done at once behind the acknowledgements; a clean stop waits for all of it."""


def serve(
    http: Annotated[
        bool, typer.Option("--http", help="Receive requests at /slack/events instead of Socket Mode.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: the port to listen on.")] = HTTP_PORT,
) -> None:
    """Run the bot and its jobs until they are told to stop.

    With SLACK_BOT_TOKEN it works for one workspace; with SLACK_CLIENT_ID and --http for all that install it.
    """
    settings = Settings()
    with opened_ledger() as database:
        installations = installations_of(settings, database)
        if installations is None:
            _serve_one(settings, database, http=http, host=host, port=port)
        else:
            _serve_many(settings, database, installations, http=http, host=host, port=port)


def _serve_one(settings: Settings, database: Database, *, http: bool, host: str, port: int) -> None:
    bot_token = required(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…")
    secret = app_token = ""
    if http:
        secret = required(settings.slack_signing_secret, "SLACK_SIGNING_SECRET", "0123abcd…")
    else:
        app_token = required(settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-…")
    client = web_client(bot_token, settings.api_base_url)
    workspace = workspace_of(client)
    check_practice(database, workspace)
    admins = settings.admin_ids
    with ThreadPoolExecutor(THREADS) as behind, jobs_running(database, OneWorkspace(workspace, client), now):
        app = build_app(database, client, secret, now, executor=behind, admins=admins)
        if http:
            err.print(f"Listening on http://{host}:{port}/slack/events")
            serve_http(app, database, host=host, port=port)
        else:
            err.print("Connected to Slack by Socket Mode.")
            serve_socket(app, app_token)


def _serve_many(
    settings: Settings, database: Database, installations: Installations, *, http: bool, host: str, port: int
) -> None:
    if not http:
        raise LedgerError(
            "SETTINGS_CONFLICT",
            "SLACK_CLIENT_ID is set, and an app that is installed by OAuth is reached by HTTP alone.",
            "Run: ccm serve --http. Or unset SLACK_CLIENT_ID and set SLACK_BOT_TOKEN for one workspace.",
        )
    secret = required(settings.slack_signing_secret, "SLACK_SIGNING_SECRET", "0123abcd…")
    check_keys(database, installations.seal)
    admins: Collection[str] = settings.admin_ids
    with ThreadPoolExecutor(THREADS) as behind, jobs_running(database, installations, now):
        app = build_app(
            database,
            web_client(None, settings.api_base_url),
            secret,
            now,
            executor=behind,
            admins=admins,
            installations=installations,
            slack_url=settings.slack_url,
        )
        err.print(f"Listening on http://{host}:{port}/slack/events. Install at {installations.app.install_url}")
        serve_http(app, database, host=host, port=port)


def register(app: typer.Typer) -> None:
    """Adds the command to ``app``."""
    app.command()(serve)
