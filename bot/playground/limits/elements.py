"""Block elements: what can be pressed, picked or filled in (https://docs.slack.dev/reference/block-kit/block-elements)."""

from typing import Any

from bot.playground.limits import objects
from bot.playground.limits.shapes import (
    Check,
    Problems,
    Shape,
    anything,
    array,
    boolean,
    exactly_one,
    integer,
    one_of,
    pattern,
    string,
)

PLACEHOLDER = objects.plain_text(150)
DATE = pattern(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date as YYYY-MM-DD")
TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
DECIMAL = pattern(r"-?\d+(\.\d+)?", "a number written as text")
MOST_TEXT_INPUT = 3_000


def _element(fields: dict[str, Check], required: tuple[str, ...] = (), rules: tuple[Check, ...] = ()) -> Shape:
    return Shape({"type": anything, "action_id": string(255, 1), **fields}, required, rules)


def _menu(fields: dict[str, Check], required: tuple[str, ...] = (), rules: tuple[Check, ...] = ()) -> Shape:
    common: dict[str, Check] = {"placeholder": PLACEHOLDER, "confirm": objects.CONFIRM, "focus_on_load": boolean}
    return _element({**common, **fields}, required, rules)


def _many(fields: dict[str, Check], required: tuple[str, ...] = (), rules: tuple[Check, ...] = ()) -> Shape:
    return _menu({**fields, "max_selected_items": integer(1, objects.MOST_OPTIONS)}, required, rules)


def _text_input(fields: dict[str, Check], required: tuple[str, ...] = (), rules: tuple[Check, ...] = ()) -> Shape:
    common: dict[str, Check] = {
        "placeholder": PLACEHOLDER,
        "dispatch_action_config": objects.DISPATCH_CONFIG,
        "focus_on_load": boolean,
    }
    return _element({**common, **fields}, required, rules)


def _lengths_in_order(element: Any, pointer: str, problems: Problems) -> None:
    least, most = element.get("min_length"), element.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        problems.add(pointer, "min_length must not be more than max_length")


_OFFERED: dict[str, Check] = {"options": objects.MENU_OPTIONS, "option_groups": objects.OPTION_GROUPS}
_ONE_OFFER = exactly_one("options", "option_groups")
_OFFER_RULES = (_ONE_OFFER, objects.initial_options_are_offered)
_QUERY_LENGTH: dict[str, Check] = {"min_query_length": integer(0, 100)}
_IDS = array(string(255, 1))
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": objects.CONVERSATION_FILTER,
}

IMAGE = Shape(
    {"type": anything, "image_url": string(3_000, 1), "alt_text": string(2_000, 1)},
    required=("image_url", "alt_text"),
)

BUTTON = _element(
    {
        "text": objects.plain_text(75),
        "value": string(2_000),
        "url": string(3_000, 1),
        "style": one_of("primary", "danger"),
        "confirm": objects.CONFIRM,
        "accessibility_label": string(75, 1),
    },
    required=("text",),
)

OVERFLOW = _element(
    {"options": array(objects.OVERFLOW_OPTION, 5, 1), "confirm": objects.CONFIRM}, required=("options",)
)

SELECTS: dict[str, Check] = {
    "static_select": _menu({**_OFFERED, "initial_option": objects.MENU_OPTION}, rules=_OFFER_RULES),
    "external_select": _menu({**_QUERY_LENGTH, "initial_option": objects.MENU_OPTION}),
    "users_select": _menu({"initial_user": string(255, 1)}),
    "conversations_select": _menu({**_CONVERSATIONS, "initial_conversation": string(255, 1)}),
    "channels_select": _menu({"initial_channel": string(255, 1), "response_url_enabled": boolean}),
}

MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": _many(
        {**_OFFERED, "initial_options": array(objects.MENU_OPTION, objects.MOST_OPTIONS, 1)}, rules=_OFFER_RULES
    ),
    "multi_external_select": _many({**_QUERY_LENGTH, "initial_options": array(objects.MENU_OPTION, 100, 1)}),
    "multi_users_select": _many({"initial_users": _IDS}),
    "multi_conversations_select": _many({**_CONVERSATIONS, "initial_conversations": _IDS}),
}

PICKERS: dict[str, Check] = {
    "datepicker": _menu({"initial_date": DATE}),
    "timepicker": _menu({"initial_time": TIME, "timezone": string(100, 1)}),
    "datetimepicker": _element(
        {
            "initial_date_time": integer(1_000_000_000, 9_999_999_999),
            "confirm": objects.CONFIRM,
            "focus_on_load": boolean,
        }
    ),
}

BOXES: dict[str, Check] = {
    "checkboxes": _element(
        {
            "options": objects.BOX_OPTIONS,
            "initial_options": objects.BOX_OPTIONS,
            "confirm": objects.CONFIRM,
            "focus_on_load": boolean,
        },
        required=("options",),
        rules=(objects.initial_options_are_offered,),
    ),
    "radio_buttons": _element(
        {
            "options": objects.BOX_OPTIONS,
            "initial_option": objects.BOX_OPTION,
            "confirm": objects.CONFIRM,
            "focus_on_load": boolean,
        },
        required=("options",),
        rules=(objects.initial_options_are_offered,),
    ),
}

TEXT_INPUTS: dict[str, Check] = {
    "plain_text_input": _text_input(
        {
            "initial_value": string(MOST_TEXT_INPUT),
            "multiline": boolean,
            "min_length": integer(0, MOST_TEXT_INPUT),
            "max_length": integer(1, MOST_TEXT_INPUT),
        },
        rules=(_lengths_in_order,),
    ),
    "number_input": _text_input(
        {"is_decimal_allowed": boolean, "initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
        required=("is_decimal_allowed",),
    ),
    "email_text_input": _text_input({"initial_value": string()}),
    "url_text_input": _text_input({"initial_value": string()}),
}

IN_ACTIONS: dict[str, Check] = {"button": BUTTON, "overflow": OVERFLOW, **SELECTS, **PICKERS, **BOXES}
IN_SECTION: dict[str, Check] = {**IN_ACTIONS, **MULTI_SELECTS, "image": IMAGE}
IN_INPUT: dict[str, Check] = {**SELECTS, **MULTI_SELECTS, **PICKERS, **BOXES, **TEXT_INPUTS}
