"""Each of Slack's limits: what is refused, and the nearest thing that is taken."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.errors import SlackError
from bot.playground.limits.content import check_message, check_metadata, check_options_answer, check_view

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> JSON:
    return {"type": "section", "text": mrkdwn("words"), **fields}


def button(**fields: Any) -> JSON:
    return {"type": "button", "text": plain("Press"), "action_id": "press", **fields}


def actions(*elements: JSON) -> JSON:
    return {"type": "actions", "elements": list(elements)}


def option(number: int = 1, **fields: Any) -> JSON:
    return {"text": plain(f"Option {number}"), "value": f"o{number}", **fields}


def options(count: int) -> list[JSON]:
    return [option(number) for number in range(count)]


def menu(**fields: Any) -> JSON:
    return {"type": "static_select", "action_id": "pick", "options": options(2), **fields}


def input_of(element: JSON, **fields: Any) -> JSON:
    return {"type": "input", "label": plain("Label"), "element": element, **fields}


def text_input(**fields: Any) -> JSON:
    return {"type": "plain_text_input", "action_id": "typed", **fields}


def confirm(**fields: Any) -> JSON:
    return {"title": plain("Sure?"), "text": mrkdwn("Really?"), "confirm": plain("Yes"), "deny": plain("No"), **fields}


def raw(text: str) -> JSON:
    return {"type": "raw_text", "text": text}


def rich(text: str) -> JSON:
    part = {"type": "text", "text": text, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}


def table(rows: list[list[JSON]], **fields: Any) -> JSON:
    return {"type": "table", "rows": rows, **fields}


def one_row(cell: JSON) -> JSON:
    return table([[cell]])


def same(count: int, thing: JSON) -> list[JSON]:
    return [thing for _ in range(count)]


def numbered(count: int) -> list[JSON]:
    return [button(action_id=f"press{number}") for number in range(count)]


# Each line: what is refused, the nearest that is taken, and a word of the reason.
BLOCKS: dict[str, tuple[list[JSON], list[JSON], str]] = {
    "51 blocks": (same(51, section()), same(50, section()), "no more than 50 items"),
    "section text": ([section(text=mrkdwn("x" * 3001))], [section(text=mrkdwn("x" * 3000))], "less than 3001"),
    "empty section text": ([section(text=mrkdwn(""))], [section(text=mrkdwn("x"))], "more than 0"),
    "section without words": ([{"type": "section"}], [{"type": "section", "fields": [plain("x")]}], "at least one of"),
    "section fields": ([section(fields=same(11, plain("x")))], [section(fields=same(10, plain("x")))], "more than 10"),
    "field text": ([section(fields=[plain("x" * 2001)])], [section(fields=[plain("x" * 2000)])], "less than 2001"),
    "header": (
        [{"type": "header", "text": plain("x" * 151)}],
        [{"type": "header", "text": plain("x" * 150)}],
        "less than 151",
    ),
    "header with markup": (
        [{"type": "header", "text": mrkdwn("x")}],
        [{"type": "header", "text": plain("x")}],
        "unsupported type: mrkdwn",
    ),
    "context elements": (
        [{"type": "context", "elements": same(11, plain("x"))}],
        [{"type": "context", "elements": same(10, plain("x"))}],
        "no more than 10",
    ),
    "button in context": (
        [{"type": "context", "elements": [button()]}],
        [{"type": "context", "elements": [mrkdwn("x")]}],
        "unsupported type: button",
    ),
    "actions elements": ([actions(*numbered(26))], [actions(*numbered(25))], "no more than 25"),
    "no actions": ([actions()], [actions(button())], "no fewer than 1"),
    "button text": (
        [actions(button(text=plain("x" * 76)))],
        [actions(button(text=plain("x" * 75)))],
        "less than 76",
    ),
    "button with markup": ([actions(button(text=mrkdwn("x")))], [actions(button(text=plain("x")))], "unsupported type"),
    "button value": ([actions(button(value="x" * 2001))], [actions(button(value="x" * 2000))], "less than 2001"),
    "button style": ([actions(button(style="warning"))], [actions(button(style="danger"))], "primary, danger"),
    "action id": ([actions(button(action_id="x" * 256))], [actions(button(action_id="x" * 255))], "less than 256"),
    "action id twice": (
        [actions(button(), button())],
        [actions(button(), button(action_id="other"))],
        "more than once",
    ),
    "block id": ([section(block_id="x" * 256)], [section(block_id="x" * 255)], "less than 256"),
    "block id twice": (
        [section(block_id="a"), section(block_id="a")],
        [section(block_id="a"), section(block_id="b")],
        "already exists",
    ),
    "menu options": ([actions(menu(options=options(101)))], [actions(menu(options=options(100)))], "more than 100"),
    "menu without options": ([actions(menu(options=[]))], [actions(menu(options=options(1)))], "fewer than 1"),
    "option text": (
        [actions(menu(options=[option(text=plain("x" * 76))]))],
        [actions(menu(options=[option(text=plain("x" * 75))]))],
        "less than 76",
    ),
    "option value": (
        [actions(menu(options=[option(value="x" * 151)]))],
        [actions(menu(options=[option(value="x" * 150)]))],
        "less than 151",
    ),
    "options and groups": (
        [actions(menu(option_groups=[{"label": plain("G"), "options": options(1)}]))],
        [actions(menu(options=None, option_groups=[{"label": plain("G"), "options": options(1)}]))],
        "exactly one of",
    ),
    "initial option": (
        [actions(menu(initial_option=option(7)))],
        [actions(menu(initial_option=option(1)))],
        "among the options",
    ),
    "placeholder": (
        [actions(menu(placeholder=plain("x" * 151)))],
        [actions(menu(placeholder=plain("x" * 150)))],
        "less than 151",
    ),
    "overflow options": (
        [actions({"type": "overflow", "options": options(6)})],
        [actions({"type": "overflow", "options": options(5)})],
        "no more than 5",
    ),
    "checkboxes": (
        [actions({"type": "checkboxes", "options": options(11)})],
        [actions({"type": "checkboxes", "options": options(10)})],
        "no more than 10",
    ),
    "multi select in actions": (
        [actions(menu(type="multi_static_select"))],
        [section(accessory=menu(type="multi_static_select"))],
        "unsupported type: multi_static_select",
    ),
    "confirm title": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        [actions(button(confirm=confirm(title=plain("x" * 100))))],
        "less than 101",
    ),
    "confirm text": (
        [actions(button(confirm=confirm(text=mrkdwn("x" * 301))))],
        [actions(button(confirm=confirm(text=mrkdwn("x" * 300))))],
        "less than 301",
    ),
    "confirm button": (
        [actions(button(confirm=confirm(confirm=plain("x" * 31))))],
        [actions(button(confirm=confirm(confirm=plain("x" * 30))))],
        "less than 31",
    ),
    "image of a file by its id and its address": (
        [{"type": "image", "slack_file": {"id": "F1", "url": "https://example.com/a.png"}, "alt_text": "A"}],
        [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A"}],
        "must have exactly one of: id, url",
    ),
    "image without words": (
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}],
        "missing required field: alt_text",
    ),
    "date": (
        [actions({"type": "datepicker", "initial_date": "11/03/2026"})],
        [actions({"type": "datepicker", "initial_date": "2026-11-03"})],
        "YYYY-MM-DD",
    ),
    "time": (
        [actions({"type": "timepicker", "initial_time": "2:05 pm"})],
        [actions({"type": "timepicker", "initial_time": "14:05"})],
        "HH:mm",
    ),
    "unknown block": ([{"type": "timeline"}], [{"type": "divider"}], "unsupported type: timeline"),
    "unknown field": ([section(colour="red")], [section(expand=True)], "invalid additional property: colour"),
    "type that is no word": ([{"type": []}], [{"type": "divider"}], "unsupported type"),
    "table rows": ([table(same(101, [raw("x")]))], [table(same(100, [raw("x")]))], "no more than 100"),
    "table columns": ([table([same(21, raw("x"))])], [table([same(20, raw("x"))])], "no more than 20"),
    "empty table cell": ([one_row(raw(""))], [one_row(raw(" "))], "more than 0"),
    "ragged table": (
        [table([[raw("a")], [raw("a"), raw("b")]])],
        [table([[raw("a"), raw("c")], [raw("a"), raw("b")]])],
        "same number of cells",
    ),
    "table cell kind": ([one_row(mrkdwn("x"))], [one_row(rich("x"))], "unsupported type: mrkdwn"),
    "table number": (
        [one_row({"type": "raw_number", "value": "12", "text": "12"})],
        [one_row({"type": "raw_number", "value": 12, "text": "12"})],
        "must provide a number",
    ),
    "table characters": (
        [table([[raw("x" * 5000)], [rich("x" * 5001)]])],
        [table([[raw("x" * 5000)], [rich("x" * 5000)]])],
        "no more than 10000 characters",
    ),
    "table column settings": (
        [table([[raw("x")]], column_settings=[{"align": "middle"}])],
        [table([[raw("x")]], column_settings=[{"align": "right", "is_wrapped": True}])],
        "left, center, right",
    ),
    "empty rich text": ([rich("")], [rich("x")], "more than 0"),
    "input label": (
        [input_of(text_input(), label=plain("x" * 2001))],
        [input_of(text_input(), label=plain("x" * 2000))],
        "less than 2001",
    ),
    "button as input": ([input_of(button())], [input_of(text_input())], "unsupported type: button"),
    "text input in actions": ([actions(text_input())], [input_of(text_input())], "unsupported type: plain_text_input"),
    "lengths crossed": (
        [input_of(text_input(min_length=5, max_length=4))],
        [input_of(text_input(min_length=4, max_length=4))],
        "must not be more",
    ),
    "number input": (
        [input_of({"type": "number_input", "action_id": "n"})],
        [input_of({"type": "number_input", "action_id": "n", "is_decimal_allowed": False})],
        "is_decimal_allowed",
    ),
}


def refused(check: Callable[[], None]) -> SlackError:
    with pytest.raises(SlackError) as caught:
        check()
    return caught.value


@pytest.mark.parametrize("rule", BLOCKS)
def test_blocks_past_a_limit_are_refused_and_those_within_it_taken(rule: str) -> None:
    too_much, just_enough, reason = BLOCKS[rule]
    error = refused(lambda: check_message("fallback", too_much))
    assert error.error == "invalid_blocks"
    assert any(reason in each for each in error.messages), error.messages
    check_message("fallback", just_enough)


def test_a_refusal_points_at_the_place() -> None:
    error = refused(lambda: check_message("fallback", [section(), section(text=mrkdwn("x" * 3001))]))
    words = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert error.body() == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [words],
        "response_metadata": {"messages": [f"[ERROR] {words}"]},
    }


def test_a_second_table_is_refused() -> None:
    check_message("fallback", [one_row(raw("x")), section()])
    error = refused(lambda: check_message("fallback", [one_row(raw("x")), one_row(raw("x"))]))
    assert error.error == "invalid_attachments"
    assert "only_one_table_allowed" in error.messages[0]


def test_a_message_needs_a_text_even_beside_blocks() -> None:
    check_message("words", None)
    assert refused(lambda: check_message(None, None)).error == "no_text"
    assert refused(lambda: check_message("", [section()])).error == "no_text"
    assert refused(lambda: check_message(" ", [section()])).error == "no_text"


PILL = "💊"
"""One character to a reader, two to Slack's clients."""
IN_UNITS: dict[str, tuple[JSON, JSON]] = {
    "mrkdwn": (section(text=mrkdwn(PILL * 1501)), section(text=mrkdwn(PILL * 1500))),
    "button": (actions(button(text=plain(PILL * 38))), actions(button(text=plain(PILL * 37)))),
    "choice": (
        actions(menu(options=[option(text=plain(PILL * 38))])),
        actions(menu(options=[option(text=plain(PILL * 37))])),
    ),
    "value": (actions(button(value=PILL * 1001)), actions(button(value=PILL * 1000))),
    "table": (table([[raw(PILL * 5001)]]), table([[raw(PILL * 5000)]])),
}


@pytest.mark.parametrize("place", IN_UNITS)
def test_an_emoji_counts_twice_as_in_the_clients(place: str) -> None:
    too_much, just_enough = IN_UNITS[place]
    assert refused(lambda: check_message("fallback", [too_much])).error == "invalid_blocks"
    check_message("fallback", [just_enough])


def test_a_text_has_40000_characters_at_most() -> None:
    check_message(PILL * 20_000, None)
    assert refused(lambda: check_message(PILL * 20_001, None)).error == "msg_too_long"
    check_message("x" * 40_000, None)
    assert refused(lambda: check_message("x" * 40_001, None)).error == "msg_too_long"


def modal(**fields: Any) -> JSON:
    return {"type": "modal", "title": plain("Title"), "blocks": [section()], **fields}


MODALS: dict[str, tuple[JSON, JSON, str]] = {
    "title": (modal(title=plain("x" * 25)), modal(title=plain("x" * 24)), "less than 25"),
    "no title": (modal(title=None), modal(), "missing required field: title"),
    "submit": (modal(submit=plain("x" * 25)), modal(submit=plain("x" * 24)), "less than 25"),
    "close": (modal(close=plain("x" * 25)), modal(close=plain("x" * 24)), "less than 25"),
    "blocks": (modal(blocks=same(101, section())), modal(blocks=same(100, section())), "no more than 100"),
    "private metadata": (modal(private_metadata="x" * 3001), modal(private_metadata="x" * 3000), "less than 3001"),
    "callback id": (modal(callback_id="x" * 256), modal(callback_id="x" * 255), "less than 256"),
    "external id": (modal(external_id="x" * 256), modal(external_id="x" * 255), "less than 256"),
    "input without submit": (
        modal(blocks=[input_of(text_input())]),
        modal(blocks=[input_of(text_input())], submit=plain("Save")),
        "`submit` is required",
    ),
    "table": (modal(blocks=[one_row(raw("x"))]), modal(), "unsupported type: table"),
    "two focused": (
        modal(
            blocks=[input_of(text_input(focus_on_load=True)), input_of(text_input(focus_on_load=True))],
            submit=plain("Save"),
        ),
        modal(
            blocks=[input_of(text_input(focus_on_load=True)), input_of(text_input(focus_on_load=False))],
            submit=plain("Save"),
        ),
        "only one element may have focus_on_load",
    ),
    "submit_disabled": (modal(submit_disabled=True), modal(clear_on_close=True), "invalid additional property"),
    "other type": (modal(type="workflow_step"), modal(), "must be one of: modal"),
}


@pytest.mark.parametrize("rule", MODALS)
def test_modals_past_a_limit_are_refused_and_those_within_it_taken(rule: str) -> None:
    too_much, just_enough, reason = MODALS[rule]
    error = refused(lambda: check_view(too_much, kind="modal"))
    assert error.error == "invalid_arguments"
    assert any(reason in each for each in error.messages), error.messages
    check_view(just_enough, kind="modal")


def test_a_home_has_no_title_and_no_table() -> None:
    home = {"type": "home", "blocks": [section()]}
    check_view(home, kind="home")
    assert refused(lambda: check_view({**home, "title": plain("x")}, kind="home")).error == "invalid_arguments"
    assert (
        refused(lambda: check_view({**home, "blocks": [one_row(raw("x"))]}, kind="home")).error == "invalid_arguments"
    )


def test_a_view_of_more_than_250_kilobytes_is_refused() -> None:
    big = [section(fields=same(10, plain("x" * 2000))) for _ in range(13)]
    assert refused(lambda: check_view(modal(blocks=big), kind="modal")).error == "view_too_large"
    check_view(modal(blocks=big[:12]), kind="modal")


def test_metadata_needs_a_type_and_a_payload() -> None:
    check_metadata({"event_type": "digest", "event_payload": {"month": "2026-11"}})
    assert refused(lambda: check_metadata({"event_type": "digest"})).error == "invalid_metadata_format"
    assert refused(lambda: check_metadata({"event_type": "d", "event_payload": []})).error == "invalid_metadata_format"


def test_a_menu_is_offered_100_options_at_most() -> None:
    check_options_answer({"options": options(100)})
    check_options_answer({"options": []})
    check_options_answer({"option_groups": [{"label": plain("G"), "options": options(1)}]})
    assert refused(lambda: check_options_answer({"options": options(101)})).error == "invalid_arguments"
    assert refused(lambda: check_options_answer(None)).error == "invalid_arguments"
    assert refused(lambda: check_options_answer({"options": [], "option_groups": []})).error == "invalid_arguments"
