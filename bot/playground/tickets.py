"""Short-lived permissions Slack hands out: trigger ids, response URLs, socket tickets; and the pace of messages."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5
SECONDS_BETWEEN_MESSAGES = 1.0


@dataclass
class Trigger:
    """Permission to open or push a modal for one person, once, within 3 seconds."""

    user_id: str
    made_at: float
    exchanged: bool = False


@dataclass
class ResponseUrl:
    """Permission to answer one interaction 5 times within 30 minutes.

    `original_ts` is the message that `replace_original` and `delete_original` speak of.
    """

    user_id: str
    channel_id: str
    made_at: float
    thread_ts: str | None = None
    original_ts: str | None = None
    uses: int = 0


class Tickets:
    """Hands out and takes back the permissions. See https://docs.slack.dev/interactivity/handling-user-interaction."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._triggers: dict[str, Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}
        self._socket_tickets: set[str] = set()
        self._last_message_at: dict[str, float] = {}

    def new_trigger(self, user_id: str) -> str:
        """Return a fresh trigger id for this person."""
        with self._lock:
            serial = len(self._triggers) + 1
            trigger_id = f"{int(self._clock())}.{serial:010d}.{secrets.token_hex(16)}"
            self._triggers[trigger_id] = Trigger(user_id, self._clock())
        return trigger_id

    def exchange_trigger(self, trigger_id: str) -> str:
        """Return the person whose trigger this was, and spends it.

        Raises:
            SlackError: `invalid_trigger_id`, `expired_trigger_id` after 3 seconds, `exchanged_trigger_id` when spent.
        """
        with self._lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is None:
                raise SlackError("invalid_trigger_id")
            if trigger.exchanged:
                raise SlackError("exchanged_trigger_id")
            if self._clock() - trigger.made_at > TRIGGER_SECONDS:
                raise SlackError("expired_trigger_id")
            trigger.exchanged = True
            return trigger.user_id

    def new_response_url(
        self, user_id: str, channel_id: str, *, thread_ts: str | None = None, original_ts: str | None = None
    ) -> str:
        """Return the token that ends a fresh response URL."""
        token = secrets.token_urlsafe(18)
        with self._lock:
            self._response_urls[token] = ResponseUrl(user_id, channel_id, self._clock(), thread_ts, original_ts)
        return token

    def response_url(self, token: str) -> ResponseUrl:
        """Return what a response URL stands for, without using it up; raise KeyError when there is none."""
        return self._response_urls[token]

    def use_response_url(self, token: str) -> ResponseUrl:
        """Return what a response URL stands for, counting this use.

        Raises:
            SlackError: HTTP 404 with `invalid_url`, `expired_url` after 30 minutes, `used_url` after 5 uses.
        """
        with self._lock:
            response_url = self._response_urls.get(token)
            if response_url is None:
                raise SlackError("invalid_url", status=404)
            if self._clock() - response_url.made_at > RESPONSE_URL_SECONDS:
                raise SlackError("expired_url", status=404)
            if response_url.uses >= RESPONSE_URL_USES:
                raise SlackError("used_url", status=404)
            response_url.uses += 1
            return response_url

    def new_socket_ticket(self) -> str:
        """Return the ticket that one WebSocket connection may come in with."""
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._socket_tickets.add(ticket)
        return ticket

    def take_socket_ticket(self, ticket: str) -> bool:
        """Return whether the ticket was good; it is spent by this."""
        with self._lock:
            if ticket not in self._socket_tickets:
                return False
            self._socket_tickets.remove(ticket)
            return True

    def pace_message(self, channel_id: str) -> None:
        """Count one posted message: a channel takes one a second (https://docs.slack.dev/apis/web-api/rate-limits).

        Raises:
            SlackError: HTTP 429 `ratelimited` with `Retry-After: 1`.
        """
        with self._lock:
            now = self._clock()
            last = self._last_message_at.get(channel_id)
            if last is not None and abs(now - last) < SECONDS_BETWEEN_MESSAGES:
                raise SlackError("ratelimited", status=429, headers={"Retry-After": "1"})
            self._last_message_at[channel_id] = now
