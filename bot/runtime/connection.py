"""One WebSocket of Socket Mode: envelopes come by it, and what came by it is acknowledged by it.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Protocol

import structlog
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk.socket_mode.request import SocketModeRequest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from bot.errors import answered
from bot.listeners.context import COMMAND
from bot.listeners.frames import said_in
from bot.runtime.background import InFlight
from bot.views.problem import error_card
from ledger.errors import LedgerError

log = structlog.get_logger("bot.runtime.connection")

PING_SECONDS = 3.0
"""How long after a pong the next ping is sent."""
PONG_SECONDS = 6.0
"""How long a pong is waited for before the connection counts as dead: it is one round trip."""


class Dispatcher(Protocol):
    """The app, as a connection needs it."""

    def dispatch(self, req: Any) -> BoltResponse:
        """Return the answer to a request."""

    def send_apart(self, body: dict[str, Any], answer: dict[str, Any]) -> None:
        """Send an answer that no acknowledgement can carry any more."""


class Connection:
    """A connection that was opened; ``receive`` runs until it ends. Safe to use from several threads."""

    def __init__(self, socket: ClientConnection, app: Dispatcher, workers: Executor, tell: Callable[[], None]) -> None:
        """``workers`` answer the envelopes; ``tell`` is called when the connection ends or Slack asks for another."""
        self._socket = socket
        self._app = app
        self._workers = workers
        self._tell = tell
        self._in_flight = InFlight()
        self._began = self._heard = time.monotonic()
        self.greeted = threading.Event()
        """Set when Slack has said hello, or the connection has ended."""
        self.ended = threading.Event()
        self.leaving: str | None = None
        """Why Slack wants another in its place: it is about to close this one."""

    @property
    def stood_seconds(self) -> float:
        """How long ago it was opened."""
        return time.monotonic() - self._began

    @property
    def silent_seconds(self) -> float:
        """How long ago the last pong came."""
        return time.monotonic() - self._heard

    def is_heard(self) -> bool:
        """Return whether it stands, and the newest pong is no older than pings allow."""
        return not self.ended.is_set() and self.silent_seconds <= PING_SECONDS + PONG_SECONDS

    def answers_ping(self) -> bool:
        """Send a ping, and return whether its pong came in time."""
        try:
            pong = self._socket.ping(ack_on_close=True)
        except ConnectionClosed:
            return False
        if pong.wait(PONG_SECONDS) and not self.ended.is_set():
            self._heard = time.monotonic()
            return True
        return False

    def receive(self) -> None:
        """Take what comes until the connection ends, however it does."""
        try:
            for text in self._socket:
                self._take(json.loads(text))
        except ConnectionClosed as error:
            log.debug("connection_broken", kind=type(error).__name__)
        finally:
            self.ended.set()
            self.greeted.set()
            self._socket.close()
            self._tell()

    def finish(self) -> None:
        """Take no more, and close it when all is acknowledged that it took."""
        self._in_flight.close()
        self._socket.close()

    def abandon(self) -> None:
        """Close it at once: what is still to be acknowledged by it goes another way."""
        self._socket.close()
        self.finish()

    def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "hello":
                self.greeted.set()
            case "disconnect":
                self.leaving = str(message.get("reason"))
                self._tell()
            case _:
                request = SocketModeRequest.from_dict(message)
                if request is not None and self._in_flight.begin():
                    self._workers.submit(self._answer_taken, request)
                elif request is not None:
                    self._decline(request)

    def _decline(self, request: SocketModeRequest) -> None:
        """Say to whoever typed a command that it came too late.

        What else comes then stays without an acknowledgement: nothing is done, and Slack says so.
        """
        if request.type == "slash_commands":
            self._acknowledge(request, _restarting(str(request.payload.get("text", ""))))

    def _answer_taken(self, request: SocketModeRequest) -> None:
        try:
            answered(lambda: self._answer(request), what="envelope", saves=False)
        finally:
            self._in_flight.end()

    def _answer(self, request: SocketModeRequest) -> None:
        response = run_bolt_app(self._app, request)  # type: ignore[arg-type] # all that it needs of an app
        if response.status != 200:  # noqa: PLR2004 - HTTP's own number
            return
        answer = said_in(response)
        if not self._acknowledge(request, answer) and answer is not None:
            self._app.send_apart(request.payload, answer)

    def _acknowledge(self, request: SocketModeRequest, answer: dict[str, Any] | None) -> bool:
        """Return whether the acknowledgement could be sent; Slack waits for it on this connection alone."""
        frame = {"envelope_id": request.envelope_id} | ({} if answer is None else {"payload": answer})
        try:
            self._socket.send(json.dumps(frame))
        except ConnectionClosed:
            log.warning("acknowledgement_lost", kind=request.type)
            return False
        return True


def _restarting(typed: str) -> dict[str, Any]:
    error = LedgerError("RESTARTING", "The bot is just being restarted.", "Send it again in a moment.")
    return dict(error_card(error, typed=f"{COMMAND} {typed}").payload())
