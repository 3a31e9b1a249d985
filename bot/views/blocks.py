"""Block Kit as plain dictionaries (decision 028): views, inputs, and the elements that stand in them.

Blocks of messages are made in ``bot.views.reply``. What a builder is given as None or as nothing at all is left out:
Slack takes no empty values. See https://docs.slack.dev/reference/block-kit.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from bot.views.formatting import clipped

Block: TypeAlias = dict[str, Any]
"""A block of a message, of a modal or of the Home tab."""
Element: TypeAlias = dict[str, Any]
"""What can be pressed, chosen or filled in; it stands in a block."""
Option: TypeAlias = dict[str, Any]
"""A choice of a menu, of boxes or of radio buttons."""
View: TypeAlias = dict[str, Any]
"""A modal or a Home tab."""

LABEL_CHARACTERS = 75
"""Of a choice in a menu."""
MOST_OPTIONS = 100
"""How many choices a menu can have."""


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str = "Cancel",
    submit: str | None = None,
    callback_id: str | None = None,
    private_metadata: str | None = None,
    external_id: str | None = None,
) -> View:
    """Return a modal under ``title`` (24 characters fit); one that can be submitted has a ``callback_id``."""
    return filled(
        type="modal",
        title=plain_text(title),
        submit=submit and plain_text(submit),
        close=plain_text(close),
        callback_id=callback_id,
        private_metadata=private_metadata,
        external_id=external_id,
        blocks=list(blocks),
    )


def home_tab(blocks: Sequence[Block]) -> View:
    """Return a Home tab."""
    return {"type": "home", "blocks": list(blocks)}


def input_block(
    block_id: str,
    label: str,
    element: Element,
    *,
    hint: str | None = None,
    optional: bool | None = None,
    dispatch_action: bool | None = None,
) -> Block:
    """Return ``element`` as an input; with ``dispatch_action`` the bot hears of it before the form is submitted."""
    return filled(
        type="input",
        block_id=block_id,
        label=plain_text(label),
        element=element,
        hint=hint and plain_text(hint),
        optional=optional,
        dispatch_action=dispatch_action,
    )


def text_field(
    action_id: str,
    initial: str | None = None,
    *,
    most_characters: int,
    multiline: bool | None = None,
    placeholder: str | None = None,
    on_enter: bool = False,
) -> Element:
    """Return a field for text; ``on_enter`` tells the bot of it when Enter is pressed in it."""
    return _element(
        "plain_text_input",
        action_id,
        placeholder,
        initial_value=initial,
        max_length=most_characters,
        multiline=multiline,
        dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]} if on_enter else None,
    )


def number_field(
    action_id: str, initial: str | None = None, *, is_decimal_allowed: bool = False, least: str | None = None
) -> Element:
    """Return a field for a number of at least ``least``."""
    return _element(
        "number_input", action_id, is_decimal_allowed=is_decimal_allowed, initial_value=initial, min_value=least
    )


def date_picker(action_id: str, initial: str | None) -> Element:
    """Return a calendar; ``initial`` is a date as ``2026-11-03``."""
    return _element("datepicker", action_id, initial_date=initial)


def time_picker(action_id: str, initial: str | None) -> Element:
    """Return a clock; ``initial`` is a time as ``14:30``."""
    return _element("timepicker", action_id, initial_time=initial)


def checkboxes(action_id: str, options: Sequence[Option], initial: Sequence[Option] = ()) -> Element:
    """Return boxes, of which those of ``initial`` are ticked."""
    return _element("checkboxes", action_id, options=list(options), initial_options=list(initial))


def radio_buttons(action_id: str, options: Sequence[Option], initial: Option | None) -> Element:
    """Return choices of which one can be in force, all of them seen."""
    return _element("radio_buttons", action_id, options=list(options), initial_option=initial)


def select_menu(
    action_id: str, options: Sequence[Option], initial: Option | None = None, *, placeholder: str | None = None
) -> Element:
    """Return a menu of fixed choices."""
    return _element("static_select", action_id, placeholder, options=list(options), initial_option=initial)


def grouped_select_menu(action_id: str, groups: Sequence[tuple[str, Sequence[Option]]], *, placeholder: str) -> Element:
    """Return a menu of fixed choices under the labels of their groups."""
    option_groups = [{"label": plain_text(label), "options": list(options)} for label, options in groups]
    return _element("static_select", action_id, placeholder, option_groups=option_groups)


def multi_select_menu(
    action_id: str, options: Sequence[Option], initial: Sequence[Option], *, placeholder: str
) -> Element:
    """Return a menu of fixed choices, any number of which can be in force."""
    return _element("multi_static_select", action_id, placeholder, options=list(options), initial_options=list(initial))


def search_menu(action_id: str, initial: Option | None = None, *, placeholder: str, least_typed: int) -> Element:
    """Return a menu whose choices the bot finds once ``least_typed`` characters were typed."""
    return _element("external_select", action_id, placeholder, initial_option=initial, min_query_length=least_typed)


def multi_search_menu(action_id: str, initial: Sequence[Option], *, placeholder: str, least_typed: int) -> Element:
    """Return the same menu where any number of what it finds can be chosen."""
    return _element(
        "multi_external_select",
        action_id,
        placeholder,
        initial_options=list(initial),
        min_query_length=least_typed,
    )


def account_menu(action_id: str, initial: str | None) -> Element:
    """Return a menu of the people of the workspace; ``initial`` is a Slack user id."""
    return _element("users_select", action_id, initial_user=initial)


def channel_menu(action_id: str, initial: str | None) -> Element:
    """Return a menu of the workspace's own public and private channels; ``initial`` is a channel id."""
    kinds = {"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True}
    return _element("conversations_select", action_id, initial_conversation=initial, filter=kinds)


def option(value: str, label: str, description: str = "") -> Option:
    """Return a choice; a label of more than 75 characters ends in dots, a ``value`` has at most 150."""
    text = plain_text(clipped(label, LABEL_CHARACTERS))
    return filled(value=value, text=text, description=description and plain_text(description))


def plain_text(text: str) -> dict[str, Any]:
    """Return ``text`` as Slack shows it letter by letter."""
    return {"type": "plain_text", "text": text, "emoji": True}


def filled(**fields: Any) -> dict[str, Any]:
    """Return those of ``fields`` that hold something; zero and no are something."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


def _element(kind: str, action_id: str, placeholder: str | None = None, **fields: Any) -> Element:
    return filled(type=kind, action_id=action_id, placeholder=placeholder and plain_text(placeholder), **fields)
