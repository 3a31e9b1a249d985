"""The messages of a workspace: what stands in each conversation, and what only one person sees."""

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.playground.changes import Changes
from bot.playground.settings import JSON


@dataclass
class Message:
    """A message as Slack's API holds it (`body`), and who sees it when it is ephemeral."""

    channel_id: str
    body: JSON
    ephemeral_for: str | None = None

    @property
    def ts(self) -> str:
        """Returns the timestamp that names the message within its channel."""
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str | None:
        """Returns the parent's timestamp for a reply; None for a message of the channel itself."""
        parent = self.body.get("thread_ts")
        return None if parent == self.body["ts"] else parent


class MessageStore:
    """All messages, each channel's in the order they were posted."""

    def __init__(self, clock: Callable[[], float], changes: Changes, lock: threading.RLock) -> None:
        self._clock = clock
        self._changes = changes
        self._lock = lock
        self._messages: dict[str, list[Message]] = {}
        self._last_micros = 0

    def new_ts(self) -> str:
        """Return a timestamp later than every one before it."""
        with self._lock:
            micros = max(int(self._clock() * 1_000_000), self._last_micros + 1)
            self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def add(self, channel_id: str, body: JSON, *, ephemeral_for: str | None = None) -> Message:
        """Keep a new message, giving it its timestamp, and tell those who look."""
        with self._lock:
            message = Message(channel_id, {"type": "message", **body, "ts": self.new_ts()}, ephemeral_for)
            self._messages.setdefault(channel_id, []).append(message)
        self._tell(message)
        return message

    def replace(self, message: Message, changes: JSON, *, edited_by: str | None = None) -> None:
        """Change fields of a message in place; a field given as None is taken away."""
        with self._lock:
            message.body.update(changes)
            for name in [name for name, value in message.body.items() if value is None]:
                del message.body[name]
            if edited_by is not None:
                message.body["edited"] = {"user": edited_by, "ts": self.new_ts()}
        self._tell(message)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        with self._lock:
            self._messages[message.channel_id].remove(message)
        self._tell(message)

    def find(self, channel_id: str, ts: str) -> Message | None:
        """Return the message of this channel and timestamp, ephemeral ones included."""
        with self._lock:
            return next((each for each in self._messages.get(channel_id, ()) if each.ts == ts), None)

    def seen_by(self, channel_id: str, user_id: str | None, *, thread_ts: str | None = None) -> list[Message]:
        """Return the messages of a channel, or of one thread with its parent, oldest first.

        With a user, their ephemeral messages are among them; without, there are none.
        """
        with self._lock:
            return [
                each
                for each in self._messages.get(channel_id, ())
                if each.ephemeral_for in (None, user_id)
                and (each.thread_ts == thread_ts or (thread_ts is not None and each.ts == thread_ts))
            ]

    def all_seen_by(self, channel_id: str, user_id: str) -> list[Message]:
        """Return everything a person sees in a channel, threads included, oldest first."""
        with self._lock:
            return [each for each in self._messages.get(channel_id, ()) if each.ephemeral_for in (None, user_id)]

    def as_api(self, message: Message, *, with_metadata: bool = True) -> JSON:
        """Return a copy of the message as the Web API shows it, a parent with its replies counted."""
        with self._lock:
            body: JSON = copy.deepcopy(message.body)
            replies = [
                each
                for each in self._messages.get(message.channel_id, ())
                if each.thread_ts == message.ts and each.ephemeral_for is None
            ]
        if not with_metadata:
            body.pop("metadata", None)
        if replies and message.thread_ts is None:
            users = list(dict.fromkeys(str(each.body.get("user")) for each in replies))
            body |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": users,
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
            }
        return body

    def reply_count(self, message: Message) -> int:
        """Return how many replies the message's thread has."""
        return int(self.as_api(message).get("reply_count", 0))

    def _tell(self, message: Message) -> None:
        event: dict[str, Any] = {"type": "channel", "channel": message.channel_id}
        self._changes.publish(message.ephemeral_for, event)
