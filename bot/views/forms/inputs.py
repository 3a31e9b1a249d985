"""Inputs of the forms for work, facts and corrections, by the names of their values; and errors that find theirs.

Slack keeps what was entered as long as block and action id stay the same (https://docs.slack.dev/surfaces/modals,
updating views), so an input that is to show something else is given a new block id: its name, a dot and a mark.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.views.blocks import (
    Block,
    Option,
    checkboxes,
    date_picker,
    input_block,
    number_field,
    option,
    radio_buttons,
    select_menu,
    text_field,
    time_picker,
)
from bot.views.reply import OpenForm, Reply

INPUT = "value"
"""The action of every input that needs no name of its own."""

FormValues = Mapping[str, str]
"""What stands in a form by the names of its inputs; an input that is empty is absent."""

Choices = Sequence[tuple[str, str]]
"""Values with the words they are offered in."""

YES = "yes"
"""What a ticked box says."""


def text_input(
    name: str,
    label: str,
    values: FormValues,
    *,
    most_characters: int,
    hint: str | None = None,
    multiline: bool = False,
    optional: bool = False,
) -> Block:
    """Words, of which ``most_characters`` fit."""
    element = text_field(INPUT, values.get(name), most_characters=most_characters, multiline=multiline)
    return input_block(name, label, element, hint=hint, optional=optional)


def number_input(
    name: str, label: str, values: FormValues, *, hint: str | None = None, optional: bool = False
) -> Block:
    """Return a whole number."""
    return input_block(name, label, number_field(INPUT, values.get(name)), hint=hint, optional=optional)


def select_input(
    name: str, label: str, values: FormValues, choices: Choices, *, hint: str | None = None, optional: bool = False
) -> Block:
    """Return one of many choices, in a menu."""
    options, chosen = _options(choices, values.get(name))
    return input_block(name, label, select_menu(INPUT, options, chosen), hint=hint, optional=optional)


def radio_input(
    name: str, label: str, values: FormValues, choices: Choices, *, hint: str | None = None, optional: bool = False
) -> Block:
    """Return one of a few choices, all of them seen."""
    options, chosen = _options(choices, values.get(name))
    return input_block(name, label, radio_buttons(INPUT, options, chosen), hint=hint, optional=optional)


def date_input(name: str, label: str, values: FormValues, *, hint: str | None = None, optional: bool = False) -> Block:
    """Return a date as ``2026-11-03``."""
    return input_block(name, label, date_picker(INPUT, values.get(name)), hint=hint, optional=optional)


def time_input(name: str, label: str, values: FormValues, *, hint: str | None = None, optional: bool = False) -> Block:
    """Return a time of day as ``14:30``."""
    return input_block(name, label, time_picker(INPUT, values.get(name)), hint=hint, optional=optional)


def tick_input(name: str, label: str, values: FormValues, words: str) -> Block:
    """Return a box to be ticked, or not."""
    box = option(YES, words)
    ticked = [box] if values.get(name) == YES else []
    return input_block(name, label, checkboxes(INPUT, [box], ticked), optional=True)


def boxes_input(name: str, label: str, values: FormValues, choices: Choices, *, hint: str | None = None) -> Block:
    """Return boxes to tick, of which none need be; the values of those that are ticked stand behind each other."""
    options = [option(*choice) for choice in choices]
    ticked = values.get(name, "").split(",")
    chosen = [one for one in options if one["value"] in ticked]
    return input_block(name, label, checkboxes(INPUT, options, chosen), hint=hint, optional=True)


def _options(choices: Choices, value: str | None) -> tuple[list[Option], Option | None]:
    options = [option(*choice) for choice in choices]
    return options, next((one for one in options if one["value"] == value), None)


def submitted(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was filled in, by the names of the inputs, from the payload of a submission or a press in a form."""
    values: dict[str, str] = {}
    for block_id, inputs in view["state"]["values"].items():
        (state,) = inputs.values()
        picked = state.get("selected_option")
        chosen = [picked["value"]] if picked else [one["value"] for one in state.get("selected_options") or []]
        value = state.get("value") or state.get("selected_date") or state.get("selected_time") or ",".join(chosen)
        if value:
            values[_name(block_id)] = value
    return values


def errors_beside(view: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """Return ``errors`` by the names of inputs, under the block ids of ``view``.

    Of one without an input, under the first.
    """
    block_ids = _block_ids(view)
    first = next(iter(block_ids.values()))
    return {block_ids.get(name, first): words for name, words in errors.items()}


def as_entered(new: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``new`` in place of the form ``old``, with new block ids for what is to differ from what was entered.

    All else keeps the id it has in ``old``, and with it what is typed while ``new`` is on its way.
    """
    entered, block_ids = submitted(old), _block_ids(old)
    blocks = []
    for block in new["blocks"]:
        name = block.get("block_id")
        if block["type"] == "input" and name in block_ids:
            is_kept = _beginning(block["element"]) == entered.get(name, "")
            block_id = block_ids[name] if is_kept else f"{name}.{old['hash']}"
            blocks.append({**block, "block_id": block_id})
        else:
            blocks.append(block)
    return {**new, "blocks": blocks}


def as_new(new: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form ``new`` in place of another view: nothing that was entered there before is in it."""
    blocks = [
        {**block, "block_id": f"{block['block_id']}.{old['hash']}"} if block["type"] == "input" else block
        for block in new["blocks"]
    ]
    return {**new, "blocks": blocks}


def refused_form(form: dict[str, Any], refusal: Reply) -> dict[str, Any]:
    """Return ``form`` as it was filled in, under the card that says why nothing was saved."""
    return {**form, "blocks": [*refusal.blocks, *form["blocks"]]}


def in_form(said: Reply | OpenForm | dict[str, str], form: dict[str, Any]) -> OpenForm | dict[str, str]:
    """Return ``said``, where it is a refusal above ``form`` as it was filled in."""
    return OpenForm(refused_form(form, said)) if isinstance(said, Reply) else said


def _beginning(element: Mapping[str, Any]) -> str:
    """Return what an input shows before anybody has touched it."""
    options = element.get("initial_options") or [element.get("initial_option") or {"value": ""}]
    chosen = ",".join(one["value"] for one in options)
    plain = (element.get(f"initial_{kind}") for kind in ("value", "date", "time"))
    return str(next(filter(None, plain), chosen))


def _block_ids(view: Mapping[str, Any]) -> dict[str, str]:
    return {_name(block["block_id"]): block["block_id"] for block in view["blocks"] if block["type"] == "input"}


def _name(block_id: str) -> str:
    return block_id.partition(".")[0]
