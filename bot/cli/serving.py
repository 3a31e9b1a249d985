"""``ccm serve``: the bot and its jobs, until they are told to stop."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import structlog
import typer
from slack_sdk import WebClient

from bot.app import build_app
from bot.cli.opening import opened_ledger
from bot.cli.slack_clients import installations_of
from bot.config import Settings, required
from bot.oauth.key_rotation import check_keys
from bot.oauth.store import Installations
from bot.runtime.background import BackgroundThreads
from bot.runtime.health import Health
from bot.runtime.ports import LAST_PORT
from bot.runtime.scheduler import jobs_running
from bot.runtime.server import check_practice, health_served, serve_http, serve_socket, workspace_of
from bot.runtime.shutdown import stop_signals
from bot.runtime.startup import StoppedError, wait_for
from bot.slack.availability import slack_reach
from bot.slack.client import web_client
from bot.slack.workspaces import OneWorkspace
from bot.telemetry.logs import configure_logs
from bot.telemetry.metrics import Metrics
from ledger.clock import now
from ledger.errors import LedgerError
from ledger.rules.rulebook import rulebooks
from ledger.storage import schema
from ledger.storage.database import Database

HTTP_PORT = 3000
THREADS = 10
"""How much is done at once behind the acknowledgements; a clean stop waits for all of it."""

log = structlog.get_logger("bot.serving")


def serve(
    http: Annotated[
        bool, typer.Option("--http", help="Receive requests at /slack/events instead of Socket Mode.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http or --health-port: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=LAST_PORT, help="With --http: the port to listen on.")] = HTTP_PORT,
    health_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=LAST_PORT, help="In Socket Mode: answer /healthz and /readyz at this port, for example 3001."
        ),
    ] = None,
    drain_seconds: Annotated[
        float, typer.Option(min=0, help="With --http: serve on for so long after SIGTERM, while /readyz says 503.")
    ] = 0,
) -> None:
    """Run the bot and its jobs until they are told to stop.

    With SLACK_BOT_TOKEN it works for one workspace; with SLACK_CLIENT_ID and --http for all that install it.
    """
    settings = Settings()
    with opened_ledger(needs_schema=False) as database, stop_signals() as asked_to_stop, suppress(StoppedError):
        metrics = Metrics()
        configure_logs(settings.log_format, heard_by=[metrics.hear])
        rulebooks()  # one that cannot be used stops the bot here, not at the first entry
        metrics.watch_writes(database)
        metrics.watch_due(database, now)
        health = Health(database, slack_reach(), asked_to_stop, more_routes=[metrics.route()])
        door = _Door(http, host, port, health_port, drain_seconds)
        installations = installations_of(settings, database, slack=health.slack)
        if installations is None:
            _serve_one(settings, _Process(database, health, metrics, door))
        else:
            _serve_many(settings, installations, _Process(database, health, metrics, door))
    log.info("stopped")


@dataclass(frozen=True, slots=True)
class _Door:
    """Where requests come in, and how long they still may once the process was told to stop."""

    http: bool
    host: str
    port: int
    health_port: int | None
    drain_seconds: float


@dataclass(frozen=True, slots=True)
class _Process:
    """What both ways to serve have."""

    database: Database
    health: Health
    metrics: Metrics
    door: _Door


def _serve_one(settings: Settings, process: _Process) -> None:
    bot_token = required(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…")
    database, health, door = process.database, process.health, process.door
    secret = app_token = ""
    if door.http:
        secret = required(settings.slack_signing_secret, "SLACK_SIGNING_SECRET", "0123abcd…")
    else:
        app_token = required(settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-…")
    admins = settings.admin_ids
    client = web_client(bot_token, settings.api_base_url, slack=health.slack)
    with health_served(health, host=door.host, port=None if door.http else door.health_port):
        workspace = OneWorkspace(_ready_workspace(database, client, health), client)
        with BackgroundThreads(THREADS) as behind, jobs_running(database, workspace, now, health=health, probe=client):
            process.metrics.watch_background(behind)
            app = build_app(database, client, secret, now, executor=behind, admins=admins)
            if door.http:
                serve_http(app, health, host=door.host, port=door.port, drain_seconds=door.drain_seconds)
            else:
                serve_socket(app, app_token, health)


def _ready_workspace(database: Database, client: WebClient, health: Health) -> str:
    """Return the workspace that is served, once the database and Slack are there.

    What waiting does not cure is told first.
    """
    wait_for(lambda: schema.check(database), health.asked_to_stop)
    workspace = wait_for(lambda: workspace_of(client), health.asked_to_stop)
    wait_for(lambda: check_practice(database, workspace), health.asked_to_stop)
    return workspace


def _serve_many(settings: Settings, installations: Installations, process: _Process) -> None:
    database, health, door = process.database, process.health, process.door
    if not door.http:
        raise LedgerError(
            "SETTINGS_CONFLICT",
            "SLACK_CLIENT_ID is set, and an app that is installed by OAuth is reached by HTTP alone.",
            "Run: ccm serve --http. Or unset SLACK_CLIENT_ID and set SLACK_BOT_TOKEN for one workspace.",
        )
    secret = required(settings.slack_signing_secret, "SLACK_SIGNING_SECRET", "0123abcd…")
    admins = settings.admin_ids
    client = web_client(None, settings.api_base_url, slack=health.slack)
    wait_for(lambda: schema.check(database), health.asked_to_stop)
    wait_for(lambda: check_keys(database, installations.seal), health.asked_to_stop)
    with BackgroundThreads(THREADS) as behind, jobs_running(database, installations, now, health=health, probe=client):
        process.metrics.watch_background(behind)
        app = build_app(
            database,
            client,
            secret,
            now,
            executor=behind,
            admins=admins,
            installations=installations,
            slack_url=settings.slack_url,
        )
        log.info("installable", address=installations.app.install_url)
        serve_http(app, health, host=door.host, port=door.port, drain_seconds=door.drain_seconds)
