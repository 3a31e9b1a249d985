"""Elements a person fills in: the state they are in, what can be entered, and what a form may not lack.

States have the shapes of https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.errors import ImpossibleAction
from bot.playground.filling import elements_of
from bot.playground.limits.elements import MOST_TEXT_INPUT, TEXT_INPUTS
from bot.playground.limits.objects import offered_options
from bot.playground.settings import JSON
from ledger.characters import characters

# The key of an element's state that holds what was chosen, and the key it is given a beginning by.
STATE_KEYS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(TEXT_INPUTS, ("value", "initial_value")),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
OFFERING = frozenset({"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"})
REQUIRED = "Please complete this required field."


def initial_state(blocks: list[JSON]) -> JSON:
    """Return `state.values` of blocks nobody has touched."""
    state: JSON = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in STATE_KEYS:
                key, initial = STATE_KEYS[element["type"]]
                empty: list[JSON] | None = [] if key.endswith("s") else None
                value = {"type": element["type"], key: element.get(initial, empty)}
                state.setdefault(block["block_id"], {})[element["action_id"]] = value
    return state


def merged_state(blocks: list[JSON], entered: JSON) -> JSON:
    """Return `state.values` of these blocks with what was entered, where the block and action are still there."""
    state = initial_state(blocks)
    for block_id, actions in state.items():
        for action_id, untouched in actions.items():
            given = entered.get(block_id, {}).get(action_id)
            if isinstance(given, dict) and given.get("type", untouched["type"]) == untouched["type"]:
                actions[action_id] = {**untouched, **given}
    return state


def find_element(blocks: list[JSON], action_id: str, block_id: str | None = None) -> tuple[JSON, JSON]:
    """Return the block and the element a person means; raise ImpossibleAction where there is none, or several."""
    found = [
        (block, element)
        for block in blocks
        if block_id is None or block.get("block_id") == block_id
        for element in elements_of(block)
        if element["action_id"] == action_id
    ]
    if len(found) != 1:
        raise ImpossibleAction(f"{len(found)} elements here have the action_id {action_id!r} (block_id {block_id!r})")
    return found[0]


def chosen(element: JSON, value: Any, suggested: list[JSON] | None = None) -> JSON:
    """Return the state of an element after a person chose `value`.

    `value` may be plain (text, a date, an option's value, a list of them) or already a state such as
    `{"selected_option": {...}}`. `suggested` are the options an external menu showed.

    Raises:
        ImpossibleAction: for an option that is not on offer, or a value of the wrong kind.
    """
    kind = element["type"]
    if kind != "overflow" and kind not in STATE_KEYS:
        raise ImpossibleAction(f"a {kind} holds no value")
    key = "selected_option" if kind == "overflow" else STATE_KEYS[kind][0]
    if isinstance(value, dict) and key in value:
        value = value[key]
    if key in {"selected_option", "selected_options"} and value is not None:
        offered = offered_options(element) if kind in OFFERING else suggested
        value = [_option(each, offered) for each in value] if key.endswith("s") else _option(value, offered)
    elif kind in TEXT_INPUTS:
        value = None if value in (None, "") else str(value)
    _refuse_unreadable(kind, value)
    return {"type": kind, key: value}


def _option(value: Any, offered: list[JSON] | None) -> JSON:
    if offered is None:
        if isinstance(value, dict):
            return value
        raise ImpossibleAction("an external menu takes a whole option, or one of those it was asked for")
    for option in offered:
        if option == value or option["value"] == value or option["text"]["text"] == value:
            return option
    raise ImpossibleAction(f"{value!r} is not on offer: {[option['value'] for option in offered]}")


def _refuse_unreadable(kind: str, value: Any) -> None:
    if value is None:
        return
    try:
        if kind == "datepicker":
            dt.date.fromisoformat(value)
        if kind == "timepicker":
            dt.time.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ImpossibleAction(f"a {kind} cannot hold {value!r}") from error


def wrong_entries(blocks: list[JSON], state: JSON) -> dict[str, str]:
    """Return for each input block that Slack would not submit the words shown under it."""
    wrong: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = state[block["block_id"]][element["action_id"]][STATE_KEYS[element["type"]][0]]
            words = _wrong_entry(element, value, optional=bool(block.get("optional")))
            if words is not None:
                wrong[block["block_id"]] = words
    return wrong


def _wrong_entry(element: JSON, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else REQUIRED
    check = _CHECKS.get(element["type"], _too_many)
    return check(element, value)


def _too_many(element: JSON, value: Any) -> str | None:
    most = element.get("max_selected_items")
    return None if most is None or len(value) <= most else f"Please select no more than {most} items."


def _wrong_email(_element: JSON, value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _wrong_url(_element: JSON, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


def _wrong_length(element: JSON, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", MOST_TEXT_INPUT)
    if characters(value) < least:
        return f"Please enter at least {least} characters."
    if characters(value) > most:
        return f"Please enter no more than {most} characters."
    return None


def _wrong_number(element: JSON, value: str) -> str | None:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    if element.get("min_value") is not None and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") is not None and float(value) > float(element["max_value"]):
        return f"Please enter a number of no more than {element['max_value']}."
    return None


_CHECKS: Mapping[str, Callable[[JSON, Any], str | None]] = {
    "plain_text_input": _wrong_length,
    "number_input": _wrong_number,
    "email_text_input": _wrong_email,
    "url_text_input": _wrong_url,
}
