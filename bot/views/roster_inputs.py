"""The inputs of the roster's forms: one a column of the import file, named like it, and what was filled into them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.views.form_inputs import INPUT, Choices, date_input, input_block, select_input, text_input
from bot.views.reply import Reply, option, reply_view, section


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: ``cells`` by column, several values with semicolons between them.

    ``labels`` has the words that menus show for their values; ``key`` says whose form it is, None for a new one's.
    """

    cells: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


def text(block_id: str, label: str, filled: Filled, *, most: int, hint: str | None = None, **more: Any) -> InputBlock:
    """A line of text; several lines with ``multiline``."""
    return text_input(block_id, label, filled.cells, most_characters=most, hint=hint, **more)


def choice(
    block_id: str, label: str, filled: Filled, choices: Choices, *, hint: str | None = None, optional: bool = False
) -> InputBlock:
    """A menu of values and the words for them."""
    return select_input(block_id, label, filled.cells, choices, hint=hint, optional=optional)


def boxes(block_id: str, label: str, filled: Filled, choices: Sequence[tuple[str, str, str]]) -> InputBlock:
    """Boxes to tick, of which none need be: a value, its words and what they mean, if that has to be said."""
    options = [Option(value=value, label=words, description=means or None) for value, words, means in choices]
    ticked = (filled.cells.get(block_id) or "").split(";")
    chosen = [option for option in options if option.value in ticked] or None
    return input_block(
        block_id, label, CheckboxesElement(action_id=INPUT, options=options, initial_options=chosen), optional=True
    )


def day(block_id: str, label: str, filled: Filled, *, hint: str | None = None) -> InputBlock:
    """A date, which may stay empty."""
    return date_input(block_id, label, filled.cells, hint=hint, optional=True)


def found(
    block_id: str, label: str, filled: Filled, action_id: str, *, hint: str | None = None, **more: Any
) -> InputBlock:
    """A menu that finds one value as one types."""
    chosen = _options(block_id, filled)
    element = ExternalDataSelectElement(
        action_id=action_id,
        placeholder="Type to find",
        initial_option=chosen[0] if chosen else None,
        min_query_length=0,
    )
    return input_block(block_id, label, element, hint=hint, **more)


def found_several(block_id: str, label: str, filled: Filled, action_id: str) -> InputBlock:
    """A menu that finds values as one types, of which none need be chosen."""
    element = ExternalDataMultiSelectElement(
        action_id=action_id,
        placeholder="Type to find",
        initial_options=_options(block_id, filled) or None,
        min_query_length=0,
    )
    return input_block(block_id, label, element, optional=True)


def account(block_id: str, label: str, filled: Filled, *, hint: str | None = None) -> InputBlock:
    """A person of the Slack workspace, who may be left out."""
    element = UserSelectElement(action_id=INPUT, initial_user=filled.cells.get(block_id) or None)
    return input_block(block_id, label, element, hint=hint, optional=True)


def channel(block_id: str, label: str, filled: Filled, *, hint: str | None = None) -> InputBlock:
    """A channel, public or private."""
    element = ConversationSelectElement(
        action_id=INPUT,
        initial_conversation=filled.cells.get(block_id) or None,
        filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
    )
    return input_block(block_id, label, element, hint=hint)


def _options(block_id: str, filled: Filled) -> list[Option]:
    values = [value for value in (filled.cells.get(block_id) or "").split(";") if value]
    return [option(value, filled.labels.get(value, value)) for value in values]


def form(
    title: str, callback_id: str, blocks: Sequence[Block], key: str | None, *, card: Reply | None
) -> dict[str, Any]:
    """A form as a modal view; ``card`` stands above it where it was refused as a whole."""
    view = View(
        type="modal",
        callback_id=callback_id,
        title=title,
        submit="Save",
        close="Cancel",
        blocks=[*(card.blocks if card else ()), *blocks],
        private_metadata=json.dumps({"key": key}),
    )
    return view.to_dict()


def saving(months_of: int, shown_as: str) -> dict[str, Any]:
    """What stands in the form's place while months of so many patients are evaluated again.

    ``shown_as`` names the view, so that it can be changed as soon as Slack shows it (``bot.not_shown_yet``).
    """
    said = f"*Saving…* The months of {months_of} patients are evaluated again; this takes a moment."
    return {**reply_view(Reply("Saving", (section(said),)), title="Saving"), "external_id": shown_as}


LOADING = reply_view(Reply("One moment", (section("The form opens in a moment…"),)), title="One moment")
"""What is opened at once where Slack has to be asked before the form can be filled."""


def filled_in(view: Mapping[str, Any]) -> Filled:
    """What was filled in, from the payload of a submission; a line break separates values like a semicolon."""
    cells: dict[str, str] = {}
    labels: dict[str, str] = {}
    for block_id, inputs in view["state"]["values"].items():
        (state,) = inputs.values()
        chosen = [option for option in [state.get("selected_option"), *(state.get("selected_options") or [])] if option]
        labels |= {option["value"]: option["text"]["text"] for option in chosen}
        plain = (state.get(name) for name in ("value", "selected_date", "selected_user", "selected_conversation"))
        cells[block_id] = next(filter(None, plain), "") or ";".join(option["value"] for option in chosen)
    return Filled(cells, labels, json.loads(view.get("private_metadata") or "{}").get("key"))
