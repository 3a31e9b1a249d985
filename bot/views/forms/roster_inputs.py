"""The inputs of the roster's forms: one a column of the import file, named like it, and what was filled into them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.views.blocks import (
    Block,
    Option,
    View,
    account_menu,
    channel_menu,
    checkboxes,
    input_block,
    modal,
    multi_search_menu,
    option,
    search_menu,
)
from bot.views.forms.inputs import INPUT, Choices, date_input, select_input, text_input
from bot.views.reply import Reply, reply_view, section

PLACEHOLDER = "Type to find"


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: ``cells`` by column, several values with semicolons between them.

    ``labels`` has the words that menus show for their values; ``key`` says whose form it is, None for a new one's.
    """

    cells: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


def text(block_id: str, label: str, filled: Filled, *, most: int, hint: str | None = None, **more: Any) -> Block:
    """Return a line of text; several lines with ``multiline``."""
    return text_input(block_id, label, filled.cells, most_characters=most, hint=hint, **more)


def choice(
    block_id: str, label: str, filled: Filled, choices: Choices, *, hint: str | None = None, optional: bool = False
) -> Block:
    """Return a menu of values and the words for them."""
    return select_input(block_id, label, filled.cells, choices, hint=hint, optional=optional)


def boxes(block_id: str, label: str, filled: Filled, choices: Sequence[tuple[str, str, str]]) -> Block:
    """Boxes to tick, of which none need be: a value, its words and what they mean, if that has to be said."""
    options = [option(*choice) for choice in choices]
    ticked = (filled.cells.get(block_id) or "").split(";")
    chosen = [one for one in options if one["value"] in ticked]
    return input_block(block_id, label, checkboxes(INPUT, options, chosen), optional=True)


def day(block_id: str, label: str, filled: Filled, *, hint: str | None = None) -> Block:
    """Return a date, which may stay empty."""
    return date_input(block_id, label, filled.cells, hint=hint, optional=True)


def found(block_id: str, label: str, filled: Filled, action_id: str, *, hint: str | None = None, **more: Any) -> Block:
    """Return a menu that finds one value as one types."""
    chosen = next(iter(_options(block_id, filled)), None)
    element = search_menu(action_id, chosen, placeholder=PLACEHOLDER, least_typed=0)
    return input_block(block_id, label, element, hint=hint, **more)


def found_several(block_id: str, label: str, filled: Filled, action_id: str) -> Block:
    """Return a menu that finds values as one types, of which none need be chosen."""
    element = multi_search_menu(action_id, _options(block_id, filled), placeholder=PLACEHOLDER, least_typed=0)
    return input_block(block_id, label, element, optional=True)


def account(block_id: str, label: str, filled: Filled, *, hint: str | None = None) -> Block:
    """Return a person of the Slack workspace, who may be left out."""
    element = account_menu(INPUT, filled.cells.get(block_id))
    return input_block(block_id, label, element, hint=hint, optional=True)


def channel(block_id: str, label: str, filled: Filled, *, hint: str | None = None) -> Block:
    """Return a channel, public or private."""
    return input_block(block_id, label, channel_menu(INPUT, filled.cells.get(block_id)), hint=hint)


def _options(block_id: str, filled: Filled) -> list[Option]:
    values = [value for value in (filled.cells.get(block_id) or "").split(";") if value]
    return [option(value, filled.labels.get(value, value)) for value in values]


def form(title: str, callback_id: str, blocks: Sequence[Block], key: str | None, *, card: Reply | None) -> View:
    """Return a form as a modal view; ``card`` stands above it where it was refused as a whole."""
    shown = [*(card.blocks if card else ()), *blocks]
    return modal(title, shown, callback_id=callback_id, private_metadata=json.dumps({"key": key}), submit="Save")


def saving(months_of: int, shown_as: str) -> View:
    """Return what stands in the form's place while months of so many patients are evaluated again.

    ``shown_as`` names the view, so that it can be changed as soon as Slack shows it (``bot.slack.retry_handlers``).
    """
    said = f"*Saving…* The months of {months_of} patients are evaluated again; this takes a moment."
    return {**reply_view(Reply("Saving", (section(said),)), title="Saving"), "external_id": shown_as}


LOADING = reply_view(Reply("One moment", (section("The form opens in a moment…"),)), title="One moment")
"""What is opened at once where Slack has to be asked before the form can be filled."""


def filled_in(view: Mapping[str, Any]) -> Filled:
    """Return what was filled in, from the payload of a submission; a line break separates values like a semicolon."""
    cells: dict[str, str] = {}
    labels: dict[str, str] = {}
    for block_id, inputs in view["state"]["values"].items():
        (state,) = inputs.values()
        chosen = [one for one in [state.get("selected_option"), *(state.get("selected_options") or [])] if one]
        labels |= {one["value"]: one["text"]["text"] for one in chosen}
        plain = (state.get(name) for name in ("value", "selected_date", "selected_user", "selected_conversation"))
        cells[block_id] = next(filter(None, plain), "") or ";".join(one["value"] for one in chosen)
    return Filled(cells, labels, json.loads(view.get("private_metadata") or "{}").get("key"))
