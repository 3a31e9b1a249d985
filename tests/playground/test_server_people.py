"""What a person can do, and what the app is told of it: driven through a real Bolt app."""

import dataclasses
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground import ImpossibleAction, Playground, SlackError
from bot.playground.people.forms import chosen, merged_state, wrong_entries

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def option(value: str) -> JSON:
    return {"text": plain(value.title()), "value": value}


def input_block(block_id: str, kind: str, *, optional: bool = False, **fields: Any) -> JSON:
    element = {"type": kind, "action_id": "value", **fields}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, "optional": optional}


def modal(*blocks: JSON, callback_id: str = "form", **fields: Any) -> JSON:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain("Form"),
        "submit": plain("Save"),
        "blocks": list(blocks),
        **fields,
    }


BUTTON: JSON = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "7"}
CARD: list[JSON] = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


def opens(app: App, view: JSON) -> None:
    """Lets the app open a modal when `/care` is typed."""

    @app.command("/care")
    def handle(ack: Any, client: Any, command: JSON) -> None:
        client.views_open(trigger_id=command["trigger_id"], view=view)
        ack()


def keeps(app: App, kind: str, name: str, answer: JSON | None = None) -> list[JSON]:
    """Returns the list to which the app adds every payload of this kind."""
    got: list[JSON] = []

    def handle(ack: Any, body: JSON) -> None:
        got.append(body)
        ack(**(answer or {}))

    getattr(app, kind)(name)(handle)
    return got


def test_a_button_in_an_ephemeral_reply_tells_where_it_was_pressed(playground: Playground, attached: App) -> None:
    attached.command("/care")(lambda ack: ack(text="card", blocks=CARD))
    got = keeps(attached, "action", "go")
    nurse = playground.as_user("U1")
    card = nurse.command("C1", "/care").message
    assert nurse.press(card, "go").outcome.ok
    body = got[0]
    assert body["actions"][0]["value"] == "7"
    assert body["actions"][0]["block_id"] == "row"
    assert body["container"] == {"type": "message", "message_ts": card.ts, "channel_id": "C1", "is_ephemeral": True}
    assert "message" not in body, "Slack hands back no ephemeral message"
    assert body["response_url"].startswith(playground.url)
    assert body["user"]["id"] == "U1"
    assert body["enterprise"] is None


def test_a_button_in_a_channel_message_hands_back_the_message(playground: Playground, attached: App) -> None:
    got = keeps(attached, "action", "go")
    attached.client.chat_postMessage(channel="C1", text="digest", blocks=CARD)
    biller = playground.as_user("U2")
    biller.press(biller.messages("C1")[0], "go")
    assert got[0]["message"]["text"] == "digest"
    assert got[0]["container"]["is_ephemeral"] is False


def test_only_what_a_person_sees_can_be_pressed(playground: Playground, attached: App) -> None:
    attached.command("/care")(lambda ack: ack(text="card", blocks=CARD))
    card = playground.as_user("U1").command("C1", "/care").message
    with pytest.raises(ImpossibleAction, match="not there"):
        playground.as_user("U2").press(card, "go")
    with pytest.raises(ImpossibleAction, match="0 elements"):
        playground.as_user("U1").press(card, "gone")


def test_a_choice_must_be_on_offer(playground: Playground, attached: App) -> None:
    menu = {"type": "static_select", "action_id": "pick", "options": [option("call"), option("labs")]}
    attached.command("/care")(lambda ack: ack(text="card", blocks=[{"type": "actions", "elements": [menu]}]))
    got = keeps(attached, "action", "pick")
    nurse = playground.as_user("U1")
    card = nurse.command("C1", "/care").message
    nurse.press(card, "pick", "labs")
    assert got[0]["actions"][0]["selected_option"]["value"] == "labs"
    assert next(iter(got[0]["state"]["values"].values()))["pick"]["selected_option"]["value"] == "labs"
    with pytest.raises(ImpossibleAction, match="not on offer"):
        nurse.press(card, "pick", "meds")


def test_every_kind_of_field_reaches_the_app_in_slacks_shape(playground: Playground, attached: App) -> None:
    offered = [option("call"), option("labs")]
    opens(
        attached,
        modal(
            input_block("text", "plain_text_input"),
            input_block("number", "number_input", is_decimal_allowed=False),
            input_block("one", "static_select", options=offered),
            input_block("many", "multi_static_select", options=offered),
            input_block("boxes", "checkboxes", options=offered, optional=True),
            input_block("radio", "radio_buttons", options=offered, initial_option=option("call")),
            input_block("date", "datepicker", initial_date="2026-11-03"),
            input_block("time", "timepicker"),
            input_block("user", "users_select"),
            input_block("empty", "plain_text_input", optional=True),
        ),
    )
    got = keeps(attached, "view", "form")
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    entered = {"text": "P-1042", "number": 12, "one": "labs", "many": ["call"], "time": "14:05", "user": "U2"}
    assert nurse.submit(view, entered).outcome.ok
    values = {block_id: actions["value"] for block_id, actions in got[0]["view"]["state"]["values"].items()}
    assert values["text"] == {"type": "plain_text_input", "value": "P-1042"}
    assert values["number"] == {"type": "number_input", "value": "12"}
    assert values["one"]["selected_option"]["value"] == "labs"
    assert [each["value"] for each in values["many"]["selected_options"]] == ["call"]
    assert values["boxes"] == {"type": "checkboxes", "selected_options": []}
    assert values["radio"]["selected_option"]["value"] == "call"
    assert values["date"] == {"type": "datepicker", "selected_date": "2026-11-03"}
    assert values["time"] == {"type": "timepicker", "selected_time": "14:05"}
    assert values["user"] == {"type": "users_select", "selected_user": "U2"}
    assert values["empty"] == {"type": "plain_text_input", "value": None}
    assert nurse.modal is None


@pytest.mark.parametrize(
    ("block", "wrong", "right", "words"),
    [
        (input_block("f", "plain_text_input"), "", "x", "complete this required field"),
        (input_block("f", "plain_text_input", min_length=3), "ab", "abc", "at least 3"),
        (input_block("f", "plain_text_input", max_length=3), "abcd", "abc", "no more than 3"),
        (input_block("f", "plain_text_input", max_length=3), "💊💊", "a💊", "no more than 3"),
        (input_block("f", "plain_text_input", min_length=4), "a💊", "💊💊", "at least 4"),
        (input_block("f", "plain_text_input"), "x" * 3001, "x" * 3000, "no more than 3000"),
        (input_block("f", "number_input", is_decimal_allowed=False), "1.5", "1", "whole number"),
        (input_block("f", "number_input", is_decimal_allowed=True), "many", "1.5", "Please enter a number."),
        (input_block("f", "number_input", is_decimal_allowed=False, min_value="1"), "0", "1", "at least 1"),
        (input_block("f", "number_input", is_decimal_allowed=False, max_value="9"), "10", "9", "no more than 9"),
        (input_block("f", "email_text_input"), "nurse", "nurse@example.com", "valid email"),
        (input_block("f", "url_text_input"), "example", "https://example.com", "valid URL"),
        (
            input_block("f", "multi_static_select", options=[option("a"), option("b")], max_selected_items=1),
            ["a", "b"],
            ["a"],
            "no more than 1",
        ),
    ],
)
def test_slack_itself_refuses_what_a_field_does_not_take(block: JSON, wrong: Any, right: Any, words: str) -> None:
    def shown(value: Any) -> dict[str, str]:
        entered = {"f": {"value": chosen(block["element"], value)}}
        return wrong_entries([block], merged_state([block], entered))

    assert words in shown(wrong)["f"]
    assert shown(right) == {}


def test_a_form_that_is_not_filled_in_does_not_reach_the_app(playground: Playground, attached: App) -> None:
    opens(attached, modal(input_block("code", "plain_text_input")))
    got = keeps(attached, "view", "form")
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    assert nurse.submit(view).errors == {"code": "Please complete this required field."}
    assert got == []


def test_the_apps_errors_stand_under_their_fields(playground: Playground, attached: App) -> None:
    opens(attached, modal(input_block("code", "plain_text_input")))
    attached.view("form")(lambda ack: ack(response_action="errors", errors={"code": "Nobody has this code."}))
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    seen = nurse.submit(view, {"code": "P-9999"})
    assert seen.errors == {"code": "Nobody has this code."}
    assert seen.modal == view
    assert playground.refusals == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"other": "No such field."}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
def test_an_answer_to_a_form_that_slack_cannot_show_is_a_refusal(
    playground: Playground, attached: App, answer: JSON
) -> None:
    opens(attached, modal(input_block("code", "plain_text_input")))
    keeps(attached, "view", "form", answer)
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    assert nurse.submit(view, {"code": "P-1042"}).outcome.error is not None
    assert len(playground.refusals) == 1


def test_a_form_can_lead_to_the_next_and_back(playground: Playground, attached: App) -> None:
    opens(attached, modal(input_block("code", "plain_text_input")))
    keeps(attached, "view", "form", {"response_action": "push", "view": modal(callback_id="second")})
    keeps(attached, "view", "second")
    nurse = playground.as_user("U1")
    first = nurse.command("C1", "/care").modal
    assert first is not None
    second = nurse.submit(first, {"code": "P-1042"}).modal
    assert second is not None
    assert second.callback_id == "second"
    with pytest.raises(ImpossibleAction, match="under another"):
        nurse.submit(first)
    assert nurse.submit(second).modal == first


def test_a_form_can_change_in_place_or_close_all(playground: Playground, attached: App) -> None:
    opens(attached, modal(input_block("code", "plain_text_input")))
    keeps(attached, "view", "form", {"response_action": "update", "view": modal(callback_id="done")})
    keeps(attached, "view", "done", {"response_action": "clear"})
    nurse = playground.as_user("U1")
    first = nurse.command("C1", "/care").modal
    assert first is not None
    changed = nurse.submit(first, {"code": "P-1042"}).modal
    assert changed is not None
    assert (changed.id, changed.callback_id) == (first.id, "done")
    assert nurse.submit(changed).modal is None


def test_what_was_typed_stays_when_the_app_changes_the_form(playground: Playground, attached: App) -> None:
    code = {**input_block("code", "plain_text_input"), "dispatch_action": True}
    note = input_block("note", "plain_text_input", optional=True)
    opens(attached, modal(code))

    @attached.action("value")
    def adds_a_field(ack: Any, body: JSON, client: Any) -> None:
        view = modal(code, note)
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        ack()

    got = keeps(attached, "view", "form")
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    changed = nurse.press(view, "value", "P-1042").modal
    assert changed is not None
    assert nurse.submit(changed, {"note": "called"}).outcome.ok
    assert got[0]["view"]["state"]["values"]["code"]["value"]["value"] == "P-1042"


@pytest.mark.parametrize(("asked", "told"), [({}, []), ({"notify_on_close": True}, [False])])
def test_an_app_hears_of_a_closed_form_only_if_it_asked(
    playground: Playground, attached: App, asked: JSON, told: list[bool]
) -> None:
    opens(attached, modal(**asked))
    closed = keeps(attached, "view_closed", "form")
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    assert nurse.close(view).modal is None
    assert [each["is_cleared"] for each in closed] == told


def test_an_external_menu_asks_the_app(playground: Playground, attached: App) -> None:
    opens(attached, modal(input_block("patient", "external_select", min_query_length=1)))
    asked = keeps(attached, "options", "value", {"options": [option("p-1042")]})
    got = keeps(attached, "view", "form")
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    assert nurse.suggest(view, "value", "") == []
    offered = nurse.suggest(view, "value", "104")
    assert (asked[0]["value"], asked[0]["block_id"]) == ("104", "patient")
    nurse.submit(view, {"patient": offered[0]})
    assert got[0]["view"]["state"]["values"]["patient"]["value"]["selected_option"] == option("p-1042")


def test_options_no_menu_can_show_are_refused(playground: Playground, attached: App) -> None:
    opens(attached, modal(input_block("patient", "external_select", min_query_length=0)))
    keeps(attached, "options", "value", {"options": [option("x" * 76)]})
    nurse = playground.as_user("U1")
    view = nurse.command("C1", "/care").modal
    assert view is not None
    with pytest.raises(SlackError, match="less than 76"):
        nurse.suggest(view, "value", "1")
    assert len(playground.refusals) == 1


def test_shortcuts_open_forms_and_carry_the_message(playground: Playground, attached: App) -> None:
    anywhere = keeps(attached, "shortcut", "log_anywhere")
    on_message = keeps(attached, "shortcut", "log_message")
    nurse = playground.as_user("U1")
    nurse.shortcut("log_anywhere")
    said = nurse.say("C1", "called the pharmacy").message
    nurse.shortcut("log_message", said)
    assert "channel" not in anywhere[0]
    assert on_message[0]["message"]["text"] == "called the pharmacy"
    assert on_message[0]["channel"] == {"id": "C1", "name": "team-one"}
    with pytest.raises(ImpossibleAction, match="declares no global shortcut"):
        nurse.shortcut("log_message")


def test_a_command_does_not_work_in_a_thread(playground: Playground, attached: App) -> None:
    nurse = playground.as_user("U1")
    parent = nurse.say("C1", "good morning").message
    seen = nurse.say("C1", "/care", thread_ts=parent.ts)
    assert "not supported in threads" in seen.words
    assert [each.text for each in nurse.messages("C1", parent.ts)] == [
        "good morning",
        "/care is not supported in threads.",
    ]


def test_an_app_hears_only_what_it_subscribed_to_where_it_is(playground: Playground, attached: App) -> None:
    heard: list[JSON] = []

    @attached.event("message")
    @attached.event("app_mention")
    def hear(event: JSON) -> None:
        heard.append(event)

    nurse = playground.as_user("U1")
    nurse.say("C1", "good morning <@U0APP>")
    nurse.say("C2", "nobody listens here")
    assert [(each["type"], each["text"]) for each in heard] == [("message", "good morning <@U0APP>")]


def test_a_deactivated_person_can_do_nothing(playground: Playground, attached: App) -> None:
    attached.command("/care")(lambda ack: ack("hello"))
    playground.people.deactivate("U1")
    with pytest.raises(ImpossibleAction, match="deactivated"):
        playground.as_user("U1").command("C1", "/care")


def test_the_app_is_told_of_an_account_that_is_deactivated_and_restored_as_users_info_has_it(
    playground: Playground, attached: App, client: WebClient
) -> None:
    features = playground.workspace.features
    playground.workspace.features = dataclasses.replace(features, events=features.events | {"user_change"})
    told: list[JSON] = []

    @attached.event("user_change")
    def hear(event: JSON) -> None:
        told.append(event)

    for change, is_deleted in ((playground.people.deactivate, True), (playground.people.reactivate, False)):
        change("U1")
        assert told[-1]["user"] == client.users_info(user="U1")["user"]
        assert told[-1]["user"]["deleted"] is is_deleted
    with pytest.raises(ImpossibleAction, match="active"):
        playground.people.reactivate("U1")


def test_a_person_outside_a_channel_sees_and_says_nothing_there(playground: Playground) -> None:
    with pytest.raises(ImpossibleAction, match="not in this channel"):
        playground.as_user("U2").say("C2", "hello")
    with pytest.raises(ImpossibleAction, match="archived"):
        playground.as_user("U1").say("C3", "hello")


def test_a_home_is_asked_for_each_time_it_is_opened(playground: Playground, attached: App) -> None:
    opened: list[JSON] = []

    @attached.event("app_home_opened")
    def publishes(client: Any, event: JSON) -> None:
        opened.append(event)
        blocks = [{"type": "header", "text": plain(f"Visit {len(opened)}")}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    nurse = playground.as_user("U1")
    first, second = nurse.home(), nurse.home()
    assert first is not None
    assert second is not None
    assert (first.words, second.words) == ("Visit 1", "Visit 2")
    assert "view" not in opened[0]
    assert opened[1]["view"]["id"] == first.id


def test_words_are_read_in_the_order_they_stand(playground: Playground, attached: App) -> None:
    cells = [[{"type": "raw_text", "text": "Patient"}], [{"type": "raw_text", "text": "P-1042"}]]
    blocks = [{"type": "header", "text": plain("Digest")}, {"type": "table", "rows": cells}, *CARD]
    attached.client.chat_postMessage(channel="C1", text="fallback", blocks=blocks)
    assert playground.as_user("U1").messages("C1")[0].words.split("\n") == [
        "fallback",
        "Digest",
        "Patient",
        "P-1042",
        "Go",
    ]
