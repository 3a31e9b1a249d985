"""Buttons about facts: those that open the form for one which is missing, and those that mend a recorded one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from bot.grammar.fact_vocabulary import SHAPES
from bot.grammar.vocabulary import word_for
from bot.views.blocks import Block, Element
from bot.views.reply import actions, button
from ledger.patients.fact_history import FactVersion
from ledger.patients.facts import FactKind
from ledger.rules.facts import Program

OPEN_FACT_FORM = "fact_form_open"
"""The beginning of the action of a button that opens the form of a fact; behind it stands which of them it is."""

UNDO_FACT, WITHDRAW_FACT, CORRECT_FACT = "fact_undo", "fact_withdraw", "fact_correct"
"""The beginnings of the actions of buttons that mend a recorded fact; behind them stands which revision."""
LIST_FACTS = "fact_list"
"""The action of the button that shows all facts of a patient."""

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


def undo_button(stored: Sequence[FactVersion]) -> Element:
    """Return the button that takes back what one receipt tells of."""
    return button("Undo", _action(UNDO_FACT, stored[0]), [_address(version) for version in stored])


def correct_button(version: FactVersion, words: str) -> Element:
    """Return the button that opens the form of that fact, which is heard in its ``words``."""
    return button("Correct", _action(CORRECT_FACT, version), _address(version), heard_as=f"Correct {words}")


def withdraw_button(version: FactVersion, words: str) -> Element:
    """Return the button that takes that fact back."""
    return button("Withdraw", _action(WITHDRAW_FACT, version), _address(version), heard_as=f"Withdraw {words}")


def list_button(patient_code: str) -> Element:
    """Return the button that shows all that was recorded of the patient."""
    return button("All facts", LIST_FACTS, patient_code, heard_as=f"All facts of {patient_code}")


def version_at(address: Sequence[Any]) -> FactVersion:
    """Return the revision that a button's value names.

    Raises:
        ValueError: It names none, as a button of another version may.
    """
    code, kind, subject, on_date, revision = address
    return FactVersion(code, FactKind(kind), subject, date.fromisoformat(on_date), revision)


def _address(version: FactVersion) -> list[Any]:
    on = version.on_date.isoformat()
    return [version.patient_code, version.kind.value, version.subject, on, version.revision]


def _action(beginning: str, version: FactVersion) -> str:
    """Return an action that no button of another revision has: what is pressed is known by it and its message."""
    return "_".join([beginning, *map(str, _address(version)[1:])])
