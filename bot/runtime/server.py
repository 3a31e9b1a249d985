"""``ccm serve``: the bot in Socket Mode or behind HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette

from bot.app import WatchedApp
from bot.runtime.health import Health, health_routes, slack_away
from bot.runtime.http_door import PromptProtocol, http_app
from bot.runtime.ports import listen_at
from bot.runtime.socket_mode import SocketMode, token_refused
from bot.runtime.startup import wait_for
from bot.slack.refusals import UNREACHABLE
from ledger.practice.practice import get_practice
from ledger.storage import schema
from ledger.storage.database import Database

log = structlog.get_logger("bot.runtime.server")


def workspace_of(client: WebClient) -> str:
    """Return the id of the workspace that the bot token belongs to.

    Raises:
        LedgerError: Where Slack refuses it.
    """
    try:
        return str(client.auth_test()["team_id"])
    except SlackApiError as error:
        raise token_refused(error, "bot token", "Copy it again from the app's OAuth page: xoxb-…") from error
    except UNREACHABLE as error:
        raise slack_away() from error


def check_practice(database: Database, workspace: str) -> None:
    """Raise ``LedgerError`` unless the database is up to date and has the practice of that workspace."""
    schema.check(database)
    with database.of(workspace).reading() as connection:
        get_practice(connection, workspace)


def serve_http(app: WatchedApp, health: Health, *, host: str, port: int, drain_seconds: float = 0) -> None:
    """Serve until it is told to stop; requests that were begun are finished.

    For ``drain_seconds`` after it was told, it serves on and says that it is not ready: so long whoever distributes the
    requests may take to notice.
    """
    with _served(http_app(app, health), host, port, "--port"):
        log.info("listening", host=host, port=port)
        health.asked_to_stop.wait()
        threading.Event().wait(drain_seconds)


@contextmanager
def health_served(health: Health, *, host: str, port: int | None) -> Iterator[None]:
    """Say what there is to say of the health at that port for as long as the block, where a port is given."""
    if port is None:
        yield
        return
    with _served(Starlette(routes=health_routes(health)), host, port, "--health-port"):
        yield


@contextmanager
def _served(app: Starlette, host: str, port: int, option: str) -> Iterator[None]:
    """Serve for as long as the block, from a thread: in the main one, the server would take the signals for itself."""
    sockets = [listen_at(host, port, option=option)]
    server = uvicorn.Server(uvicorn.Config(app, http=PromptProtocol, ws="none", log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, name="server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def serve_socket(app: WatchedApp, app_token: str, health: Health) -> None:
    """Stays connected by Socket Mode until it is told to stop; what it has taken until then it answers."""
    slack = SocketMode(app, app.client, app_token)
    health.is_connected = slack.is_connected
    try:
        wait_for(slack.connect, health.asked_to_stop)
        log.info("connected", mode="socket")
        health.asked_to_stop.wait()
    finally:
        slack.close()
