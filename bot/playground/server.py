"""The server: Slack's Web API, response URLs, uploads and Socket Mode on one port, and the page at `/`."""

import asyncio
import contextlib
import email.utils
import json
import pathlib
import socket
import threading
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from bot.playground.api.methods import answer
from bot.playground.api.responses import answer_response_url
from bot.playground.api.uploads import receive
from bot.playground.delivery.dispatch import ACK_SECONDS, Delivery
from bot.playground.delivery.http import Receiver
from bot.playground.delivery.payloads import Payloads
from bot.playground.delivery.socket_mode import POLICY_VIOLATION
from bot.playground.errors import HungUp, SlackError
from bot.playground.files import PICTURE_TYPES
from bot.playground.page_api import PageApi
from bot.playground.people.acting import People
from bot.playground.people.person import Person
from bot.playground.settings import JSON
from bot.playground.traffic import Exchange, Fault, Hold
from bot.playground.workspace import Workspace

PAGE = pathlib.Path(__file__).parent / "page"
# Other names for this machine are refused: a web page elsewhere could point its own name here (DNS rebinding).
LOCAL_HOSTS = ["127.0.0.1", "localhost"]
SECONDS_TO_STOP = 10.0
HALF_AN_ANSWER = b'{"ok": tr'


class _Server(uvicorn.Server):
    """Lets open streams end before it waits for them."""

    def __init__(self, config: uvicorn.Config, before_shutdown: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_shutdown = before_shutdown

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the server, however it was asked to."""
        self._before_shutdown()
        await super().shutdown(sockets)

    def lose(self, client: Any, *, silently: bool) -> None:
        """End a client's connection without a word, or only listen to it no more."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, WebSocketsSansIOProtocol) and connection.client == client:
                (connection.transport.pause_reading if silently else connection.transport.abort)()

    def hang_up(self, client: tuple[str, int] | None) -> None:
        """End the connection of a client without an answer."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()


class Playground:
    """A local Slack with one workspace and one app.

    `ack_timeout_seconds` is how long the app may take to acknowledge (Slack: 3). `port` 0 takes a free one; the
    address is known, and the socket bound, from the start. Also a context manager that starts and stops it.
    Where time is frozen by freezegun, its `real_asyncio=True` keeps the server alive.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ack_timeout_seconds: float = ACK_SECONDS,
    ) -> None:
        self.workspace = workspace
        self._socket = socket.create_server((host, port))
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        self.api_url = f"{self.url}/api/"
        self.delivery = Delivery(workspace, ack_timeout_seconds)
        self.people = People(workspace, self.delivery, Payloads(workspace, self.url))
        self.page = PageApi(workspace, self.delivery, self.people)
        config = uvicorn.Config(
            build_app(self),
            http="h11",
            ws="websockets-sansio",
            lifespan="off",
            log_level="warning",
            access_log=False,
            date_header=False,
        )
        self._server = _Server(config, before_shutdown=self._end_waiting)
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Serve from a thread in the background until `stop()`; requests are taken from now on."""
        self._thread = threading.Thread(target=self.run, name="playground", daemon=True)
        self._thread.start()
        return self

    def run(self) -> None:
        """Serve in the foreground until interrupted (Ctrl-C)."""
        with contextlib.suppress(KeyboardInterrupt):
            self._server.run(sockets=[self._socket])

    def stop(self, *, wait: bool = True) -> None:
        """End all connections and the server; without `wait` it returns while they are still ending."""
        self._server.should_exit = True
        if self._thread is None:
            self._socket.close()
        elif wait:
            self._thread.join(SECONDS_TO_STOP)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def attach(self, receiver: Receiver) -> None:
        """Hand every later request to `receiver(headers, body) -> (status, headers, body)` in this process."""
        self.delivery.attach(receiver)

    def as_user(self, user_id: str) -> Person:
        """Return a person of the workspace, to act for them; raise SlackError `user_not_found`."""
        return Person(self.workspace.user(user_id).id, self.workspace, self.people)

    @property
    def refusals(self) -> list[Exchange]:
        """Returns every call and acknowledgement of the app that Slack would not have taken, oldest first."""
        return self.workspace.traffic.refusals

    def calls(self, method: str) -> list[Exchange]:
        """Return the app's calls of one Web API method, oldest first."""
        return self.workspace.traffic.calls(method)

    def fail_next(
        self,
        method: str,
        *,
        status: int = 500,
        error: str | None = None,
        retry_after: int | None = None,
        after_accepting: bool = False,
        hangs_up: bool = False,
        halfway: bool = False,
    ) -> None:
        """Let the next call of a method (or of `response_url` or `upload`) fail.

        With `after_accepting` the call is done all the same; the app just never learns. `status` 200 with an `error`
        is a refusal in Slack's own form. With `hangs_up` there is no answer, or with `halfway` half of one: the
        connection is lost.
        """
        fault = Fault(method, status, error, retry_after, after_accepting, hangs_up, halfway)
        self.workspace.traffic.fail_next(fault)

    def hold_next(self, method: str, *, after_accepting: bool = False) -> Hold:
        """Keep the next call of a method waiting, before it is done or `after_accepting` it, until it is let go."""
        hold = Hold()
        self.workspace.traffic.fail_next(Fault(method, status=None, after_accepting=after_accepting, hold=hold))
        return hold

    def hang_up(self, request: Request, lost: HungUp) -> Response:
        """End the connection that a request came by; of what is returned, half reaches the app or nothing."""

        async def half() -> AsyncIterator[bytes]:
            yield HALF_AN_ANSWER
            self._server.hang_up(request.client)
            await asyncio.sleep(0)  # the server learns of it: it would miss the other half

        if lost.halfway:
            return StreamingResponse(half(), headers={"Content-Length": str(2 * len(HALF_AN_ANSWER))})
        self._server.hang_up(request.client)
        return Response()

    def lose_connections(self, *, silently: bool = False) -> None:
        """Let every connection of Socket Mode die without a close frame; `silently`, nothing goes by it any more."""
        for link in self.delivery.sockets.links:
            link.frozen = silently
            link.loop.call_soon_threadsafe(partial(self._server.lose, link.websocket.client, silently=silently))

    def _end_waiting(self) -> None:
        self.page.end_streams()
        self.workspace.traffic.let_all_go()

    def wait_until(self, happened: Callable[[], bool], timeout_seconds: float = 10.0) -> bool:
        """Return whether `happened()` came true in time; ask again after every change in the workspace."""
        return self.workspace.changes.wait_until(happened, timeout_seconds)


def build_app(playground: Playground) -> Starlette:
    """Return the application that serves one playground."""
    routes: list[BaseRoute] = [
        Route("/api/{method:path}", web_api(lambda _token: playground), methods=["GET", "POST"]),
        Route("/response/{token}", _response_url(playground), methods=["POST"]),
        Route("/upload/{token}", _upload(playground), methods=["POST"]),
        Route("/files/{file_id}/{name}", _file(playground), methods=["GET"]),
        WebSocketRoute("/link/", _link(playground)),
        *playground.page.routes(),
        Mount("/", StaticFiles(directory=PAGE, html=True, check_dir=False)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)])


Endpoint = Callable[[Request], Awaitable[Response]]


def web_api(of: Callable[[str | None], Playground]) -> Endpoint:
    """Return what answers the Web API's methods; `of` says whose workspace a token is for."""

    async def endpoint(request: Request) -> Response:
        method = request.path_params["method"].strip("/")
        try:
            args = _arguments(request, await request.body())
            token = _token(request, args)
            playground = of(token)
            body = await run_in_threadpool(answer, playground.workspace, method, token, args, playground.url)
        except SlackError as error:
            return JSONResponse(error.body(), status_code=error.status, headers=error.headers)
        except HungUp as lost:
            return playground.hang_up(request, lost)
        headers = {
            "X-OAuth-Scopes": ",".join(sorted(playground.workspace.features.scopes)),
            "X-Slack-Req-Id": f"{playground.workspace.next_serial():032x}",
            "Date": email.utils.formatdate(playground.workspace.clock(), usegmt=True),
        }
        return JSONResponse(body, headers=headers)

    return endpoint


def _arguments(request: Request, body: bytes) -> JSON:
    args: JSON = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        given = _json(body or b"{}")
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        return {**args, **given}
    return {**args, **dict(urllib.parse.parse_qsl(body.decode(errors="replace"), keep_blank_values=True))}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error


def _token(request: Request, args: JSON) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = args.pop("token", None)
    return token if scheme == "Bearer" and token else given


def _response_url(playground: Playground) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            given = _json(await request.body())
            token = request.path_params["token"]
            await run_in_threadpool(answer_response_url, playground.workspace, token, given)
        except SlackError as error:
            # A response URL answers what it refuses with an HTTP status, not with 200.
            status = error.status if error.status != 200 else 400  # noqa: PLR2004 - HTTP's own number
            return JSONResponse(error.body(), status_code=status, headers=error.headers)
        except HungUp as lost:
            return playground.hang_up(request, lost)
        return PlainTextResponse("ok")

    return endpoint


def _upload(playground: Playground) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        content = await request.body()
        try:
            file = await run_in_threadpool(receive, playground.workspace, request.path_params["token"], content)
        except SlackError as error:
            return JSONResponse(error.body(), status_code=error.status, headers=error.headers)
        except HungUp as lost:
            return playground.hang_up(request, lost)
        return PlainTextResponse(f"OK - {file.length_bytes}")

    return endpoint


def _file(playground: Playground) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        file = playground.workspace.files.find(request.path_params["file_id"])
        if file is None or file.content is None or not file.shared:
            return PlainTextResponse("no such file", status_code=404)
        kind = "inline" if file.extension in PICTURE_TYPES else "attachment"
        return Response(
            file.content,
            media_type=PICTURE_TYPES.get(file.extension, "application/octet-stream"),
            headers={
                "Content-Disposition": f"{kind}; filename*=UTF-8''{urllib.parse.quote(file.name)}",
                "X-Content-Type-Options": "nosniff",
            },
        )

    return endpoint


def _link(playground: Playground) -> Callable[[WebSocket], Awaitable[None]]:
    async def endpoint(websocket: WebSocket) -> None:
        if not playground.workspace.tickets.take_socket_ticket(websocket.query_params.get("ticket", "")):
            await websocket.close(POLICY_VIOLATION)
            return
        await websocket.accept()
        await playground.delivery.sockets.serve(websocket)

    return endpoint
