"""The door of HTTP: what Slack did not sign is not read, and what comes too slowly or is too long is not waited for."""

import asyncio
from collections.abc import Awaitable, Callable

import h11
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.app import WatchedApp
from bot.runtime.health import Health, health_routes

MOST_BODY_BYTES = 1_048_576
"""Slack's longest request is a form of 250,000 characters, percent-encoded."""
REQUEST_SECONDS = 10.0
"""How long a request may take to come whole, from its connection or its first byte on."""
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PromptProtocol(H11Protocol):
    """HTTP as uvicorn speaks it; a request that does not come whole in time, or before a stop, is not waited for."""

    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first request from now on."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        self._wait()
        super().data_received(data)
        if self.is_whole:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Stop: what came whole is answered, what did not is given up."""
        if self.cycle is not None and not self.cycle.response_complete and not self.is_whole:
            self._give_up()
        else:
            super().shutdown()

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the newest request is still to come."""
        return self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}

    def _wait(self) -> None:
        if self._waits is None:
            self._waits = self.loop.call_later(REQUEST_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _give_up(self) -> None:
        if self.cycle is None or not self.cycle.response_started:
            self.transport.write(TIMED_OUT)
        self.transport.close()


def http_app(app: WatchedApp, health: Health) -> Starlette:
    """Return the ASGI app: ``/slack/events`` for Slack, and what it says of its health.

    An app that many workspaces install has ``/slack/install`` and ``/slack/oauth_redirect`` as well.

    Requests are dispatched on threads: nothing blocks the event loop.
    """

    async def slack_events(request: Request) -> Response:
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        if body is None:
            return to_starlette_response(app.refuse(413))
        return to_starlette_response(await run_in_threadpool(_answer, app, request, body))

    routes = [Route("/slack/events", slack_events, methods=["POST"]), *health_routes(health), *_install_routes(app)]
    return Starlette(routes=routes)


async def _body(request: Request) -> bytes | None:
    """Return the body, None where it is too long; then the rest of it is not taken."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY_BYTES:
            return None
    return bytes(body)


def _answer(app: WatchedApp, request: Request, body: bytes) -> BoltResponse:
    if not app.is_signed(request.headers, body):
        return app.refuse(401)
    try:
        read = to_bolt_request(request, body)
    except Exception:  # noqa: BLE001 - in whatever way it cannot be read
        return app.refuse(400)
    return app.dispatch(read)


def _install_routes(app: WatchedApp) -> list[Route]:
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
