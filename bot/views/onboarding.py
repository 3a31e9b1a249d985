"""What strangers are told, and what the administrators are told of them: Slack mentions, no names."""

from collections.abc import Sequence
from typing import Any

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.problem import error_card
from bot.views.reply import Reply, actions, button, context, section, sections
from bot.views.roster import needing
from ledger.errors import LedgerError
from ledger.roster.accounts import Ended

ADD = "stranger_add"
IGNORE = "stranger_ignore"
MOST_NAMED = 5


def stranger_card(error: LedgerError, admins: Sequence[str], *, typed: str = "", saves: bool = True) -> Reply:
    """Return the card for somebody who is not on the staff, with those who can change that."""
    card = error_card(error, typed=typed, saves=saves)
    if not admins:
        return card
    title, *rest = card.blocks
    asked = context(f"Administrators here: {formatting.some_of([f'<@{user}>' for user in admins], MOST_NAMED)}")
    return Reply(card.text, (title, asked, *rest))


def stranger_notice(user: str) -> dict[str, Any]:
    """Return the direct message to an administrator, as the Web API takes it."""
    said = f"<@{user}> asked to use CCM Ledger"
    blocks: list[Block] = [
        section(f"{said} and is not on the staff list."),
        actions(button("Add…", ADD, {"user": user}, style="primary"), button("Ignore", IGNORE, {"user": user})),
        context("Ignore: you and the other administrators hear no more of this person."),
    ]
    return message(said, blocks)


def added_already(user: str, staff_id: str) -> Reply:
    """Return what the notice becomes when the person has been added meanwhile."""
    return _settled(f"<@{user}> is on the staff list now, as {formatting.escaped(staff_id)}.")


def ignored(user: str, by: str) -> Reply:
    """Return what the notice becomes when an administrator ignores the person."""
    return _settled(f"<@{user}> is ignored, said <@{by}>. To add them all the same: `/ccm staff {user}`")


def restored_notice(user: str, staff_id: str) -> dict[str, Any]:
    """Return the direct message that a deactivated account is back, which gives its owner nothing back by itself."""
    said = f"<@{user}> is active in Slack again"
    ended = (
        f"{said}. As {formatting.escaped(staff_id)} they stay ended here. To let them work again: `/ccm staff {user}`"
    )
    return message(said, [section(ended)])


def left_notice(user: str, ended: Ended) -> dict[str, Any]:
    """Return the direct message that a deactivated account ended somebody whose patients need another practitioner."""
    said = f"<@{user}> was deactivated in Slack"
    lines = [f"{said} and is ended here.", *(f"• {change}" for change in ended.worth)]
    return message(said, [*sections(lines), *needing(ended.leaving)])


def message(text: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """Return a message whose notification has a Slack mention in it, which ``Reply`` would show letter by letter."""
    return {"text": text, "blocks": list(blocks)}


def _settled(said: str) -> Reply:
    return Reply("Settled.", (section(said),))
