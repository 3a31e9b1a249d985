"""``/ccm help [COMMAND]``, and the card that ``/ccm`` alone shows."""

from bot.commands.call import Call
from bot.commands.command import Command
from bot.commands.registry import COMMANDS, command_named
from bot.grammar.commands import closest
from bot.permissions import DOCUMENTING, EVERYBODY, may, roles_needed
from bot.setup import set_up_for
from bot.views.card import card_view
from bot.views.help import Topic, help_card
from bot.views.reply import Reply
from ledger.errors import LedgerError
from ledger.recording.timers import running_timer


def card(call: Call) -> Reply:
    """Return a short card with what this person can do, and the running timer."""
    with call.database.reading() as connection:
        timer = running_timer(connection, call.practice, call.person.staff_id)
        set_up = set_up_for(connection, call.practice, call.person, call.today)
    may_log = bool(call.person.roles & DOCUMENTING)
    names = _names(call)
    return card_view(call.person.name, names, may_log=may_log, timer=timer, at=call.local_now, set_up=set_up)


def help_on(call: Call) -> Reply:
    """Return the help on the command that the call names, or on all that this person may use.

    Raises:
        LedgerError: there is no such command.
    """
    name = call.text.split(" ", maxsplit=1)[0].lower()
    if not name:
        return help_card([command_named(known).topic for known in _names(call)])
    if name not in COMMANDS:
        near = closest(name, _names(call))
        raise unknown_command(call, name, "", f"/ccm help {near}" if near else "/ccm help")
    command = command_named(name)
    return help_card([command.topic], needs="" if may(call.person, name) else roles_needed(call.person, command.roles))


def unknown_command(call: Call, name: str, rest: str, example: str = "") -> LedgerError:
    """Return what is said of a command that is none, with the closest of those that the person may use.

    ``rest`` is what stood behind it.
    """
    near_miss = closest(name, (*_names(call), "help"))
    suggestion = example or (f"/ccm {near_miss} {rest}".strip() if near_miss else "/ccm help")
    meant = f"Did you mean: {suggestion}" if near_miss else f"What there is: {suggestion}"
    return LedgerError("COMMAND_UNKNOWN", f"There is no command {name!r}.", meant)


def _names(call: Call) -> list[str]:
    return [name for name in COMMANDS if may(call.person, name)]


CARD = Command("", EVERYBODY, card, Topic("", "Shows what you can do here.", ("/ccm",)), saves=False)

HELP = Command(
    "help",
    EVERYBODY,
    help_on,
    Topic("help [COMMAND]", "Shows each command with examples that work when pasted.", ("/ccm help", "/ccm help log")),
    saves=False,
)
