"""The form for a log: each value beside its own input, prefilled with all that was understood."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.views.pickers import patient_input
from bot.views.reply import Reply, section
from bot.views.words import ACTIVITY_WORDS, CONTACT_WORDS
from ledger.recording import NOTE_CHARACTERS
from ledger.rules.facts import Activity, Contact, Program

CALLBACK = "log_form_submitted"
INPUT = "value"
PATIENT, LENGTH, ACTIVITY, CONTACT, DATE, PROGRAM, NOTE, CONFIRM = (
    "patient",
    "length",
    "activity",
    "contact",
    "date",
    "program",
    "note",
    "confirm",
)

FormValues = Mapping[str, str]
"""What stands in the form by the names of its inputs; an input that is empty is absent."""


def log_form(values: FormValues, *, intro: str = "", confirm: str = "") -> dict[str, Any]:
    """The form as a modal view. ``confirm`` asks for a tick before an unusual entry is saved."""
    blocks: list[Block] = [section(intro)] if intro else []
    blocks += [
        patient_input(PATIENT, values.get(PATIENT)),
        _text(LENGTH, "Length, or from–to", values, hint="12m, 1h5m or times: 10:05-10:17. Times are best."),
        _select(ACTIVITY, "What was done", values, [(one.value, ACTIVITY_WORDS[one]) for one in Activity]),
        _select(CONTACT, "Contact", values, [(one.value, CONTACT_WORDS[one]) for one in Contact], optional=True),
        _input(DATE, "Date", DatePickerElement(action_id=INPUT, initial_date=values.get(DATE))),
        _select(PROGRAM, "Program", values, [(one.value, one.value) for one in Program], optional=True),
        _text(NOTE, "Note", values, multiline=True, hint="What was found and what was decided: two sentences."),
    ]
    if confirm:
        option = Option(value="yes", label="Yes, save it")
        blocks.append(_input(CONFIRM, confirm, CheckboxesElement(action_id=INPUT, options=[option]), optional=True))
    view = View(type="modal", callback_id=CALLBACK, title="Log CCM time", submit="Save", close="Cancel", blocks=blocks)
    return view.to_dict()


def _input(block_id: str, label: str, element: InputInteractiveElement, **more: Any) -> InputBlock:
    return InputBlock(block_id=block_id, label=label, element=element, **more)


def _text(block_id: str, label: str, values: FormValues, *, hint: str, multiline: bool = False) -> InputBlock:
    element = PlainTextInputElement(
        action_id=INPUT,
        initial_value=values.get(block_id),
        multiline=multiline,
        max_length=NOTE_CHARACTERS if multiline else 100,
    )
    return _input(block_id, label, element, hint=hint)


def _select(
    block_id: str, label: str, values: FormValues, choices: Sequence[tuple[str, str]], *, optional: bool = False
) -> InputBlock:
    options = [Option(value=value, label=text) for value, text in choices]
    chosen = next((option for option in options if option.value == values.get(block_id)), None)
    element = StaticSelectElement(action_id=INPUT, options=options, initial_option=chosen)
    return _input(block_id, label, element, optional=optional)


def submitted(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by the names of the inputs, from the payload of a submission."""
    values: dict[str, str] = {}
    for block_id, inputs in view["state"]["values"].items():
        (state,) = inputs.values()
        option = state.get("selected_option")
        chosen = [option["value"]] if option else [one["value"] for one in state.get("selected_options") or []]
        value = state.get("value") or state.get("selected_date") or ",".join(chosen)
        if value:
            values[block_id] = value
    return values


def refused_form(values: FormValues, refusal: Reply) -> dict[str, Any]:
    """The form as it was filled in, under the card that says why nothing was saved."""
    return under(refusal, log_form(values))


def under(refusal: Reply, view: Mapping[str, Any]) -> dict[str, Any]:
    """The form ``view`` under the card that says why nothing was saved."""
    return {**view, "blocks": [*(block.to_dict() for block in refusal.blocks), *view["blocks"]]}


def saved_view(reply: Reply) -> dict[str, Any]:
    """The modal after a save: the answer to the log."""
    return View(type="modal", title="Saved", close="Close", blocks=list(reply.blocks)).to_dict()


def prefill(
    *,
    patient_code: str | None,
    length: str,
    activity: Activity | None,
    contact: Contact | None,
    day: date,
    program: Program | None,
    note: str,
) -> dict[str, str]:
    """Form values from what was understood of a line."""
    values = {
        PATIENT: patient_code or "",
        LENGTH: length,
        ACTIVITY: activity.value if activity else "",
        CONTACT: contact.value if contact else "",
        DATE: day.isoformat(),
        PROGRAM: program.value if program else "",
        NOTE: note,
    }
    return {name: value for name, value in values.items() if value}


def missing_intro(missing: Sequence[str]) -> str:
    """The line above a form that a line with gaps opened."""
    names = {"patient_code": "the patient", "duration_minutes": "the length", "activity": "what was done"}
    return f"Still needed: {', '.join(names.get(name, f'the {name}') for name in missing)}." if missing else ""
