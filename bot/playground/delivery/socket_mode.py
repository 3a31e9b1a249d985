"""Socket Mode: the app's WebSocket connections (https://docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import concurrent.futures
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.delivery.answer import FAILED, TIMED_OUT, Answer, Kind, Retry
from bot.playground.settings import JSON

SECONDS_TO_WRITE = 5.0
POLICY_VIOLATION = 1008
MESSAGE_TOO_BIG = 1009
MOST_FRAME_BYTES = 20_480
"""Slack closes a connection by which a longer frame comes, and delivers again what it waits for."""
REDELIVERIES = 5


@dataclass(eq=False)
class Link:
    """One connection of the app, and the answers awaited on it."""

    websocket: WebSocket
    loop: asyncio.AbstractEventLoop
    awaited: dict[str, tuple[Kind, concurrent.futures.Future[Answer]]] = field(default_factory=dict)
    retiring: bool = False
    overloaded: bool = False
    """A frame came by it that was too long."""
    frozen: bool = False
    """Nothing goes by it any more, and nobody was told."""

    def write(self, message: JSON) -> None:
        """Send from another thread than the connection's own; raise OSError when the connection has gone."""
        if self.frozen:
            return
        sending = asyncio.run_coroutine_threadsafe(self.websocket.send_text(json.dumps(message)), self.loop)
        try:
            sending.result(SECONDS_TO_WRITE)
        except (RuntimeError, WebSocketDisconnect, concurrent.futures.TimeoutError) as error:
            raise ConnectionError("the app's connection has gone") from error


class SocketModeTransport:
    """All connections of the app. A payload goes to one of them, each in turn."""

    def __init__(self, app_id: str, on_change: Callable[[], None], on_odd_answer: Callable[[str, Any], None]) -> None:
        self._app_id = app_id
        self._on_change = on_change
        self._on_odd_answer = on_odd_answer
        self._lock = threading.Lock()
        self._links: list[Link] = []
        self._linked = threading.Condition(self._lock)
        self._turn = 0

    def is_ready(self) -> bool:
        """Return whether the app is connected."""
        return bool(self._links)

    @property
    def links(self) -> list[Link]:
        """Returns the connections of the app, oldest first."""
        return list(self._links)

    @property
    def connection_count(self) -> int:
        """Returns how many connections the app has."""
        return len(self._links)

    async def serve(self, websocket: WebSocket) -> None:
        """Keep one accepted connection until it ends."""
        link = Link(websocket, asyncio.get_running_loop())
        with self._linked:
            self._links.append(link)
            self._linked.notify_all()
            hello = self._hello()
        try:
            await websocket.send_text(json.dumps(hello))
            self._on_change()
            while not link.overloaded:
                self._take(link, await websocket.receive_text())
            await websocket.close(MESSAGE_TOO_BIG)
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            self._forget(link)
            self._on_change()

    def send(self, kind: Kind, payload: JSON, *, timeout_seconds: float, retry: Retry | None) -> Answer:
        """Return what the app acknowledged with; a connection that is lost meanwhile is `dispatch_failed`.

        Where the answer was too long for a frame, the envelope is sent again by the next connection that there is.
        """
        envelope = _envelope(kind, payload, retry)
        deadline = time.monotonic() + timeout_seconds
        link = self._next_link()
        for _ in range(1 + REDELIVERIES):
            if link is None:
                return Answer(error=FAILED)
            answer = _sent(link, envelope, max(deadline - time.monotonic(), 0))
            if not link.overloaded:
                return answer
            link = self._link_before(deadline)
        return Answer(error=TIMED_OUT)

    def send_to_all(self, kind: Kind, payload: JSON, *, timeout_seconds: float) -> list[Answer]:
        """Return what each connection acknowledged one and the same envelope with, sent to all at once.

        Slack delivers at least once: where an acknowledgement is lost, the envelope comes again, perhaps elsewhere.
        """
        with self._lock:
            links = list(self._links)
        envelope = _envelope(kind, payload, None)
        with concurrent.futures.ThreadPoolExecutor(max(len(links), 1)) as pool:
            return list(pool.map(lambda link: _sent(link, envelope, timeout_seconds), links))

    def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to make a new one, as Slack does now and then (`warning`, `refresh_requested`).

        Until the app has done so, the old ones are still used.
        """
        for link in list(self._links):
            link.retiring = True
            link.write({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})

    def _link_before(self, deadline: float) -> Link | None:
        with self._linked:
            self._linked.wait_for(lambda: bool(self._links), max(deadline - time.monotonic(), 0))
        return self._next_link()

    def _next_link(self) -> Link | None:
        with self._lock:
            links = [link for link in self._links if not (link.retiring or link.frozen)] or self._links
            self._turn += 1
            return links[self._turn % len(links)] if links else None

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": self._app_id},
        }

    def _take(self, link: Link, text: str) -> None:
        if (length := len(text.encode(errors="surrogatepass"))) > MOST_FRAME_BYTES:
            self._on_odd_answer(f"a frame of {length:,} bytes: {MOST_FRAME_BYTES:,} are taken", text)
            link.overloaded = True
            return
        try:
            message = json.loads(text)
        except json.JSONDecodeError:
            message = None
        if not isinstance(message, dict) or message.get("envelope_id") not in link.awaited:
            self._on_odd_answer("an acknowledgement of nothing sent here, or one that came too late", message or text)
            return
        kind, answer = link.awaited.pop(message["envelope_id"])
        payload = message.get("payload") or None
        if payload is not None and kind == "events_api":
            self._on_odd_answer("an event takes no response payload", message)
        answer.set_result(Answer(payload))

    def _forget(self, link: Link) -> None:
        with self._lock:
            self._links.remove(link)
        for _, answer in list(link.awaited.values()):
            if not answer.done():
                answer.set_result(Answer(error=FAILED))


def _envelope(kind: Kind, payload: JSON, retry: Retry | None) -> JSON:
    envelope: JSON = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return envelope


def _sent(link: Link, envelope: JSON, timeout_seconds: float) -> Answer:
    envelope_id = envelope["envelope_id"]
    answer: concurrent.futures.Future[Answer] = concurrent.futures.Future()
    link.awaited[envelope_id] = (envelope["type"], answer)
    try:
        link.write(envelope)
        return answer.result(timeout_seconds)
    except ConnectionError:
        return Answer(error=FAILED)
    except concurrent.futures.TimeoutError:
        return Answer(error=TIMED_OUT)
    finally:
        link.awaited.pop(envelope_id, None)
