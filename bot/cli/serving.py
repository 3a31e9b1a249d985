"""``ccm serve``: the bot and its jobs, until they are told to stop."""

from typing import Annotated

import structlog
import typer

from bot.app import build_app, web_client
from bot.behind import Behind
from bot.cli.console import opened_ledger
from bot.clockwork import jobs_running
from bot.logs import configure_logs
from bot.metrics import Metrics
from bot.serve import check_practice, serve_http, serve_socket, workspace_of
from bot.settings import Settings, required
from ledger.clock import now

log = structlog.get_logger("bot.serving")

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
    """Run the bot and its jobs until they are told to stop."""
    settings = Settings()
    metrics = Metrics()
    with opened_ledger() as database:
        configure_logs(settings.log_format, heard_by=[metrics.hear])
        metrics.watch_writes(database)
        metrics.watch_due(database, now)
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
        with Behind(THREADS) as behind, jobs_running(database, workspace, client, now):
            metrics.watch_behind(behind)
            app = build_app(database, client, secret, now, executor=behind, admins=admins)
            if http:
                log.info("listening", address=f"http://{host}:{port}/slack/events")
                serve_http(app, database, host=host, port=port, more=[metrics.route()])
            else:
                serve_socket(app, app_token)


def register(app: typer.Typer) -> None:
    """Adds the command to ``app``."""
    app.command()(serve)
