"""What a person does in the page and gets to see, with the whole playground and a small bot."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from support.sockets import disconnect

from bot.playground import Playground, Workspace

JSON = dict[str, Any]
CONFIG: JSON = {
    "users": [
        {"id": "U1", "name": "nurse.one", "real_name": "Nurse One", "title": "coordinator"},
        {"id": "U2", "name": "lead.two", "real_name": "Lead Two", "title": "lead"},
    ],
    "channels": [
        {"id": "C1", "name": "ccm-north", "members": ["U1", "U2"]},
        {"id": "C2", "name": "ccm-leads", "members": ["U2"]},
    ],
    "manifest": {
        "display_information": {"name": "Care Bot"},
        "features": {
            "slash_commands": [
                {"command": "/care", "description": "Log and look up time", "usage_hint": "log CODE LENGTH"}
            ],
            "shortcuts": [
                {"name": "Log care time", "callback_id": "log_anywhere", "type": "global"},
                {"name": "Log time from this", "callback_id": "log_message", "type": "message"},
            ],
        },
        "oauth_config": {"scopes": {"bot": ["channels:history", "chat:write", "commands", "im:write", "users:read"]}},
        "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
    },
    "enforce_message_rate": False,
}
PATIENTS = ["P-1042", "P-1043", "P-2001"]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> JSON:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def section(text: str, **more: Any) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def receipt(text: str) -> list[JSON]:
    return [
        section(text),
        {"type": "actions", "elements": [button("Undo", "undo"), button("Log another", "log_another")]},
    ]


def form(minutes: str = "") -> JSON:
    patient = {"type": "external_select", "action_id": "value", "min_query_length": 1, "placeholder": plain("P-…")}
    number = {"type": "number_input", "action_id": "value", "is_decimal_allowed": False}
    if minutes:
        number["initial_value"] = minutes
    return {
        "type": "modal",
        "callback_id": "log",
        "title": plain("Log time"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "input", "block_id": "patient", "label": plain("Patient"), "element": patient},
            {"type": "input", "block_id": "minutes", "label": plain("Minutes"), "element": number},
            {
                "type": "actions",
                "block_id": "more",
                "elements": [button("What counts?", "what_counts"), button("Round up", "round_up")],
            },
        ],
    }


def explanation() -> JSON:
    return {
        "type": "modal",
        "title": plain("What counts"),
        "blocks": [section("Care minutes count.")],
        "close": plain("Back"),
    }


def home(visits: int) -> JSON:
    return {"type": "home", "blocks": [section(f"You have been here {visits} times"), receipt("x")[1]]}


def care_bot(app: App) -> None:
    """Makes `app` a bot that logs minutes: command, buttons, form, home, thread."""
    visits: list[str] = []

    @app.command("/care")
    def care(ack: Any, command: JSON, respond: Any) -> None:
        ack()
        respond(text="Saved", blocks=receipt(f"*Saved* · {command['text']}"))

    @app.action("undo")
    def undo(ack: Any, respond: Any) -> None:
        ack()
        respond(text="Undone", replace_original=True)

    @app.action("log_another")
    @app.shortcut("log_anywhere")
    @app.shortcut("log_message")
    def open_form(ack: Any, body: JSON, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.options("value")
    def patients(ack: Any, payload: JSON) -> None:
        found = [code for code in PATIENTS if payload["value"].upper() in code]
        ack(options=[{"text": plain(code), "value": code} for code in found])

    @app.action("what_counts")
    def push(ack: Any, body: JSON, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=explanation())

    @app.action("round_up")
    def update(ack: Any, body: JSON, client: WebClient) -> None:
        ack()
        view = form()
        view["blocks"][1]["block_id"] = "minutes_rounded"
        view["blocks"][1]["element"]["initial_value"] = "20"
        client.views_update(view_id=body["view"]["id"], view=view)

    @app.view("log")
    def save(ack: Any, view: JSON, client: WebClient) -> None:
        values = view["state"]["values"]
        minutes = next(values[block]["value"]["value"] for block in values if block.startswith("minutes"))
        if int(minutes) > 180:
            ack(response_action="errors", errors={"minutes": "Over 180 minutes: is that right?"})
            return
        ack()
        code = values["patient"]["value"]["selected_option"]["value"]
        posted = client.chat_postMessage(channel="C1", text=f"{minutes} minutes for {code}")
        client.chat_postMessage(channel="C1", text="11 more for 99439", thread_ts=posted["ts"])

    @app.event("app_home_opened")
    def opened(event: JSON, client: WebClient) -> None:
        visits.append(event["user"])
        client.views_publish(user_id=event["user"], view=home(len(visits)))


def bot_for(playground: Playground) -> App:
    installation = playground.workspace.installation
    client = WebClient(installation.bot_token, base_url=playground.api_url)
    app = App(client=client, signing_secret=installation.signing_secret)
    care_bot(app)
    return app


@pytest.fixture
def slack() -> Iterator[Playground]:
    """The playground with the bot attached in this process."""
    with Playground(Workspace.from_dict(CONFIG)) as playground:
        app = bot_for(playground)

        def receive(headers: dict[str, str], body: str) -> tuple[int, dict[str, Any], str]:
            response = app.dispatch(BoltRequest(body=body, headers=headers))
            return response.status, response.first_headers(), response.body

        playground.attach(receive)
        yield playground


@pytest.fixture
def slack_by_socket() -> Iterator[Playground]:
    """The playground with the bot connected as `ccm` connects: by Socket Mode."""
    with Playground(Workspace.from_dict(CONFIG)) as playground:
        token = playground.workspace.installation.app_token
        web_client = WebClient(base_url=playground.api_url)
        handler = SocketModeHandler(bot_for(playground), token, web_client=web_client)
        handler.connect()
        assert playground.wait_until(lambda: playground.delivery.connected)
        yield playground
        disconnect(handler)


def open_page(page: Page, slack: Playground, where: str = "user=U1&place=C1") -> Locator:
    page.goto(f"{slack.url}/#{where}")
    composer = page.get_by_role("textbox", name="Message #ccm-north")
    if "place=C1" in where:
        expect(composer).to_be_focused()
    return composer


def type_line(composer: Locator, line: str) -> None:
    composer.fill(line)
    composer.press("Enter")


def test_a_command_is_answered_to_its_caller_with_a_button_that_works(slack_by_socket: Playground, page: Page) -> None:
    slack = slack_by_socket
    composer = open_page(page, slack)
    expect(page.get_by_text("Bot connected")).to_be_visible()
    type_line(composer, "/care log P-1042 12m")
    answer = page.get_by_role("listitem").filter(has_text="Saved · log P-1042 12m")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_contain_text("Care Bot")
    answer.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("listitem").filter(has_text="Undone")).to_be_visible()
    expect(answer).to_have_count(0)
    assert slack.refusals == []


def test_a_form_shows_the_bots_error_beside_its_input_then_saves(slack: Playground, page: Page) -> None:
    open_page(page, slack)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Log care time").click()
    dialog = page.get_by_role("dialog", name="Log time")
    patient = dialog.get_by_role("combobox", name="Patient")
    patient.press_sequentially("1043")
    dialog.get_by_role("option", name="P-1043").click()
    minutes = dialog.get_by_label("Minutes")
    minutes.fill("200")
    dialog.get_by_role("button", name="Save").click()
    expect(minutes).to_have_accessible_description("Over 180 minutes: is that right?")
    expect(minutes).to_be_focused()
    expect(patient).to_have_value("P-1043")
    minutes.fill("20")
    minutes.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("listitem").filter(has_text="20 minutes for P-1043")).to_be_visible()
    assert slack.refusals == []


def test_a_form_can_be_updated_and_covered_without_losing_what_was_entered(slack: Playground, page: Page) -> None:
    open_page(page, slack)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Log care time").click()
    dialog = page.get_by_role("dialog", name="Log time")
    patient = dialog.get_by_role("combobox", name="Patient")
    patient.press_sequentially("2001")
    dialog.get_by_role("option", name="P-2001").click()
    dialog.get_by_label("Minutes").fill("17")
    dialog.get_by_role("button", name="What counts?").click()
    above = page.get_by_role("dialog", name="What counts")
    expect(above).to_contain_text("Care minutes count.")
    above.get_by_role("button", name="Back").click()
    expect(dialog.get_by_label("Minutes")).to_have_value("17")
    dialog.get_by_role("button", name="Round up").click()
    expect(dialog.get_by_label("Minutes")).to_have_value("20")
    expect(patient).to_have_value("P-2001")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert slack.as_user("U1").modal is None
    assert slack.refusals == []


def test_an_open_form_is_there_again_after_a_reload(slack: Playground, page: Page) -> None:
    open_page(page, slack)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Log care time").click()
    dialog = page.get_by_role("dialog", name="Log time")
    expect(dialog).to_be_visible()
    page.reload()
    expect(dialog).to_be_visible()


def test_a_thread_opens_beside_the_channel_and_takes_a_reply(slack: Playground, page: Page) -> None:
    parent = slack.as_user("U2")
    parent.say("C1", "Who takes P-1042?")
    open_page(page, slack)
    question = page.get_by_role("listitem").filter(has_text="Who takes P-1042?").first
    question.hover()
    question.get_by_role("button", name="Reply in thread").click()
    panel = page.get_by_role("complementary", name="Thread")
    reply = panel.get_by_role("textbox", name="Reply…")
    expect(reply).to_be_focused()
    type_line(reply, "I do")
    expect(panel.get_by_role("listitem").filter(has_text="I do")).to_be_visible()
    expect(question.get_by_role("button", name="1 reply")).to_be_visible()
    type_line(reply, "/care log P-1042 5m")
    expect(panel.get_by_text("/care is not supported in threads")).to_be_visible()
    expect(reply).to_have_value("/care log P-1042 5m")


def test_a_message_shortcut_opens_the_form(slack: Playground, page: Page) -> None:
    slack.as_user("U2").say("C1", "Spoke with the pharmacy")
    open_page(page, slack)
    spoken = page.get_by_role("listitem").filter(has_text="Spoke with the pharmacy")
    spoken.hover()
    spoken.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Log time from this").click()
    expect(page.get_by_role("dialog", name="Log time")).to_be_visible()


def test_the_home_tab_asks_the_bot_each_time_it_is_opened_and_no_more(slack: Playground, page: Page) -> None:
    open_page(page, slack, "user=U1&place=app")
    expect(page.get_by_text("You have been here 1 times")).to_be_visible()
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_role("textbox", name="Message Care Bot")).to_be_visible()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_text("You have been here 2 times")).to_be_visible()
    page.get_by_role("button", name="Log another").click()
    expect(page.get_by_role("dialog", name="Log time")).to_be_visible()
    assert len(slack.calls("views.publish")) == 2
    assert slack.refusals == []


def test_one_tab_sees_what_another_person_does_in_theirs(slack: Playground, page: Page) -> None:
    open_page(page, slack)
    other = page.context.new_page()
    composer = open_page(other, slack, "user=U2&place=C1")
    type_line(composer, "Morning *all*, <see> #ccm-north")
    said = page.get_by_role("listitem").filter(has_text="Morning all, <see> #ccm-north")
    expect(said).to_contain_text("Lead Two")
    expect(said.locator("strong")).to_have_text("all")
    expect(other.get_by_role("button", name="ccm-leads")).to_be_visible()
    expect(page.get_by_role("button", name="ccm-leads")).to_have_count(0)


def test_a_bot_that_is_not_there_is_named_and_the_line_comes_back(page: Page) -> None:
    with Playground(Workspace.from_dict(CONFIG)) as slack:
        composer = open_page(page, slack)
        expect(page.get_by_role("status")).to_contain_text("Care Bot is not connected")
        type_line(composer, "/care me")
        expect(page.get_by_role("alert")).to_contain_text("The bot is not connected")
        expect(composer).to_have_value("/care me")
        page.goto("about:blank")


def test_what_slack_refused_the_bot_stands_in_the_traffic(slack: Playground, page: Page) -> None:
    open_page(page, slack)
    page.get_by_role("button", name="Traffic").click()
    panel = page.get_by_role("complementary", name="Traffic")
    client = WebClient(slack.workspace.installation.bot_token, base_url=slack.api_url)
    with pytest.raises(Exception, match="channel_not_found"):
        client.chat_postMessage(channel="C404", text="lost")
    expect(panel).to_contain_text("Refused: channel_not_found")
