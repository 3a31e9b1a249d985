"""Buttons that open the form for the fact which would clear what stands in the way."""

from collections.abc import Callable, Iterable

from bot.grammar.fact_vocabulary import SHAPES
from bot.grammar.vocabulary import word_for
from bot.views.blocks import Block, Element
from bot.views.reply import actions, button
from ledger.rules.facts import Program

OPEN_FACT_FORM = "fact_form_open"
"""The beginning of the action of a button that opens the form of a fact; behind it stands which of them it is."""

MOST_BUTTONS = 5

_SHAPES = {shape.name: shape for shape in SHAPES}
_CLEARED_BY = {cleared: shape for shape in SHAPES for cleared in shape.clears}
"""By the name of a blocker or of an exclusion: the fact that clears it."""


def clearing_buttons(
    patient_code: str, in_the_way: Iterable[tuple[str, Program]], may: Callable[[str], bool]
) -> list[Block]:
    """Return a row of buttons, one for each fact that is missing and that its reader ``may`` record.

    No row where none is.
    ``in_the_way`` are blockers and exclusions by name, each with its program.
    """
    facts = dict.fromkeys(
        (shape.name, program if shape.is_by_program else None)
        for name, program in in_the_way
        if (shape := _CLEARED_BY.get(name)) is not None and may(shape.name)
    )
    buttons = [clearing_button(patient_code, *fact) for fact in list(facts)[:MOST_BUTTONS]]
    return [actions(*buttons)] if buttons else []


def clearing_button(patient_code: str, fact: str, program: Program | None, *, heard_as: str | None = None) -> Element:
    """Return the button that opens the form of that fact for that patient.

    The form names ``program`` where the fact is recorded by program.

    ``heard_as`` is what a screen reader says where several patients have the same button.
    """
    label = _SHAPES[fact].button
    return button(
        f"{label} ({program})" if program else label,
        f"{OPEN_FACT_FORM}_{fact}_{program or ''}".rstrip("_"),
        {"fact": fact, "text": f"{patient_code} {word_for(program) if program else ''}".strip()},
        heard_as=heard_as,
    )
