"""Composition objects: texts, options, confirmations (https://docs.slack.dev/reference/block-kit/composition-objects)."""

from typing import Any

from bot.playground.limits.shapes import Check, Problems, Shape, anything, array, boolean, by_type, one_of, string

MOST_OPTIONS = 100


def plain_text(most: int, least: int = 1) -> Check:
    """Return the check for a plain text object of a length within bounds."""
    shape = Shape({"type": anything, "text": string(most, least), "emoji": boolean}, required=("text",))
    return by_type({"plain_text": shape})


def any_text(most: int, least: int = 1) -> Check:
    """Return the check for a plain text or mrkdwn object of a length within bounds."""
    plain = Shape({"type": anything, "text": string(most, least), "emoji": boolean}, required=("text",))
    marked = Shape({"type": anything, "text": string(most, least), "verbatim": boolean}, required=("text",))
    return by_type({"plain_text": plain, "mrkdwn": marked})


def option(text: Check, *, may_have_url: bool = False) -> Shape:
    """Return the shape of one option of a menu or of a group of boxes."""
    fields: dict[str, Check] = {"text": text, "value": string(150, 1), "description": text}
    if may_have_url:
        fields["url"] = string(3_000, 1)
    return Shape(fields, required=("text", "value"))


MENU_OPTION = option(plain_text(75))
OVERFLOW_OPTION = option(plain_text(75), may_have_url=True)
BOX_OPTION = option(any_text(75))
MENU_OPTIONS = array(MENU_OPTION, MOST_OPTIONS, 1)
OPTION_GROUPS = array(
    Shape({"label": plain_text(75), "options": MENU_OPTIONS}, required=("label", "options")), MOST_OPTIONS, 1
)
BOX_OPTIONS = array(BOX_OPTION, 10, 1)

CONFIRM = Shape(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
        "style": one_of("primary", "danger"),
    },
    required=("title", "text", "confirm", "deny"),
)

DISPATCH_CONFIG = Shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)},
    required=("trigger_actions_on",),
)

CONVERSATION_FILTER = Shape(
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)


def offered_options(element: Any) -> list[Any]:
    """Return every option an element offers, those of its groups included."""
    groups = element.get("option_groups") or []
    grouped = [each for group in groups if isinstance(group, dict) for each in group.get("options") or []]
    return [*(element.get("options") or []), *grouped]


def initial_options_are_offered(element: Any, pointer: str, problems: Problems) -> None:
    """Report an initial option that is not, field by field, one of those on offer."""
    initial = element.get("initial_options") or []
    if element.get("initial_option") is not None:
        initial = [element["initial_option"]]
    offered = offered_options(element)
    if any(each not in offered for each in initial):
        problems.add(pointer, "initial options must be exactly among the options on offer")
