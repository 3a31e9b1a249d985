"""One person at their screen, for tests: what they do and what they then see."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.playground.errors import ImpossibleAction
from bot.playground.messages import Message
from bot.playground.people.acting import People
from bot.playground.people.answers import Outcome
from bot.playground.people.forms import find_element
from bot.playground.settings import JSON
from bot.playground.surfaces import OpenView
from bot.playground.workspace import Workspace

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_sent(typed: str) -> str:
    """Return typed text as Slack's client sends it: `&`, `<` and `>` escaped, mentions such as `<@U1>` kept."""
    return re.sub(r"<[@#!][^<>]*>|[&<>]", lambda found: ESCAPES.get(found[0], found[0]), typed)


def words_of(value: Any) -> str:
    """Return all that can be read in blocks, one text a line, in the order it stands there."""
    return "\n".join(_texts(value))


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    inner = [text for each in value.values() if isinstance(each, dict | list) for text in _texts(each)]
    return [*own, *inner]


@dataclass(frozen=True)
class SeenMessage:
    """A message as a person sees it."""

    channel_id: str
    ts: str
    text: str
    blocks: list[JSON]
    ephemeral: bool
    body: JSON

    @property
    def words(self) -> str:
        """Returns the text and everything that can be read in the blocks, a line each."""
        return "\n".join([self.text, words_of(self.blocks)]) if self.blocks else self.text

    @property
    def container(self) -> JSON:
        """Returns what names this message when something in it is pressed."""
        return {"type": "message", "channel": self.channel_id, "ts": self.ts}


@dataclass(frozen=True)
class SeenView:
    """A modal or an App Home as a person sees it."""

    id: str
    callback_id: str
    title: str
    blocks: list[JSON]
    body: JSON

    @property
    def words(self) -> str:
        """Returns everything that can be read in the blocks, a line each."""
        return words_of(self.blocks)

    @property
    def container(self) -> JSON:
        """Returns what names this view when something in it is pressed."""
        return {"type": "view", "view_id": self.id}


@dataclass(frozen=True)
class Glance:
    """What came of an action: the messages that are new or changed for this person, and the modal on top."""

    outcome: Outcome
    messages: list[SeenMessage]
    modal: SeenView | None

    @property
    def message(self) -> SeenMessage:
        """Returns the only new message; raises AssertionError where there is none or are several."""
        if len(self.messages) != 1:
            raise AssertionError(f"{len(self.messages)} new messages, not one: {[each.text for each in self.messages]}")
        return self.messages[0]

    @property
    def errors(self) -> dict[str, str]:
        """Returns the words under the fields of a form that was not taken, by block id."""
        return self.outcome.errors

    @property
    def words(self) -> str:
        """Returns everything that can be read in the new messages."""
        return "\n".join(each.words for each in self.messages)


class Person:
    """A person of the workspace. Their methods return what they see once the app has acknowledged.

    What the app does later (after its acknowledgement) shows in `messages`, `modal` and `home_view`;
    `Playground.wait_until` waits for it.
    """

    def __init__(self, user_id: str, workspace: Workspace, people: People) -> None:
        self.user_id = user_id
        self._workspace = workspace
        self._people = people

    def command(self, channel_id: str, line: str) -> Glance:
        """Type a slash command."""
        return self._look(lambda: self._people.say(self.user_id, channel_id, as_sent(line)))

    def say(self, channel_id: str, text: str, thread_ts: str | None = None) -> Glance:
        """Type a message, or replies in a thread."""
        return self._look(lambda: self._people.say(self.user_id, channel_id, as_sent(text), thread_ts))

    def press(
        self,
        where: SeenMessage | SeenView,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: JSON | None = None,
    ) -> Glance:
        """Press a button, pick `value` in a menu, a date picker and so on, or types it and press Enter.

        `values` holds what else was entered in a view before, by block id.
        """
        element = {"action_id": action_id, "block_id": block_id}
        state = self._state(where, values) if isinstance(where, SeenView) and values else None
        return self._look(lambda: self._people.press(self.user_id, where.container, element, value, state))

    def submit(self, view: SeenView, values: JSON | None = None) -> Glance:
        """Submit a modal. `values` holds, by block id, what was entered: text, a date, an option's value, a list."""
        return self._look(lambda: self._people.submit(self.user_id, view.id, self._state(view, values or {})))

    def close(self, view: SeenView) -> Glance:
        """Dismisses a modal."""
        return self._look(lambda: self._people.close(self.user_id, view.id))

    def suggest(
        self, where: SeenMessage | SeenView, action_id: str, query: str, *, block_id: str | None = None
    ) -> list[JSON]:
        """Type into an external menu; return the options it then shows, those of groups in one list."""
        element = {"action_id": action_id, "block_id": block_id}
        answer = self._people.suggest(self.user_id, where.container, element, query)
        grouped = [option for group in answer.get("option_groups") or [] for option in group["options"]]
        return [*(answer.get("options") or []), *grouped]

    def shortcut(self, callback_id: str, message: SeenMessage | None = None) -> Glance:
        """Take a global shortcut, or one on a message."""
        target = None if message is None else {"channel": message.channel_id, "ts": message.ts}
        return self._look(lambda: self._people.take_shortcut(self.user_id, callback_id, target))

    def home(self, timeout_seconds: float = 3.0) -> SeenView | None:
        """Open the App Home; return it once the app has published it anew, or as it was when it does not."""
        before = self._home_hash()
        if not self._people.open_home(self.user_id).ok:
            return self.home_view
        self._workspace.changes.wait_until(lambda: self._home_hash() != before, timeout_seconds)
        return self.home_view

    @property
    def home_view(self) -> SeenView | None:
        """Returns the App Home as it is now."""
        home = self._workspace.views.home(self.user_id)
        return None if home is None else _seen_view(home)

    @property
    def modal(self) -> SeenView | None:
        """Returns the modal on top, if any is open."""
        stack = self._workspace.views.stack(self.user_id)
        return _seen_view(stack[-1]) if stack else None

    def messages(self, channel_id: str, thread_ts: str | None = None) -> list[SeenMessage]:
        """Return what stands in a channel or a thread for this person, oldest first, ephemeral messages included."""
        found = self._workspace.messages.seen_by(channel_id, self.user_id, thread_ts=thread_ts)
        return [self._seen(each) for each in found]

    def direct_messages(self) -> list[SeenMessage]:
        """Return what stands in the direct message with the app, oldest first."""
        return self.messages(self._workspace.direct_channel(self.user_id).id)

    def _look(self, act: Callable[[], Outcome]) -> Glance:
        before = self._everything()
        outcome = act()
        after = self._everything()
        new = [seen for key, seen in after.items() if before.get(key) != seen]
        return Glance(outcome, new, self.modal)

    def _everything(self) -> dict[tuple[str, str], SeenMessage]:
        messages = self._workspace.messages
        return {
            (channel.id, each.ts): self._seen(each)
            for channel in self._workspace.visible_channels(self.user_id)
            for each in messages.all_seen_by(channel.id, self.user_id)
        }

    def _home_hash(self) -> str | None:
        home = self._workspace.views.home(self.user_id)
        return None if home is None else str(home.body["hash"])

    def _seen(self, message: Message) -> SeenMessage:
        body = self._workspace.messages.as_api(message)
        ephemeral = message.ephemeral_for is not None
        return SeenMessage(
            message.channel_id, message.ts, body.get("text", ""), body.get("blocks", []), ephemeral, body
        )

    def _state(self, view: SeenView, values: JSON) -> JSON:
        state: JSON = {}
        for block_id, value in values.items():
            block = next((each for each in view.blocks if each["block_id"] == block_id), None)
            if block is None or block["type"] != "input":
                raise ImpossibleAction(f"no input block here has the block_id {block_id!r}")
            action_id = block["element"]["action_id"]
            find_element(view.blocks, action_id, block_id)
            state[block_id] = {action_id: value}
        return state


def _seen_view(opened: OpenView) -> SeenView:
    body = opened.body
    return SeenView(opened.id, body["callback_id"], body["title"]["text"], body["blocks"], dict(body))
