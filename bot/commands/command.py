"""What a command is: one descriptor beside its handler says all that routing, roles, help and the terminal need."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands.call import Call
from bot.views.blocks import Block
from bot.views.help import Topic
from bot.views.reply import Answer, Reply
from ledger.roster.directory import Role


@dataclass(frozen=True, slots=True)
class Files:
    """Files for whoever asked, by their names, and a line that goes with them."""

    comment: str
    contents: Mapping[str, bytes]
    reply: Reply | None = None
    """What is said below the command once they are sent."""


@dataclass(frozen=True, slots=True)
class Later:
    """An answer given at once, and work that takes longer than Slack waits: its result is sent when it is there."""

    card: Reply
    work: Callable[[], Reply | Files]


@dataclass(frozen=True, slots=True)
class Paging:
    """A list with pages: how the action ids of its buttons begin, and what shows a page (from 0) of it."""

    button: str
    show: Callable[[Call, int], Reply]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in the terminal: the blocks that are printed, and with ``--json`` its data."""

    example: str
    blocks: Callable[[Call], Iterable[Block]]
    data: Callable[[Call], Any]
    is_own: bool = False
    """It is the list of one person, whom ``--as`` names; else the operator asks for it."""


@dataclass(frozen=True, slots=True)
class Saving:
    """A command that saves in the terminal, as the person whom ``--as`` names."""

    save: Callable[..., Answer]
    """Called with the call, and with ``confirmed`` where the command ``asks``; a form is told as an incomplete line."""
    example: str = ""
    asks: bool = False
    """It asks about unusual entries, which ``--confirm`` answers."""
    takes_words: bool = True
    read: Callable[[Call], Any] | None = None
    """What ``--dry-run`` prints as JSON in place of saving: how the line would be understood."""
    explains_author: bool = False
    """A line without ``--as`` is answered with an example; else the option is named as the one that is missing."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command behind ``/ccm``."""

    name: str
    roles: frozenset[Role]
    """Who may use it: whoever has one of these roles."""
    handle: Callable[[Call], Answer | Later]
    topic: Topic
    """What the help says of it."""
    saves: bool = True
    """Whether it can save something: then an error says that nothing was saved, and gives back what was typed."""
    keeps_escapes: bool = False
    """Its grammar undoes Slack's escapes in the note, which must not be done twice."""
    paging: Paging | None = None
    beside: Paging | None = None
    """A second list that a button on the first leads to."""
    terminal: Listing | Saving | None = None
    """What ``ccm`` does under this name, where it is not a program of its own in ``bot.cli``."""

    @property
    def pagings(self) -> tuple[Paging, ...]:
        """Its lists with pages."""
        return tuple(filter(None, (self.paging, self.beside)))
