"""Where in the Home tab a person is: the page of each list, and the list they have opened."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.views.blocks import Block
from bot.views.reply import actions, button, context

UNTOUCHED = "untouched"
"""The name of the list of those without logged time; other lists that are opened have a blocker's name."""

NEAR_PAGE, TODAY_PAGE, TAKEN_PAGE, OPENED_PAGE = (
    "home_near_page",
    "home_today_page",
    "home_taken_page",
    "home_opened_page",
)
PAGE_ACTIONS = {"near": NEAR_PAGE, "today": TODAY_PAGE, "taken": TAKEN_PAGE, "opened_page": OPENED_PAGE}
"""The actions of the paging buttons, by the field of a place that they change."""
_LISTS = {
    "near": "the worklist",
    "today": "today's entries",
    "taken": "the patients you took",
    "opened_page": "the opened list",
}
"""What a screen reader calls the list that a button turns, by the same field."""


@dataclass(frozen=True, slots=True)
class Place:
    """Pages count from 0; ``opened`` names the list that was asked for, "" where none was."""

    near: int = 0
    today: int = 0
    taken: int = 0
    opened: str = ""
    opened_page: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the place as buttons carry it and as it is remembered: only what is not as at first."""
        return {name: value for name, value in asdict(self).items() if value}

    def to_value(self) -> str:
        """Return the place as a menu's choice carries it, in at most 150 characters."""
        return json.dumps(self.to_dict(), separators=(",", ":"))

    @classmethod
    def from_dict(cls, known: Mapping[str, Any]) -> "Place":
        """Return the place that ``to_dict`` wrote; names that are none are left out."""
        kept: dict[str, Any] = {name: value for name, value in known.items() if name in cls.__slots__}
        return replace(cls(), **kept)

    def turned(self, pages_of: str, page: int) -> "Place":
        """Return this place at another page of the list whose field is ``pages_of``."""
        changed: dict[str, Any] = {pages_of: page}
        return replace(self, **changed)

    def opening(self, opened: str) -> "Place":
        """Return this place with another list opened, at its first page; with none where ``opened`` is ""."""
        return replace(self, opened=opened, opened_page=0)


def turns(place: Place, pages_of: str, page: int, pages: int) -> list[Block]:
    """Return the number of the page and buttons to those beside it; nothing where there is one page."""
    beside = (("Previous page", "previous", page - 1), ("Next page", "next", page + 1))
    buttons = [
        button(
            label,
            f"{PAGE_ACTIONS[pages_of]}_{name}",
            place.turned(pages_of, to).to_dict(),
            heard_as=f"{label} of {_LISTS[pages_of]}",
        )
        for label, name, to in beside
        if 0 <= to < pages
    ]
    return [context(f"Page {page + 1} of {pages}"), actions(*buttons)] if buttons else []
