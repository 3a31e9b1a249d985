"""What passes between the jobs and the channel that messages go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Content:
    """A message ready to be sent. Two contents that show the same have one fingerprint."""

    payload: Mapping[str, Any]
    fingerprint: str


CLAIM_LOST = "claim_lost"
"""Why nothing was delivered where another process does it."""


class Refusal(StrEnum):
    """What a refusal means for later tries."""

    FOR_NOW = "for now"
    MESSAGE_GONE = "message gone"
    CHANNEL_GONE = "channel gone"
    PICTURE = "picture"


class Posted(StrEnum):
    """How much of what was refused is there all the same."""

    NOTHING = "nothing"
    PART = "part"
    UNKNOWN = "unknown"


class ChannelError(Exception):
    """The message could not be delivered; ``reason`` is the channel's own word for why.

    ``wait`` is how long the channel asks to be left alone.
    """

    def __init__(
        self,
        reason: str,
        refusal: Refusal = Refusal.FOR_NOW,
        *,
        wait: timedelta = timedelta(0),
        posted: Posted = Posted.NOTHING,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refusal = refusal
        self.wait = wait
        self.posted = posted
