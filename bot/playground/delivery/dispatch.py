"""Brings payloads to the app by the way that is open, and keeps what came of it in the traffic log."""

from bot.playground.delivery.answer import FAILED, TIMED_OUT, Answer, Kind, Retry, Transport
from bot.playground.delivery.http import HttpTransport, InProcessTransport, Receiver
from bot.playground.delivery.socket_mode import SocketModeTransport
from bot.playground.settings import JSON
from bot.playground.workspace import Workspace

ACK_SECONDS = 3.0
EVENT_RETRIES = 1


class Delivery:
    """The ways to the app: a function in this process if one is attached, else Socket Mode, else its request URL.

    `ack_timeout_seconds` is how long the app may take (Slack: 3 seconds). An event without an answer is sent once
    more, at once; Slack's later repetitions, minutes apart, are left out.
    """

    def __init__(self, workspace: Workspace, ack_timeout_seconds: float = ACK_SECONDS) -> None:
        self.ack_timeout_seconds = ack_timeout_seconds
        self._workspace = workspace
        self.sockets = SocketModeTransport(
            workspace.installation.app_id,
            on_change=lambda: workspace.changes.publish(None, {"type": "connected"}),
            on_odd_answer=lambda why, what: workspace.traffic.note("from_bot", "ack", why, what, refused=why),
        )
        self._in_process: Transport | None = None
        self.set_request_url(workspace.installation.request_url)

    def attach(self, receiver: Receiver) -> None:
        """Send all that follows to a function in this process, as signed HTTP requests."""
        self._in_process = InProcessTransport(receiver, self._workspace.installation.signing_secret)
        self._workspace.changes.publish(None, {"type": "connected"})

    def set_request_url(self, request_url: str | None) -> None:
        """Send all that follows to this address, where no other way is open."""
        secret = self._workspace.installation.signing_secret
        self._http: Transport | None = HttpTransport(request_url, secret) if request_url else None

    @property
    def connected(self) -> bool:
        """Returns whether there is a way to the app."""
        return self._way() is not None

    def send(self, kind: Kind, payload: JSON, summary: str) -> Answer:
        """Return the app's answer to a command or an interaction."""
        return self._send_once(kind, payload, summary, retry=None)

    def send_event(self, event: JSON, summary: str) -> Answer:
        """Return the app's answer to an event, repeated once if it failed."""
        answer = self._send_once("events_api", event, summary, retry=None)
        for number in range(1, EVENT_RETRIES + 1):
            if answer.error in (None, FAILED):
                break
            reason = "http_timeout" if answer.error == TIMED_OUT else "http_error"
            answer = self._send_once("events_api", event, summary, retry=Retry(number, reason))
        return answer

    def _way(self) -> Transport | None:
        ways = (self._in_process, self.sockets, self._http)
        return next((way for way in ways if way is not None and way.is_ready()), None)

    def _send_once(self, kind: Kind, payload: JSON, summary: str, *, retry: Retry | None) -> Answer:
        way = self._way()
        traffic = self._workspace.traffic
        traffic.note("to_bot", kind, summary, payload)
        if way is None:
            answer = Answer(error=FAILED)
        else:
            answer = way.send(kind, payload, timeout_seconds=self.ack_timeout_seconds, retry=retry)
        traffic.note("from_bot", "ack", f"answer to {summary}", answer.body, refused=answer.error)
        return answer
