"""Forms as a person sees them, for tests."""

from collections.abc import Mapping
from typing import Any

from bot.playground import Glance, SeenView


def opened(seen: Glance) -> SeenView:
    """The modal that is open now."""
    assert seen.modal is not None
    return seen.modal


def said(seen: Glance) -> str:
    """All that can be read: in the new messages and in the modal."""
    return "\n".join([seen.words, seen.modal.words if seen.modal else ""])


def modal_words(seen: Glance) -> str:
    """The words of the modal that is open now."""
    return opened(seen).words


def prefilled(view: SeenView) -> dict[str, str]:
    """What stands in a form, by the names of its inputs."""
    values = {}
    for block in view.blocks:
        element = block.get("element", {})
        options = element.get("initial_options") or [element.get("initial_option") or {}]
        plain = [element.get(f"initial_{kind}") for kind in ("value", "date", "time")]
        value = next(filter(None, plain), options[0].get("value"))
        if value:
            values[name_of(block["block_id"])] = value
    return values


def input_id(view: SeenView, name: str) -> str:
    """The block id that the input ``name`` has in the form now."""
    return next(block["block_id"] for block in view.blocks if name_of(block["block_id"]) == name)


def by_id(view: SeenView, values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` by the names of inputs, under the block ids that these have in the form now."""
    return {input_id(view, name): value for name, value in values.items()}


def name_of(block_id: str) -> str:
    """The name of the input that has this block id."""
    return block_id.partition(".")[0]
