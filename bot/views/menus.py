"""Menus of a few fixed choices, one of which may be in force."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.views.blocks import MOST_OPTIONS, Element, option, select_menu


class Choice(NamedTuple):
    """A choice of a menu: what comes back, of at most 150 characters, and what is read."""

    value: str
    label: str


def menu(action: str, choices: Sequence[Choice], chosen: str = "", *, placeholder: str) -> Element:
    """Return a menu with the choice of value ``chosen`` in force, where there is one.

    ``placeholder`` says what is chosen.
    Of more than 100 choices those beyond the hundredth are left out, but never the one in force.
    """
    kept = list(choices[:MOST_OPTIONS])
    initial = next((choice for choice in choices if choice.value == chosen), None)
    if initial is not None and initial not in kept:
        kept[-1] = initial
    in_force = option(*initial) if initial else None
    return select_menu(action, [option(*choice) for choice in kept], in_force, placeholder=placeholder)
