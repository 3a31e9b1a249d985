"""A channel for digests that remembers what was posted and changed, and fails or dies on demand."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from support.deaths import Death

from jobs.channel import ChannelError, Content
from jobs.digests.listing import Message
from jobs.digests.posting import Digest, Progress


@dataclass
class FakeChannel:
    """Posts are (channel, key). ``refuses`` names channels that say no; ``dies`` says when a delivery ends.

    ``shown`` is what the only message of each digest shows: whom it lists, how they stand and whose doing it is.
    """

    posts: list[tuple[str, str]] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    asked_since: list[datetime] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    refuses_updates: list[ChannelError] = field(default_factory=list)
    shown: dict[str, list[str]] = field(default_factory=dict)
    updates: int = 0
    dies: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, digest: Digest, key: str, *, since: datetime, may_be_there: bool, progress: Progress) -> str:
        with self._lock:
            post = (digest.team.channel_id, key)
            if post[0] in self.refuses:
                raise ChannelError("is_archived")
            if self.dies == "before posting":
                raise Death
            if may_be_there:
                self.asked_since.append(since)
            (content,) = self.contents(digest)
            is_there = may_be_there and post in self.posts
            if not is_there:
                self.posts.append(post)
                self.digests.append(digest)
                self.shown[key] = content.payload["rows"]
            if self.dies == "after posting":
                raise Death
            ts = f"{self.posts.index(post)}.000100"
            progress.has_posted(1, ts, None if is_there else content)
            return ts

    def contents(self, digest: Digest) -> list[Content]:
        rows = [
            " ".join(
                filter(None, [one.listed.patient_code, one.state, one.done_by, one.taken_by and f"({one.taken_by})"])
            )
            for one in digest.standings
        ]
        return [Content({"rows": rows}, "; ".join(rows) or "nobody")]

    def update(self, channel_id: str, key: str, message: Message, content: Content) -> None:  # noqa: ARG002 - a channel's signature
        if self.refuses_updates:
            raise self.refuses_updates.pop(0)
        self.updates += 1
        self.shown[key] = content.payload["rows"]

    @property
    def channels(self) -> list[str]:
        """Where something was posted, in order of name."""
        return sorted(channel for channel, _ in self.posts)
