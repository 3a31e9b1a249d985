"""``ccm serve``: the bot in Socket Mode or behind HTTP."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.listeners.context import COMMAND
from bot.runtime.background import InFlight
from bot.runtime.health import Health, health_routes, slack_away
from bot.runtime.ports import listen_at
from bot.runtime.startup import wait_for
from bot.slack.availability import is_down
from bot.slack.refusals import UNREACHABLE
from bot.views.problem import error_card
from ledger.errors import LedgerError
from ledger.practice.practice import get_practice
from ledger.storage import schema
from ledger.storage.database import Database

log = structlog.get_logger("bot.runtime.server")

SECONDS_TO_CLOSE = 5.0


def workspace_of(client: WebClient) -> str:
    """Return the id of the workspace that the bot token belongs to.

    Raises:
        LedgerError: Where Slack refuses it.
    """
    try:
        return str(client.auth_test()["team_id"])
    except SlackApiError as error:
        raise _refused(error, "bot token", "Copy it again from the app's OAuth page: xoxb-…") from error
    except UNREACHABLE as error:
        raise slack_away() from error


def _refused(error: SlackApiError, token: str, remedy: str) -> LedgerError:
    if is_down(error):
        return slack_away()
    reason = error.response.get("error", "unknown_error")
    return LedgerError("SLACK_TOKEN", f"Slack refuses the {token} ({reason}).", remedy)


def check_practice(database: Database, workspace: str) -> None:
    """Raise ``LedgerError`` unless the database is up to date and has the practice of that workspace."""
    schema.check(database)
    with database.of(workspace).reading() as connection:
        get_practice(connection, workspace)


def http_app(app: App, health: Health) -> Starlette:
    """Return the ASGI app: ``/slack/events`` for Slack, and what it says of its health.

    An app that many workspaces install has ``/slack/install`` and ``/slack/oauth_redirect`` as well.

    Requests are dispatched on threads: nothing blocks the event loop.
    """

    async def slack_events(request: Request) -> Response:
        bolt_request = to_bolt_request(request, await request.body())
        return to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))

    routes = [Route("/slack/events", slack_events, methods=["POST"]), *health_routes(health), *_install_routes(app)]
    return Starlette(routes=routes)


def _install_routes(app: App) -> list[Route]:
    """Return ``/slack/install`` and ``/slack/oauth_redirect``, where the app can be installed by OAuth."""
    flow = app.oauth_flow
    if flow is None:
        return []

    def answering(handle: Callable[[BoltRequest], BoltResponse]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return to_starlette_response(await run_in_threadpool(handle, to_bolt_request(request, b"")))

        return endpoint

    return [
        Route(flow.install_path, answering(flow.handle_installation)),
        Route(flow.redirect_uri_path, answering(flow.handle_callback)),
    ]


def serve_http(app: App, health: Health, *, host: str, port: int, drain_seconds: float = 0) -> None:
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
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, name="server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class Envelopes:
    """The door of Socket Mode: hands envelopes to Bolt until it is closed."""

    def __init__(self, handler: SocketModeHandler) -> None:
        """Stands before ``handler``, which it takes the place of."""
        self._handler = handler
        self._in_flight = InFlight()
        handler.client.socket_mode_request_listeners[:] = [self.take]

    def take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Has the envelope answered; once it is closed, says to whoever typed a command that it came too late.

        What else comes then stays without an acknowledgement: nothing is done, and Slack says so.
        """
        if not self._in_flight.begin():
            if request.type == "slash_commands":
                said = _restarting(str((request.payload or {}).get("text", "")))
                client.send_socket_mode_response(SocketModeResponse(request.envelope_id, said))
            return
        try:
            self._handler.handle(client, request)  # type: ignore[arg-type] # the handler's own client
        finally:
            self._in_flight.end()

    def close(self) -> None:
        """Take no more envelopes, and return when those are answered that were taken."""
        self._in_flight.close()


def _restarting(typed: str) -> dict[str, object]:
    error = LedgerError("RESTARTING", "The bot is just being restarted.", "Send it again in a moment.")
    return error_card(error, typed=f"{COMMAND} {typed}").payload()


def connect(handler: SocketModeHandler) -> None:
    """Connect by Socket Mode; raise ``LedgerError`` where Slack is away or refuse the app token."""
    try:
        handler.connect()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
    except SlackApiError as error:
        remedy = "Make another under Basic Information, App-Level Tokens, with connections:write: xapp-…"
        raise _refused(error, "app token", remedy) from error
    except UNREACHABLE as error:
        raise slack_away() from error


def disconnect(handler: SocketModeHandler) -> None:
    """Close the connection of Socket Mode, and go on after some seconds where slack_sdk does not get it closed.

    slack_sdk waits for its receiving thread to notice a mark. A thread that began while ``connect`` was replacing that
    mark never does, and the process would not end.
    """
    closing = threading.Thread(target=handler.close, daemon=True)
    closing.start()
    closing.join(SECONDS_TO_CLOSE)
    if closing.is_alive():
        log.warning("connection_not_closed")


def serve_socket(app: App, app_token: str, health: Health) -> None:
    """Stays connected by Socket Mode until it is told to stop; what it has taken until then it answers."""
    handler = SocketModeHandler(app, app_token)
    envelopes = Envelopes(handler)
    health.is_connected = handler.client.is_connected
    try:
        wait_for(lambda: connect(handler), health.asked_to_stop)
        log.info("connected", mode="socket")
        health.asked_to_stop.wait()
        envelopes.close()
    finally:
        disconnect(handler)
