"""Socket Mode: a connection to Slack that always stands, watched by pings, handed over without losing an answer.

slack_sdk has a client for it. That one takes a minute to see that a connection has died without a word, and closes the
one that it replaces while acknowledgements are still to go by it (decision 035).
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from bot.errors import reference_for
from bot.runtime.connection import PING_SECONDS, Connection, Dispatcher
from bot.runtime.health import slack_away
from bot.runtime.startup import StoppedError, wait_for
from bot.slack.availability import is_down
from bot.slack.refusals import UNREACHABLE, reason_of
from ledger.errors import LedgerError

log = structlog.get_logger("bot.runtime.socket_mode")

WORKERS = 10
"""How many envelopes are answered at once."""
OPEN_SECONDS = 10.0
CLOSE_SECONDS = 1.0
"""How long Slack may take to agree that a connection is closed."""
HELLO_SECONDS = 5.0
LINGER_SECONDS = 10.0
"""How long a connection that was replaced is still listened to: Slack says some seconds before it uses one no more."""
STEADY_SECONDS = 10.0
"""What stood for so long did not fail at once: the next is made without a pause."""
LONGEST_PAUSE_SECONDS = 30.0
MAKE_ANOTHER = "Make another under Basic Information, App-Level Tokens, with connections:write: xapp-…"


class SocketMode:
    """Keeps one connection standing until it is closed."""

    def __init__(self, app: Dispatcher, client: WebClient, app_token: str) -> None:
        """``app`` answers what comes; ``client`` asks Slack with the ``app_token`` where to connect."""
        self._app, self._client, self._app_token = app, client, app_token
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="envelopes")
        self._standing: Connection | None = None
        self._replaced: list[Connection] = []
        self._woken, self._closing = threading.Event(), threading.Event()
        self._watches = threading.Thread(target=self._watch, name="socket-mode", daemon=True)
        self._short_lives = 0

    def connect(self) -> None:
        """Connect, and keep it so from now on.

        Raises:
            LedgerError: SLACK_AWAY, or SLACK_TOKEN where Slack refuses the app token.
        """
        self._standing = self._open()
        self._watches.start()

    def is_connected(self) -> bool:
        """Return whether Slack can send anything: it answered the last ping."""
        return self._standing is not None and self._standing.is_heard()

    def close(self) -> None:
        """Take no more envelopes, answer those that were taken, and close every connection."""
        self._closing.set()
        self._woken.set()
        if self._watches.is_alive():
            self._watches.join(CLOSE_SECONDS + OPEN_SECONDS)
        for connection in (self._standing, *self._replaced):
            if connection is not None:
                connection.finish()
        self._workers.shutdown()

    def _open(self) -> Connection:
        try:
            address = str(self._client.apps_connections_open(app_token=self._app_token)["url"])
            opening = connect(
                address,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,  # ``_watch`` sends them
                compression=None,
                max_size=None,
            )
            socket = ExitStack().enter_context(opening)  # it stays open: ``Connection`` closes it
        except SlackApiError as error:
            raise token_refused(error, "app token", MAKE_ANOTHER) from error
        except (*UNREACHABLE, WebSocketException) as error:
            raise slack_away() from error
        connection = Connection(socket, self._app, self._workers, self._woken.set)
        threading.Thread(target=connection.receive, name="receives", daemon=True).start()
        connection.greeted.wait(HELLO_SECONDS)
        if connection.ended.is_set():
            raise slack_away()
        return connection

    def _watch(self) -> None:
        while self._standing is not None and not self._closing.is_set():
            self._woken.wait(PING_SECONDS)
            self._woken.clear()
            if self._closing.is_set():
                return
            standing = self._standing
            if standing.leaving is not None and not standing.ended.is_set():
                self._hand_over(standing, standing.leaving)
            elif not standing.answers_ping():
                self._make_up_for(standing)

    def _hand_over(self, old: Connection, reason: str) -> None:
        """Have another connection stand before the old one is given up, and that one drained."""
        new = self._open_again()
        if new is None:
            return
        self._standing = new
        self._replaced.append(old)
        log.info("connection_replaced", reason=reason)
        threading.Thread(target=self._drain, args=(old,), name="drains", daemon=True).start()

    def _drain(self, old: Connection) -> None:
        old.ended.wait(LINGER_SECONDS)
        old.finish()
        self._replaced.remove(old)

    def _make_up_for(self, lost: Connection) -> None:
        """Have another connection stand in place of one that ended, or from which nothing is heard."""
        reason = "ended" if lost.ended.is_set() else "no pong"
        self._standing = None
        log.warning("connection_lost", reason=reason, silent_seconds=round(lost.silent_seconds, 1))
        threading.Thread(target=lost.abandon, name="drains", daemon=True).start()
        self._short_lives = 0 if lost.stood_seconds >= STEADY_SECONDS else self._short_lives + 1
        if self._closing.wait(min(2 ** max(self._short_lives - 1, 0) - 1, LONGEST_PAUSE_SECONDS)):
            return
        new = self._open_again()
        if new is not None:
            self._standing = new
            log.info("connected", mode="socket", again=True)

    def _open_again(self) -> Connection | None:
        """Return a new connection, tried until there is one; None where all is closed meanwhile."""

        def opened() -> Connection:
            try:
                return self._open()
            except LedgerError as error:
                if error.code == "SLACK_TOKEN":
                    log.error("connection_refused", reason=error.title, remedy=error.remedy)  # noqa: TRY400 - no trace
                raise slack_away() from error
            except Exception as error:  # the edge of a thread: without a connection there is nobody to tell
                reference_for("connection", error)
                raise slack_away() from error

        try:
            return wait_for(opened, self._closing)
        except StoppedError:
            return None


def token_refused(error: SlackApiError, token: str, remedy: str) -> LedgerError:
    """Return what Slack's refusal of a token means to whoever runs the bot; ``remedy`` gets another."""
    if is_down(error) or reason_of(error) == "ratelimited":
        return slack_away()
    return LedgerError("SLACK_TOKEN", f"Slack refuses the {token} ({reason_of(error)}).", remedy)
