"""What the page draws for each kind of block, against a server that answers with fixed data."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from support.patience import PATIENCE_SECONDS

import bot.playground

JSON = dict[str, Any]
PAGE = Path(bot.playground.__file__).parent / "page"
GREEN_SQUARE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='80' height='80'%3E"
    "%3Crect width='80' height='80' fill='seagreen'/%3E%3C/svg%3E"
)


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, description: str | None = None) -> JSON:
    described = {"description": plain(description)} if description else {}
    return {"text": plain(text), "value": value, **described}


def section(text: str, **more: Any) -> JSON:
    return {"type": "section", "block_id": f"section-{abs(hash(text))}", "text": mrkdwn(text), **more}


def cell(text: str, **style: bool) -> JSON:
    part = {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}


def raw(text: str) -> JSON:
    return {"type": "raw_text", "text": text}


def number(value: float, text: str | None = None) -> JSON:
    return {"type": "raw_number", "value": value, **({"text": text} if text else {})}


def input_block(block_id: str, label: str, element: JSON, **more: Any) -> JSON:
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def message(number: int, text: str, blocks: list[JSON] | None = None, **more: Any) -> JSON:
    body = {
        "ts": f"1762180000.{number:06d}",
        "user": "UAPP",
        "bot": True,
        "author": "CCM Ledger",
        "text": text,
        "blocks": blocks or [],
        "files": [],
        "ephemeral": False,
        "thread_ts": None,
        "edited": False,
        "reply_count": 0,
        "time": f"2026-11-03T14:{number:02d}:00+00:00",
        "metadata": None,
        **more,
    }
    return {**body, "raw": {"type": "message", "text": text, "ts": body["ts"], **more.get("raw", {})}}


class StubSlack:
    """The playground's interface with fixed answers; it keeps what the page sent."""

    def __init__(self) -> None:
        self.state: JSON = {
            "team": {"id": "T1", "name": "Maple Grove Practice"},
            "app": {"id": "A1", "name": "CCM Ledger", "bot_user_id": "UAPP"},
            "users": [
                {"id": "U1", "name": "Nurse One", "title": "coordinator"},
                {"id": "U2", "name": "Lead Two", "title": "lead"},
                {"id": "U3", "name": "Biller Three", "title": "biller"},
            ],
            "channels": [
                {"id": "C1", "name": "ccm-north", "members": ["U1", "U2", "UAPP"], "bot_is_member": True},
                {"id": "C2", "name": "ccm-south", "members": ["U1", "U3"], "bot_is_member": False},
                {"id": "DU1", "name": "Nurse One", "members": ["U1"], "bot_is_member": True},
            ],
            "commands": [{"command": "/ccm", "description": "Log and look up time", "usage_hint": "log CODE LENGTH"}],
            "shortcuts": [
                {"name": "Log CCM time", "callback_id": "log_global", "type": "global"},
                {"name": "Log CCM time from this", "callback_id": "log_message", "type": "message"},
            ],
            "connected": True,
        }
        self.messages: list[JSON] = []
        self.replies: list[JSON] = []
        self.views: list[JSON] = []
        self.home: JSON | None = None
        self.log: list[JSON] = []
        self.answers: dict[str, JSON] = {}
        self.sent: list[tuple[str, JSON]] = []
        self.url = ""
        self._listeners: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[JSON]]] = []

    def tell(self, event: JSON) -> None:
        for loop, queue in self._listeners:
            loop.call_soon_threadsafe(queue.put_nowait, event)

    def sent_to(self, path: str) -> list[JSON]:
        return [body for where, body in self.sent if where == path]

    async def get(self, request: Request) -> Response:
        path = request.path_params["path"]
        answers: dict[str, Any] = {
            "state": self.state,
            "messages": {"messages": self.messages if request.query_params.get("channel") == "C1" else []},
            "replies": {"messages": self.replies},
            "modals": {"views": self.views},
            "log": {"log": self.log},
            "home": {"view": self.home},
        }
        return JSONResponse(answers[path])

    async def post(self, request: Request) -> Response:
        path = request.path_params["path"]
        self.sent.append((path, await request.json()))
        return JSONResponse(self.answers.get(path, {"ok": True}))

    async def events(self, _request: Request) -> Response:
        queue: asyncio.Queue[JSON] = asyncio.Queue()
        self._listeners.append((asyncio.get_running_loop(), queue))

        async def stream() -> AsyncIterator[str]:
            yield ": hello\n\n"
            while True:
                yield f"data: {json.dumps(await queue.get())}\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    def app(self) -> Starlette:
        routes = [
            Route("/playground/events", self.events),
            Route("/playground/{path}", self.get, methods=["GET"]),
            Route("/playground/{path}", self.post, methods=["POST"]),
            Mount("/", StaticFiles(directory=PAGE, html=True)),
        ]
        return Starlette(routes=routes)


class Server(uvicorn.Server):
    """A server that says when it listens, and does not wait for streams when it ends."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextlib.contextmanager
def serving(stub: StubSlack) -> Iterator[StubSlack]:
    config = uvicorn.Config(stub.app(), port=0, log_level="warning")
    server = Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.listening.wait(PATIENCE_SECONDS)
    port = server.servers[0].sockets[0].getsockname()[1]
    stub.url = f"http://127.0.0.1:{port}/"
    yield stub
    server.should_exit = True
    thread.join()


@pytest.fixture
def slack() -> Iterator[StubSlack]:
    with serving(StubSlack()) as stub:
        yield stub


def every_kind_of_block() -> list[JSON]:
    return [
        {"type": "header", "block_id": "head", "text": plain("Near the threshold :stopwatch:")},
        section(
            "*North team* has _three_ patients ~far~ near, see `/ccm near` and <https://example.com/a_b|the list>.\n"
            "<@U2> in <#C1> by <!date^1762180000^{date_num}|Nov 3> :unknown_name: 5 &lt; 7 &amp; 8\n"
            "&gt; quoted line\n```block of code\n  *not bold*```after it"
        ),
        {
            "type": "section",
            "block_id": "fields",
            "fields": [mrkdwn("*Patient*\nP-1042"), mrkdwn("*Minutes*\n17 of 20"), mrkdwn("*Code*\n99490")],
            "accessory": {"type": "button", "action_id": "take", "text": plain("Take"), "value": "P-1042"},
        },
        {"type": "divider", "block_id": "line"},
        {
            "type": "table",
            "block_id": "worklist",
            "column_settings": [{"align": "left"}, {"align": "right"}, {"align": "center", "is_wrapped": True}],
            "rows": [
                [raw("Patient"), raw("Minutes"), raw("Last contact")],
                [
                    cell("P-1042", bold=True),
                    number(17),
                    raw("Nurse One, Tue Nov 3, by phone, left word with the family"),
                ],
                [cell("P-1077"), number(19.5, "19½"), raw("—")],
            ],
        },
        {
            "type": "context",
            "block_id": "ctx",
            "elements": [
                {"type": "image", "image_url": GREEN_SQUARE, "alt_text": "green"},
                mrkdwn("*3* business days left"),
            ],
        },
        {
            "type": "image",
            "block_id": "img",
            "image_url": GREEN_SQUARE,
            "alt_text": "a green square",
            "title": plain("Chart"),
        },
        {
            "type": "rich_text",
            "block_id": "rich",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "bold", "style": {"bold": True}},
                        {"type": "text", "text": " and "},
                        {"type": "link", "url": "https://example.com", "text": "a link"},
                        {"type": "user", "user_id": "U1"},
                        {"type": "emoji", "name": "white_check_mark"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "second"}]},
                    ],
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "as she said"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "12 + 7 = 19"}]},
            ],
        },
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {"type": "button", "action_id": "log", "text": plain("Log time"), "style": "primary"},
                {
                    "type": "button",
                    "action_id": "void",
                    "text": plain("Void"),
                    "style": "danger",
                    "confirm": {
                        "title": plain("Void this entry?"),
                        "text": mrkdwn("12 minutes will *not* count."),
                        "confirm": plain("Void it"),
                        "deny": plain("Keep it"),
                        "style": "danger",
                    },
                },
                {
                    "type": "static_select",
                    "action_id": "team",
                    "placeholder": plain("Team"),
                    "options": [option("North", "n"), option("South", "s")],
                },
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-03"},
                {
                    "type": "overflow",
                    "action_id": "flow",
                    "options": [option("Postpone", "later"), option("Hide", "hide")],
                },
            ],
        },
        {"type": "hologram", "block_id": "odd"},
    ]


def every_kind_of_input() -> list[JSON]:
    contacts = [option("Live", "live", "phone or video"), option("Voicemail", "vm")]
    return [
        input_block(
            "patient", "Patient", {"type": "external_select", "min_query_length": 2, "placeholder": plain("P-…")}
        ),
        input_block("minutes", "Minutes", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
        input_block("day", "Date", {"type": "datepicker", "initial_date": "2026-11-03"}),
        input_block("start", "Start", {"type": "timepicker", "initial_time": "14:05"}, optional=True),
        input_block("how", "Contact", {"type": "radio_buttons", "options": contacts, "initial_option": contacts[0]}),
        input_block("flags", "Flags", {"type": "checkboxes", "options": [option("Late", "late")]}, optional=True),
        input_block(
            "what",
            "Activities",
            {"type": "multi_static_select", "options": [option("Medication", "meds"), option("Care plan", "plan")]},
        ),
        input_block("who", "With", {"type": "users_select", "initial_user": "U2"}, optional=True),
        input_block(
            "note",
            "Note",
            {"type": "plain_text_input", "multiline": True, "initial_value": "Reviewed"},
            hint=plain("What was found and what was decided."),
        ),
    ]


def modal(blocks: list[JSON], view_id: str = "V1", title: str = "Log time", **more: Any) -> JSON:
    body = {"id": view_id, "hash": "1", "type": "modal", "title": plain(title), "blocks": blocks, "entered": {}}
    return {**body, "submit": plain("Save"), "close": plain("Cancel"), **more}


def open_page(page: Page, slack: StubSlack, where: str = "user=U1&place=C1") -> None:
    page.goto(f"{slack.url}#{where}")
    expect(page.get_by_role("button", name="ccm-north")).to_be_visible()


def shown_message(page: Page, number: int) -> Any:
    return page.locator(f'[data-ts="1762180000.{number:06d}"]')


def test_every_block_is_drawn_as_slack_draws_it(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    open_page(page, slack)
    shown = shown_message(page, 1)
    expect(shown.get_by_role("heading")).to_contain_text("Near the threshold")
    expect(shown.locator("strong", has_text="North team")).to_be_visible()
    expect(shown.locator("em", has_text="three")).to_be_visible()
    expect(shown.locator("s", has_text="far")).to_be_visible()
    expect(shown.locator("code", has_text="/ccm near")).to_be_visible()
    expect(shown.get_by_role("link", name="the list")).to_have_attribute("href", "https://example.com/a_b")
    expect(shown.locator(".mention", has_text="@Lead Two")).to_be_visible()
    expect(shown.locator(".mention", has_text="#ccm-north")).to_be_visible()
    expect(shown).to_contain_text(":unknown_name: 5 < 7 & 8")
    expect(shown.locator("blockquote").first).to_have_text("quoted line")
    expect(shown.locator("pre").first).to_have_text("block of code\n  *not bold*")
    expect(shown.locator(".section-fields > div")).to_have_count(3)
    expect(shown.get_by_role("columnheader")).to_have_text(["Patient", "Minutes", "Last contact"])
    expect(shown.get_by_role("cell", name="19½")).to_have_css("text-align", "right")
    expect(shown.get_by_role("cell", name="P-1042").locator("strong")).to_be_visible()
    expect(shown.get_by_alt_text("a green square")).to_be_visible()
    expect(shown.locator("ol li")).to_have_text(["first", "second"])
    expect(shown.locator(".app-badge")).to_have_text("APP")
    expect(shown.locator(".unknown")).to_contain_text("hologram")


def test_text_never_becomes_markup_and_scripts_are_no_links(slack: StubSlack, page: Page) -> None:
    slack.messages = [
        message(1, "<b>x</b> <img src=x onerror=alert(1)> <javascript:alert(1)|click me>", author="<i>Mallory</i>")
    ]
    open_page(page, slack)
    shown = shown_message(page, 1)
    expect(shown).to_contain_text("click me")
    expect(shown.locator("a, img, b, i")).to_have_count(0)
    expect(shown.locator(".author")).to_have_text("<i>Mallory</i>")


def test_a_pressed_button_names_its_message_block_and_action(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    open_page(page, slack)
    with page.expect_response("**/action"):
        page.get_by_role("button", name="Log time").click()
    assert slack.sent_to("action") == [
        {
            "user": "U1",
            "container": {"type": "message", "channel": "C1", "ts": "1762180000.000001"},
            "block_id": "acts",
            "action_id": "log",
            "state": {
                "acts": {
                    "team": {"type": "static_select", "selected_option": None},
                    "day": {"type": "datepicker", "selected_date": "2026-11-03"},
                }
            },
        }
    ]


def test_a_button_with_a_confirmation_asks_first(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    open_page(page, slack)
    page.get_by_role("button", name="Void").click()
    dialog = page.get_by_role("dialog", name="Void this entry?")
    expect(dialog).to_contain_text("12 minutes will not count.")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    assert slack.sent_to("action") == []
    page.get_by_role("button", name="Void").click()
    with page.expect_response("**/action"):
        dialog.get_by_role("button", name="Void it").click()
    assert [sent["action_id"] for sent in slack.sent_to("action")] == ["void"]


def test_choices_in_a_message_are_told_in_slacks_words(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    open_page(page, slack)
    page.get_by_role("combobox", name="Team").click()
    with page.expect_response("**/action"):
        page.get_by_role("option", name="South").click()
    page.get_by_role("button", name="More options").click()
    with page.expect_response("**/action"):
        page.get_by_role("menuitem", name="Postpone").click()
    with page.expect_response("**/action"):
        page.locator('[data-action-id="day"]').fill("2026-11-04")
    assert [(sent["action_id"], sent["value"]) for sent in slack.sent_to("action")] == [
        ("team", {"selected_option": option("South", "s")}),
        ("flow", {"selected_option": option("Postpone", "later")}),
        ("day", {"selected_date": "2026-11-04"}),
    ]


def test_an_action_that_failed_says_so_at_the_message(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    slack.answers["action"] = {"ok": False, "error": "operation_timeout"}
    open_page(page, slack)
    page.get_by_role("button", name="Log time").click()
    expect(shown_message(page, 1).get_by_role("alert")).to_contain_text("did not answer within three seconds")


def test_a_modal_keeps_the_focus_and_gives_it_back(slack: StubSlack, page: Page) -> None:
    open_page(page, slack)
    composer = page.get_by_role("textbox", name="Message #ccm-north")
    composer.focus()
    slack.views = [modal(every_kind_of_input())]
    slack.tell({"type": "modals"})
    expect(page.get_by_role("combobox", name="Patient")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    slack.views = []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(composer).to_be_focused()
    assert slack.sent_to("close") == [{"user": "U1", "view_id": "V1"}]


def test_a_modal_submits_every_value_in_slacks_shape(slack: StubSlack, page: Page) -> None:
    slack.views = [modal(every_kind_of_input())]
    slack.answers["options"] = {"options": [option("P-1042", "1042"), option("P-1043", "1043")]}
    open_page(page, slack)
    dialog = page.get_by_role("dialog", name="Log time")
    patient = dialog.get_by_role("combobox", name="Patient")
    patient.click()
    expect(dialog.get_by_text("Type 2 more characters")).to_be_visible()
    patient.press_sequentially("104")
    dialog.get_by_role("option", name="P-1043").click()
    dialog.get_by_label("Minutes").fill("12")
    dialog.get_by_label("Voicemail").check()
    activities = dialog.get_by_role("combobox", name="Activities")
    activities.fill("care")
    dialog.get_by_role("option", name="Care plan").click()
    dialog.get_by_label("Note").fill("Spoke with the pharmacy.")
    with page.expect_response("**/submit"):
        dialog.get_by_role("button", name="Save").click()
    assert slack.sent_to("options")[-1]["query"] == "104"
    assert slack.sent_to("submit") == [
        {
            "user": "U1",
            "view_id": "V1",
            "values": {
                "patient": {"patient": {"type": "external_select", "selected_option": option("P-1043", "1043")}},
                "minutes": {"minutes": {"type": "number_input", "value": "12"}},
                "day": {"day": {"type": "datepicker", "selected_date": "2026-11-03"}},
                "start": {"start": {"type": "timepicker", "selected_time": "14:05"}},
                "how": {"how": {"type": "radio_buttons", "selected_option": option("Voicemail", "vm")}},
                "flags": {"flags": {"type": "checkboxes", "selected_options": []}},
                "what": {"what": {"type": "multi_static_select", "selected_options": [option("Care plan", "plan")]}},
                "who": {"who": {"type": "users_select", "selected_user": "U2"}},
                "note": {"note": {"type": "plain_text_input", "value": "Spoke with the pharmacy."}},
            },
        }
    ]


def test_what_is_missing_is_said_beside_its_input_before_anything_is_sent(slack: StubSlack, page: Page) -> None:
    slack.views = [modal(every_kind_of_input())]
    open_page(page, slack)
    dialog = page.get_by_role("dialog", name="Log time")
    dialog.get_by_label("Minutes").fill("twelve")
    dialog.get_by_role("button", name="Save").click()
    patient = dialog.get_by_role("combobox", name="Patient")
    expect(patient).to_have_accessible_description("Please complete this required field.")
    expect(patient).to_be_focused()
    expect(dialog.get_by_label("Minutes")).to_have_accessible_description("Please enter a whole number.")
    expect(dialog.get_by_label("Note")).to_have_accessible_description("What was found and what was decided.")
    assert slack.sent_to("submit") == []


def test_an_updated_modal_keeps_what_was_typed(slack: StubSlack, page: Page) -> None:
    slack.views = [modal(every_kind_of_input())]
    open_page(page, slack)
    dialog = page.get_by_role("dialog", name="Log time")
    note = dialog.get_by_label("Note")
    note.fill("Half a sentence")
    slack.views = [modal([*every_kind_of_input(), section("*New line*")], hash="2")]
    slack.tell({"type": "modals"})
    expect(dialog.get_by_text("New line")).to_be_visible()
    expect(note).to_have_value("Half a sentence")
    expect(note).to_be_focused()


def test_a_pushed_view_covers_the_one_below_which_comes_back_as_it_was(slack: StubSlack, page: Page) -> None:
    first = modal(every_kind_of_input())
    slack.views = [first]
    open_page(page, slack)
    page.get_by_label("Minutes").fill("12")
    slack.views = [first, modal([section("Are you sure?")], "V2", "Over 180 minutes")]
    slack.tell({"type": "modals"})
    expect(page.get_by_role("dialog", name="Over 180 minutes")).to_be_visible()
    slack.views = [first]
    slack.tell({"type": "modals"})
    expect(page.get_by_role("dialog", name="Log time").get_by_label("Minutes")).to_have_value("12")


def test_typing_a_slash_suggests_commands_and_the_up_arrow_recalls(slack: StubSlack, page: Page) -> None:
    open_page(page, slack)
    composer = page.get_by_role("textbox", name="Message #ccm-north")
    composer.press_sequentially("/c")
    expect(page.get_by_role("option", name="/ccm")).to_be_visible()
    composer.press("Enter")
    expect(composer).to_have_value("/ccm ")
    composer.press_sequentially("log <1> @Lead Two")
    with page.expect_response("**/say"):
        composer.press("Enter")
    assert slack.sent_to("say") == [{"user": "U1", "channel": "C1", "text": "/ccm log &lt;1&gt; @Lead Two"}]
    expect(composer).to_have_value("")
    composer.press("ArrowUp")
    expect(composer).to_have_value("/ccm log <1> @Lead Two")
    composer.press("ArrowDown")
    expect(composer).to_have_value("")


@pytest.mark.parametrize("line", ["ask @Lead Two in #ccm-north", "/ccm ask @Lead Two in #ccm-north"])
def test_mentions_are_sent_by_id_in_messages_and_in_commands_that_ask_for_it(
    slack: StubSlack, page: Page, line: str
) -> None:
    slack.state["commands"][0]["should_escape"] = True
    open_page(page, slack)
    composer = page.get_by_role("textbox", name="Message #ccm-north")
    composer.fill(line)
    with page.expect_response("**/say"):
        composer.press("Enter")
    expected = line.replace("@Lead Two", "<@U2|Lead Two>").replace("#ccm-north", "<#C1|ccm-north>")
    assert slack.sent_to("say")[0]["text"] == expected


def test_a_line_that_failed_comes_back_with_the_reason(slack: StubSlack, page: Page) -> None:
    slack.answers["say"] = {"ok": False, "error": "dispatch_failed"}
    open_page(page, slack)
    composer = page.get_by_role("textbox", name="Message #ccm-north")
    composer.fill("/ccm me")
    composer.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The bot is not connected")
    expect(composer).to_have_value("/ccm me")


def test_an_ephemeral_message_is_marked_and_can_be_dismissed_for_good(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "kept"), message(2, "for your eyes", ephemeral=True)]
    open_page(page, slack)
    shown = shown_message(page, 2)
    expect(shown).to_contain_text("Only visible to you")
    shown.get_by_role("button", name="Dismiss").click()
    expect(shown).to_have_count(0)
    page.reload()
    expect(shown_message(page, 1)).to_be_visible()
    expect(shown).to_have_count(0)


def test_a_notification_shows_the_fallback_text_alone(slack: StubSlack, page: Page) -> None:
    slack.messages = [
        message(1, "*3* patients near", [section("P-1042 and its note")]),
        message(2, "", [section("no text")]),
    ]
    open_page(page, slack)
    shown_message(page, 1).hover()
    shown_message(page, 1).get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Show as notification").click()
    panel = page.get_by_role("complementary")
    expect(panel.locator(".notification-text")).to_have_text("3 patients near")
    shown_message(page, 2).hover()
    shown_message(page, 2).get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Show as notification").click()
    expect(panel.locator(".notification-text")).to_have_text("This content can't be displayed.")


def test_the_raw_payload_and_message_shortcuts_are_in_the_messages_menu(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "hello", raw={"client_msg_id": "abc-123"})]
    open_page(page, slack)
    shown_message(page, 1).hover()
    shown_message(page, 1).get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Show raw payload").click()
    expect(page.get_by_role("complementary", name="Raw payload")).to_contain_text('"client_msg_id": "abc-123"')
    shown_message(page, 1).hover()
    shown_message(page, 1).get_by_role("button", name="More actions").click()
    with page.expect_response("**/shortcut"):
        page.get_by_role("menuitem", name="Log CCM time from this").click()
    expected = {"user": "U1", "callback_id": "log_message", "channel": "C1", "ts": "1762180000.000001"}
    assert slack.sent_to("shortcut") == [expected]


def test_traffic_shows_what_was_refused_and_why(slack: StubSlack, page: Page) -> None:
    fine = {
        "time": 1762180000.5,
        "direction": "to_bot",
        "kind": "slash_commands",
        "summary": "/ccm me",
        "payload": {"a": 1},
    }
    slack.log = [
        {**fine, "time": 1762180001.5, "direction": "from_bot", "kind": "views.open", "refused": "expired_trigger_id"},
        {**fine, "refused": None},
    ]
    open_page(page, slack)
    page.get_by_role("button", name="Traffic").click()
    panel = page.get_by_role("complementary", name="Traffic")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel).to_contain_text("Refused: expired_trigger_id")
    panel.get_by_label("Only refusals").check()
    expect(panel.get_by_role("listitem")).to_have_count(1)
    panel.get_by_text("views.open").click()
    expect(panel).to_contain_text('"a": 1')


def test_an_unconnected_bot_is_announced_and_the_banner_goes_when_it_is_back(slack: StubSlack, page: Page) -> None:
    slack.state["connected"] = False
    open_page(page, slack)
    banner = page.get_by_role("status")
    expect(banner).to_contain_text("CCM Ledger is not connected")
    slack.state["connected"] = True
    slack.tell({"type": "connected"})
    expect(banner).to_be_hidden()


def test_another_person_sees_their_own_channels_and_stays_after_a_reload(slack: StubSlack, page: Page) -> None:
    open_page(page, slack)
    expect(page.get_by_role("button", name="ccm-south")).to_be_visible()
    page.get_by_label("Act as").select_option("U2")
    expect(page.get_by_role("button", name="ccm-south")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Act as")).to_have_value("U2")


def test_a_new_message_is_said_to_screen_readers_and_marks_other_channels_unread(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "first")]
    open_page(page, slack)
    expect(shown_message(page, 1)).to_be_visible()
    slack.messages = [*slack.messages, message(2, "*second* one")]
    slack.tell({"type": "channel", "channel": "C1"})
    expect(page.locator("[aria-live]")).to_have_text("CCM Ledger: second one")
    slack.tell({"type": "channel", "channel": "C2"})
    expect(page.get_by_role("button", name="ccm-south (unread)")).to_be_visible()


def test_a_menu_of_people_stays_open_while_news_comes_in(slack: StubSlack, page: Page) -> None:
    open_page(page, slack)
    people = page.get_by_label("Act as")
    people.focus()
    before = people.element_handle()
    slack.tell({"type": "channel", "channel": "C2"})
    expect(page.get_by_role("button", name="ccm-south (unread)")).to_be_visible()
    expect(people).to_be_focused()
    assert before is not None
    assert before.evaluate("element => element.isConnected")


def test_the_home_shows_its_blocks_and_their_actions_name_the_view(slack: StubSlack, page: Page) -> None:
    slack.home = {"id": "VH", "hash": "1", "type": "home", "blocks": every_kind_of_block()}
    open_page(page, slack, "user=U1&place=app")
    home = page.get_by_role("region", name="CCM Ledger home")
    with page.expect_response("**/action"):
        home.get_by_role("button", name="Take").click()
    assert slack.sent_to("home") == [{"user": "U1"}]
    assert slack.sent_to("action")[0]["container"] == {"type": "view", "view_id": "VH"}


def test_a_server_that_went_away_is_announced_and_the_line_typed_comes_back(slack: StubSlack, page: Page) -> None:
    open_page(page, slack)
    composer = page.get_by_role("textbox", name="Message #ccm-north")
    page.evaluate("() => { window.fetch = async () => { throw new TypeError('away'); }; }")
    composer.fill("hello")
    composer.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The playground server does not answer")
    expect(composer).to_have_value("hello")


def test_the_newest_message_is_in_view_until_one_scrolls_up(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block()), *(message(n, f"line {n}") for n in range(2, 40))]
    open_page(page, slack)
    expect(shown_message(page, 39)).to_be_in_viewport()
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -2000)
    expect(shown_message(page, 39)).not_to_be_in_viewport()
    slack.messages = [*slack.messages, message(40, "newer")]
    slack.tell({"type": "channel", "channel": "C1"})
    page.get_by_role("button", name="New messages ↓").click()
    expect(shown_message(page, 40)).to_be_in_viewport()


def test_a_half_made_choice_survives_news_of_another_message(slack: StubSlack, page: Page) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    open_page(page, slack)
    team = page.get_by_role("combobox", name="Team")
    team.click()
    slack.messages = [*slack.messages, message(2, "news")]
    slack.tell({"type": "channel", "channel": "C1"})
    expect(shown_message(page, 2)).to_be_visible()
    expect(page.get_by_role("option", name="North")).to_be_visible()
    expect(team).to_be_focused()


@pytest.mark.parametrize("width", [1280, 700])
def test_nothing_runs_out_of_the_window(slack: StubSlack, page: Page, width: int) -> None:
    slack.messages = [message(1, "fallback", every_kind_of_block())]
    page.set_viewport_size({"width": width, "height": 800})
    open_page(page, slack)
    expect(shown_message(page, 1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown_message(page, 1).evaluate("element => element.scrollWidth <= element.clientWidth")
