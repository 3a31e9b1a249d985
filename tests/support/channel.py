"""A channel for digests that remembers what was posted, and fails or dies on demand."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from jobs.digests import ChannelError, Digest


class Death(BaseException):
    """What ends a process without a word: nothing in the program may catch it."""


@dataclass
class FakeChannel:
    """Posts are (channel, key). ``refuses`` names channels that say no; ``dies`` says when a delivery ends."""

    posts: list[tuple[str, str]] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    asked_since: list[datetime] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    dies: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, digest: Digest, key: str, *, since: datetime, may_be_there: bool) -> str:
        with self._lock:
            post = (digest.team.channel_id, key)
            if post[0] in self.refuses:
                raise ChannelError("is_archived")
            if self.dies == "before posting":
                raise Death
            if may_be_there:
                self.asked_since.append(since)
            if not (may_be_there and post in self.posts):
                self.posts.append(post)
                self.digests.append(digest)
            if self.dies == "after posting":
                raise Death
            return f"{self.posts.index(post)}.000100"

    @property
    def channels(self) -> list[str]:
        """Where something was posted, in order of name."""
        return sorted(channel for channel, _ in self.posts)
