"""``ccm serve``: the bot in Socket Mode or behind HTTP."""

import signal
import threading
from collections.abc import Awaitable, Callable

import structlog
import uvicorn
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.keyed import UNREACHABLE
from ledger import schema
from ledger.database import Database
from ledger.errors import DatabaseAwayError, LedgerError
from ledger.practice import get_practice

log = structlog.get_logger("bot.serve")


def workspace_of(client: WebClient) -> str:
    """The id of the workspace that the bot token belongs to; raises ``LedgerError`` where Slack refuses it."""
    try:
        return str(client.auth_test()["team_id"])
    except SlackApiError as error:
        reason = error.response.get("error", "unknown_error")
        raise LedgerError(
            "SLACK_TOKEN", f"Slack refuses the bot token ({reason}).", "Copy it again from the app's OAuth page: xoxb-…"
        ) from error
    except UNREACHABLE as error:
        raise LedgerError("SLACK_AWAY", "Slack cannot be reached.", "Check the network and SLACK_API_URL.") from error


def check_practice(database: Database, workspace: str) -> None:
    """Raises ``LedgerError`` unless the database is up to date and has the practice of that workspace."""
    schema.check(database)
    with database.of(workspace).reading() as connection:
        get_practice(connection, workspace)


def http_app(app: App, database: Database) -> Starlette:
    """The ASGI app: ``/slack/events`` for Slack, ``/healthz`` (it runs) and ``/readyz`` (it can do its work).

    An app that many workspaces install has ``/slack/install`` and ``/slack/oauth_redirect`` as well.

    Requests are dispatched on threads: nothing blocks the event loop.
    """

    async def slack_events(request: Request) -> Response:
        bolt_request = to_bolt_request(request, await request.body())
        return to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        try:
            await run_in_threadpool(schema.check, database)
        except DatabaseAwayError as error:
            return JSONResponse({"status": "not ready", "code": error.code, "remedy": error.remedy}, status_code=503)
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            Route("/slack/events", slack_events, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            *_install_routes(app),
        ]
    )


def _install_routes(app: App) -> list[Route]:
    """``/slack/install`` and ``/slack/oauth_redirect``, where the app can be installed by OAuth."""
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


def serve_http(app: App, database: Database, *, host: str, port: int) -> None:
    """Serves until it is told to stop; requests that were begun are finished."""
    uvicorn.run(http_app(app, database), host=host, port=port, log_config=None, access_log=False)


def serve_socket(app: App, app_token: str) -> None:
    """Stays connected by Socket Mode until it is told to stop."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    handler = SocketModeHandler(app, app_token)
    handler.connect()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
    log.info("connected", mode="socket")
    stopped.wait()
    handler.close()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
