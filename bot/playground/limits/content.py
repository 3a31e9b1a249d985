"""What Slack takes as a message, as a view, and as the options of a menu; everything else it refuses."""

import json
from typing import Any

from bot.playground.errors import SlackError
from bot.playground.limits import blocks, objects, tables
from bot.playground.limits.shapes import Check, Problems, Shape, anything, array, boolean, exactly_one, one_of, string
from bot.playground.settings import JSON
from ledger.characters import characters

MOST_TEXT = 40_000
MOST_VIEW_BYTES = 250_000
MOST_METADATA_BYTES = 16_000


def check_message(text: Any, message_blocks: Any) -> None:
    """Refuse what may not be posted (https://docs.slack.dev/reference/methods/chat.postMessage).

    Stricter than Slack in one point: blocks need a text beside them, for notifications and screen readers.

    Raises:
        SlackError: `no_text`, `msg_too_long`, `invalid_blocks`, or `invalid_attachments` for a second table.
    """
    if not isinstance(text, str) or not text.strip():
        told = ["[ERROR] a text beside the blocks is missing; notifications and screen readers need one"]
        raise SlackError("no_text", told if message_blocks else ())
    if characters(text) > MOST_TEXT:
        raise SlackError("msg_too_long")
    if message_blocks is None:
        return
    problems = Problems()
    blocks.check_blocks(message_blocks, "/blocks", problems, in_message=True)
    _refuse(problems, "invalid_blocks", also_as_errors=True)
    _check_tables(message_blocks)


def _check_tables(message_blocks: list[JSON]) -> None:
    if [block["type"] for block in message_blocks].count("table") > 1:
        raise SlackError("invalid_attachments", ["[ERROR] only_one_table_allowed [json-pointer:/blocks]"])
    if tables.count_characters(message_blocks) > tables.MOST_CHARACTERS:
        words = f"table cells must hold no more than {tables.MOST_CHARACTERS} characters together"
        raise SlackError("invalid_blocks", [f"[ERROR] {words} [json-pointer:/blocks]"])


def _refuse(problems: Problems, error: str, *, also_as_errors: bool = False) -> None:
    messages = problems.messages()
    if messages:
        extra = {"errors": [each.removeprefix("[ERROR] ") for each in messages]} if also_as_errors else {}
        raise SlackError(error, messages, extra=extra)


_COMMON_FIELDS: dict[str, Check] = {
    "type": anything,
    "blocks": anything,
    "private_metadata": string(3_000),
    "callback_id": string(255),
    "external_id": string(255),
}

_MODAL = Shape(
    {
        **_COMMON_FIELDS,
        "title": objects.plain_text(24),
        "submit": objects.plain_text(24),
        "close": objects.plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
    required=("title", "blocks"),
)

_HOME = Shape(_COMMON_FIELDS, required=("blocks",))


def _inputs_can_be_submitted(view: JSON, problems: Problems) -> None:
    has_input = any(isinstance(each, dict) and each.get("type") == "input" for each in view.get("blocks") or [])
    if has_input and view.get("submit") is None:
        problems.add("/view/submit", "`submit` is required when an `input` block is within blocks")


def _one_focus(view: JSON, problems: Problems) -> None:
    if json.dumps(view).count('"focus_on_load": true') > 1:
        problems.add("/view/blocks", "only one element may have focus_on_load")


def check_view(view: Any, *, kind: str) -> None:
    """Refuse what is no modal or App Home (https://docs.slack.dev/reference/views); `kind` is `modal` or `home`.

    Raises:
        SlackError: `invalid_arguments`, or `view_too_large` past 250 kB.
    """
    problems = Problems()
    if not isinstance(view, dict):
        problems.add("/view", "must provide an object")
    else:
        one_of(kind)(view.get("type"), "/view/type", problems)
        (_MODAL if kind == "modal" else _HOME)(view, "/view", problems)
        blocks.check_blocks(view.get("blocks", []), "/view/blocks", problems, in_message=False)
        _one_focus(view, problems)
        if kind == "modal":
            _inputs_can_be_submitted(view, problems)
    _refuse(problems, "invalid_arguments")
    if len(json.dumps(view).encode()) > MOST_VIEW_BYTES:
        raise SlackError("view_too_large")


def check_metadata(metadata: Any) -> None:
    """Refuse message metadata of another form (https://docs.slack.dev/messaging/message-metadata).

    Raises:
        SlackError: `invalid_metadata_format`, or `metadata_too_large`.
    """
    problems = Problems()
    shape = Shape({"event_type": string(255, 1), "event_payload": _object}, required=("event_type", "event_payload"))
    shape(metadata, "/metadata", problems)
    _refuse(problems, "invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > MOST_METADATA_BYTES:
        raise SlackError("metadata_too_large")


def _object(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        problems.add(pointer, "must provide an object")


_OPTIONS_ANSWER = Shape(
    {
        "options": array(objects.MENU_OPTION, objects.MOST_OPTIONS),
        "option_groups": array(
            Shape(
                {"label": objects.plain_text(75), "options": array(objects.MENU_OPTION, objects.MOST_OPTIONS)},
                required=("label", "options"),
            ),
            objects.MOST_OPTIONS,
        ),
    },
    rules=(exactly_one("options", "option_groups"),),
)


def check_options_answer(answer: Any) -> None:
    """Refuse an answer to a `block_suggestion` that no menu can show; raise SlackError `invalid_arguments`."""
    problems = Problems()
    _OPTIONS_ANSWER(answer, "", problems)
    _refuse(problems, "invalid_arguments")
