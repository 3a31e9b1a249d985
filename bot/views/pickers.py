"""The menu that finds a patient by code as one types, for every form (external select)."""

from collections.abc import Iterable
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, InputBlock, Option

PATIENT_PICKER = "pick_patient"
"""The action of every menu of patients; ``bot.listeners.pickers`` answers what is typed into it."""
MOST_OPTIONS = 100
LABEL_CHARACTERS = 75


def patient_input(
    block_id: str, patient_code: str | None = None, *, label: str = "Patient", optional: bool = False
) -> InputBlock:
    """The menu as an input of a form, with ``patient_code`` chosen where one is given."""
    element = ExternalDataSelectElement(
        action_id=PATIENT_PICKER,
        placeholder="Type a code, for example P-1042 or 1042",
        initial_option=patient_option(patient_code) if patient_code else None,
        min_query_length=1,
    )
    return InputBlock(block_id=block_id, label=label, element=element, optional=optional)


def patient_option(patient_code: str, team: str = "") -> Option:
    """One patient in the menu: the code, and its team where that is known."""
    label = f"{patient_code} · {team}" if team else patient_code
    return Option(value=patient_code, label=label if len(label) <= LABEL_CHARACTERS else f"{label[:74]}…")


def options_payload(patients: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The options that answer what was typed."""
    return [patient_option(code, team).to_dict() for code, team in patients]
