"""The views of a workspace: each person's stack of modals, and their App Home."""

import copy
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.changes import Changes
from bot.playground.errors import SlackError
from bot.playground.settings import JSON

MOST_STACKED_VIEWS = 3


@dataclass
class OpenView:
    """A view a person has before them, as the API holds it (`body`), and what they have entered so far."""

    user_id: str
    body: JSON
    entered: dict[str, JSON] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Returns the view's id."""
        return str(self.body["id"])


class ViewStore:
    """Modals (a stack of at most 3 a person) and App Homes. See https://docs.slack.dev/surfaces/modals."""

    def __init__(self, clock: Callable[[], float], changes: Changes, lock: threading.RLock, app: JSON) -> None:
        self._clock = clock
        self._changes = changes
        self._lock = lock
        self._app = app
        self._stacks: dict[str, list[OpenView]] = {}
        self._homes: dict[str, OpenView] = {}

    def open(self, user_id: str, view: JSON) -> OpenView:
        """Put a first modal before a person, in place of any they had open."""
        with self._lock:
            self._refuse_known_external_id(view, besides=None)
            opened = self._new(user_id, view, root_id=None, previous_id=None)
            self._stacks[user_id] = [opened]
        self._changes.publish(user_id, {"type": "modals"})
        return opened

    def push(self, user_id: str, view: JSON) -> OpenView:
        """Put a modal on top of those a person has open.

        Raises:
            SlackError: `not_found` where none is open, `push_limit_reached` past three.
        """
        with self._lock:
            stack = self._stacks.get(user_id, [])
            if not stack:
                raise SlackError("not_found")
            if len(stack) >= MOST_STACKED_VIEWS:
                raise SlackError("push_limit_reached")
            self._refuse_known_external_id(view, besides=None)
            pushed = self._new(user_id, view, root_id=stack[0].id, previous_id=stack[-1].id)
            stack.append(pushed)
        self._changes.publish(user_id, {"type": "modals"})
        return pushed

    def update(self, opened: OpenView, view: JSON, *, expected_hash: str | None = None) -> None:
        """Change a view in place; what was entered stays where the block and action ids stay.

        Raises:
            SlackError: `hash_conflict` when the view has changed since `expected_hash`.
        """
        with self._lock:
            self._refuse_other_hash(opened, expected_hash)
            self._refuse_known_external_id(view, besides=opened)
            kept = {name: opened.body[name] for name in ("id", "root_view_id", "previous_view_id")}
            opened.body = {**self._body(view), **kept, "hash": self._new_hash()}
        self._changes.publish(opened.user_id, {"type": "modals" if opened.body["type"] == "modal" else "home"})

    def publish_home(self, user_id: str, view: JSON, *, expected_hash: str | None = None) -> OpenView:
        """Show a person's App Home; raise SlackError `hash_conflict` when it has changed since `expected_hash`."""
        with self._lock:
            home = self._homes.get(user_id)
            if home is None:
                home = self._homes[user_id] = self._new(user_id, view, root_id=None, previous_id=None)
                expected_hash = None
        self.update(home, view, expected_hash=expected_hash)
        return home

    def close(self, opened: OpenView) -> None:
        """Take one modal, and those above it, from its stack."""
        with self._lock:
            stack = self._stacks.get(opened.user_id, [])
            if opened in stack:
                del stack[stack.index(opened) :]
        self._changes.publish(opened.user_id, {"type": "modals"})

    def clear(self, user_id: str) -> None:
        """Close every modal of a person."""
        with self._lock:
            self._stacks.pop(user_id, None)
        self._changes.publish(user_id, {"type": "modals"})

    def stack(self, user_id: str) -> list[OpenView]:
        """Return a person's open modals, the top-most last."""
        with self._lock:
            return list(self._stacks.get(user_id, ()))

    def home(self, user_id: str) -> OpenView | None:
        """Return a person's App Home, if one was published."""
        with self._lock:
            return self._homes.get(user_id)

    def find(self, view_id: str) -> OpenView | None:
        """Return the open view of this id: a modal or a home."""
        return next((each for each in self._all() if each.id == view_id), None)

    def find_external(self, external_id: str) -> OpenView | None:
        """Return the open view the app gave this external id."""
        return next((each for each in self._all() if external_id and each.body["external_id"] == external_id), None)

    def _all(self) -> list[OpenView]:
        with self._lock:
            return [*(each for stack in self._stacks.values() for each in stack), *self._homes.values()]

    def _new(self, user_id: str, view: JSON, *, root_id: str | None, previous_id: str | None) -> OpenView:
        view_id = f"V{secrets.token_hex(5).upper()}"
        ids = {"id": view_id, "root_view_id": root_id or view_id, "previous_view_id": previous_id}
        return OpenView(user_id, {**self._body(view), **ids, "hash": self._new_hash()})

    def _body(self, view: JSON) -> JSON:
        empty = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": {"type": "plain_text", "text": "View Title", "emoji": True},
            "submit": None,
            "close": None,
        }
        return {**empty, **copy.deepcopy(view), "state": {"values": {}}, **self._app}

    def _new_hash(self) -> str:
        return f"{int(self._clock())}.{secrets.token_hex(4)}"

    def _refuse_known_external_id(self, view: JSON, *, besides: OpenView | None) -> None:
        known = self.find_external(view.get("external_id", ""))
        if known is not None and known is not besides:
            raise SlackError("duplicate_external_id")

    def _refuse_other_hash(self, opened: OpenView, expected_hash: str | None) -> None:
        if expected_hash is not None and expected_hash != opened.body["hash"]:
            raise SlackError("hash_conflict")
