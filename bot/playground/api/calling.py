"""One call of the Web API: what it brought along, and what every method needs from it."""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.playground.errors import SlackError
from bot.playground.settings import JSON, Channel
from bot.playground.workspace import Workspace

MOST_LISTED = 999


@dataclass(frozen=True)
class Call:
    """A call that has passed the door: token, scope and method are good."""

    workspace: Workspace
    args: JSON
    base_url: str

    def text(self, name: str) -> str | None:
        """Return an argument as text, or None where it was not given."""
        value = self.args.get(name)
        return None if value is None else str(value)

    def required(self, name: str) -> str:
        """Return an argument as text; raise SlackError `invalid_arguments` naming it when it is missing."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str) -> bool:
        """Return whether an argument says yes, in JSON or in a form."""
        return str(self.args.get(name, "")).lower() in {"true", "1"}

    def number(self, name: str, usual: int) -> int:
        """Return a whole number; raise SlackError `invalid_arguments` for anything else."""
        value = self.text(name) or str(usual)
        if not value.isdigit():
            raise SlackError("invalid_arguments", [f"[ERROR] must be an integer [json-pointer:/{name}]"])
        return int(value)

    def moment(self, name: str, usual: float) -> float:
        """Return a message timestamp as seconds; raise SlackError `invalid_ts_...` for anything else."""
        value = self.text(name) or str(usual)
        if not re.fullmatch(r"\d+(\.\d+)?", value):
            raise SlackError(f"invalid_ts_{name}")
        return float(value)

    def json(self, name: str) -> Any:
        """Return an argument that is JSON, or text that holds JSON (as forms send it)."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            refusal = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise SlackError(refusal, [f"[ERROR] must be JSON [json-pointer:/{name}]"]) from error

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation an argument names; raise SlackError `channel_not_found`."""
        return self.workspace.channel(self.required(name))

    def joined_channel(self, name: str = "channel") -> Channel:
        """Return the conversation an argument names, if the app is in it; else raises SlackError `not_in_channel`."""
        channel = self.channel(name)
        if not channel.bot_is_member:
            raise SlackError("not_in_channel")
        return channel

    def page(self, items: list[JSON], usual: int) -> tuple[list[JSON], JSON]:
        """Return the items of the page asked for by `cursor` and `limit`, and its `response_metadata`."""
        limit = min(self.number("limit", usual), MOST_LISTED)
        if limit < 1:
            raise SlackError("invalid_limit")
        cursor = self.text("cursor") or "at:0"
        if not cursor.removeprefix("at:").isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix("at:"))
        rest = start + limit
        return items[start:rest], {"next_cursor": f"at:{rest}" if rest < len(items) else ""}


def missing(name: str) -> SlackError:
    """Return the refusal of a call without this argument."""
    return SlackError("invalid_arguments", [f"[ERROR] missing required field: {name} [json-pointer:]"])
