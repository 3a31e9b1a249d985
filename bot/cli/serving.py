"""``ccm serve``: the bot and its jobs, until they are told to stop."""

from contextlib import suppress
from typing import Annotated

import structlog
import typer
from slack_sdk import WebClient

from bot.app import build_app, web_client
from bot.cli.console import err, opened_ledger
from bot.clockwork import jobs_running
from bot.health import Health
from bot.serve import check_practice, health_served, serve_http, serve_socket, workspace_of
from bot.settings import Settings, required
from bot.slack_reach import slack_reach
from bot.stopping import Behind, stop_signals
from bot.waiting import StoppedError, wait_for
from ledger import schema
from ledger.clock import now
from ledger.database import Database

HTTP_PORT = 3000
THREADS = 10
"""How much is done at once behind the acknowledgements; a clean stop waits for all of it."""

log = structlog.get_logger("bot.serving")


def serve(
    http: Annotated[
        bool, typer.Option("--http", help="Receive requests at /slack/events instead of Socket Mode.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http or --health-port: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: the port to listen on.")] = HTTP_PORT,
    health_port: Annotated[
        int | None, typer.Option(help="In Socket Mode: answer /healthz and /readyz at this port, for example 3001.")
    ] = None,
    drain_seconds: Annotated[
        float, typer.Option(min=0, help="With --http: serve on for so long after SIGTERM, while /readyz says 503.")
    ] = 0,
) -> None:
    """Run the bot and its jobs until they are told to stop."""
    settings = Settings()
    with opened_ledger(needs_schema=False) as database, stop_signals() as asked_to_stop, suppress(StoppedError):
        bot_token = required(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-…")
        secret = app_token = ""
        if http:
            secret = required(settings.slack_signing_secret, "SLACK_SIGNING_SECRET", "0123abcd…")
        else:
            app_token = required(settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-…")
        admins = settings.admin_ids
        health = Health(database, slack_reach(), asked_to_stop)
        client = web_client(bot_token, settings.api_base_url, slack=health.slack)
        with health_served(health, host=host, port=None if http else health_port):
            workspace = _ready_workspace(database, client, health)
            with Behind(THREADS) as behind, jobs_running(database, workspace, client, now, health=health):
                app = build_app(database, client, secret, now, executor=behind, admins=admins)
                if http:
                    err.print(f"Listening on http://{host}:{port}/slack/events")
                    serve_http(app, health, host=host, port=port, drain_seconds=drain_seconds)
                else:
                    serve_socket(app, app_token, health)
    log.info("stopped")


def _ready_workspace(database: Database, client: WebClient, health: Health) -> str:
    """The workspace that is served, once the database and Slack are there. What waiting does not cure is told first."""
    wait_for(lambda: schema.check(database), health.asked_to_stop)
    workspace = wait_for(lambda: workspace_of(client), health.asked_to_stop)
    wait_for(lambda: check_practice(database, workspace), health.asked_to_stop)
    return workspace


def register(app: typer.Typer) -> None:
    """Adds the command to ``app``."""
    app.command()(serve)
