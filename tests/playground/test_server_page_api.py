"""What the browser page asks of the server, and gets."""

import http.client
import json
import urllib.parse
import urllib.request
from typing import Any

from slack_bolt import App

from bot.playground import Playground

JSON = dict[str, Any]
BUTTON: JSON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "7"}
FIELD: JSON = {
    "type": "input",
    "block_id": "code",
    "label": {"type": "plain_text", "text": "Patient"},
    "element": {"type": "external_select", "action_id": "patient", "min_query_length": 1},
}
MODAL: JSON = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [FIELD],
}
OPTION: JSON = {"text": {"type": "plain_text", "text": "P-1042"}, "value": "P-1042"}


class Browser:
    """Speaks with the server as the page does."""

    def __init__(self, playground: Playground) -> None:
        self._address = playground.url.removeprefix("http://")

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            is_json = response.headers.get("content-type", "").startswith("application/json")
            return response.status, json.loads(text) if is_json else text
        finally:
            connection.close()

    def get(self, name: str, **query: str) -> JSON:
        answer: JSON = self.ask("GET", f"/playground/{name}?{urllib.parse.urlencode(query)}")[1]
        return answer

    def post(self, name: str, **body: Any) -> JSON:
        headers = {"Content-Type": "application/json"}
        answer: JSON = self.ask("POST", f"/playground/{name}", json.dumps(body), **headers)[1]
        return answer


def test_the_page_learns_who_and_what_there_is(playground: Playground) -> None:
    state = Browser(playground).get("state", user="U2")
    assert state["team"] == {"id": "T0PLAYGROUND", "name": "Playground"}
    assert state["app"]["name"] == "Care Bot"
    assert state["users"][0] == {"id": "U1", "name": "nurse.one", "title": "Care coordinator"}
    assert state["channels"][0] == {
        "id": "C1",
        "name": "team-one",
        "members": ["U1", "U2"],
        "bot_is_member": True,
        "is_ext_shared": False,
    }
    assert state["commands"] == [{"command": "/care", "description": "Do something", "usage_hint": "[what]"}]
    assert {each["type"] for each in state["shortcuts"]} == {"global", "message"}
    assert state["connected"] is False


def test_a_direct_message_is_shown_to_its_own_person_alone(playground: Playground) -> None:
    direct = playground.workspace.direct_channel("U1").id
    page = Browser(playground)
    assert direct in [each["id"] for each in page.get("state", user="U1")["channels"]]
    assert direct not in [each["id"] for each in page.get("state", user="U2")["channels"]]
    assert page.get("messages", channel=direct, user="U2")["ok"] is False


def test_the_page_says_presses_and_shows_what_came_of_it(playground: Playground, attached: App) -> None:
    attached.command("/care")(lambda ack: ack(text="card", blocks=[{"type": "actions", "elements": [BUTTON]}]))

    @attached.action("go")
    def went(ack: Any, action: JSON, respond: Any) -> None:
        respond(text=f"went {action['value']}", replace_original=True)
        ack()

    page = Browser(playground)
    assert page.post("say", user="U1", channel="C1", text="good morning") == {"ok": True}
    assert page.post("say", user="U1", channel="C1", text="/care") == {"ok": True}
    said, card = page.get("messages", channel="C1", user="U1")["messages"]
    assert (said["author"], said["bot"], said["ephemeral"], said["reply_count"]) == ("nurse.one", False, False, 0)
    assert (card["author"], card["bot"], card["ephemeral"]) == ("Care Bot", True, True)
    assert said["time"] == "2025-11-24T16:00:00+00:00"
    container = {"type": "message", "channel": "C1", "ts": card["ts"]}
    block_id = card["blocks"][0]["block_id"]
    pressed = page.post("action", user="U1", container=container, block_id=block_id, action_id="go", value="7")
    assert pressed == {"ok": True}
    assert page.get("messages", channel="C1", user="U1")["messages"][1]["text"] == "went 7"
    assert len(page.get("messages", channel="C1", user="U2")["messages"]) == 1


def test_the_page_fills_in_a_form(playground: Playground, attached: App) -> None:
    got: list[JSON] = []

    @attached.shortcut("log_anywhere")
    def opens(ack: Any, client: Any, body: JSON) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        ack()

    @attached.view("form")
    def saves(ack: Any, view: JSON) -> None:
        got.append(view["state"]["values"]["code"]["patient"]["selected_option"])
        ack()

    attached.options("patient")(lambda ack: ack(options=[OPTION]))
    page = Browser(playground)
    assert page.post("shortcut", user="U1", callback_id="log_anywhere") == {"ok": True}
    view = page.get("modals", user="U1")["views"][-1]
    container = {"type": "view", "view_id": view["id"]}
    where = {"user": "U1", "container": container, "block_id": "code", "action_id": "patient"}
    assert page.post("options", **where, query="10") == {"options": [OPTION]}
    unfilled = page.post("submit", user="U1", view_id=view["id"], values={})
    assert unfilled == {"ok": False, "errors": {"code": "Please complete this required field."}, "error": None}
    values = {"code": {"patient": {"type": "external_select", "selected_option": OPTION}}}
    assert page.post("submit", user="U1", view_id=view["id"], values=values) == {
        "ok": True,
        "errors": None,
        "error": None,
    }
    assert got == [OPTION]
    assert page.get("modals", user="U1") == {"views": []}
    assert page.post("close", user="U1", view_id=view["id"])["ok"] is False


def test_the_page_opens_the_home_and_looks_again_without_opening(playground: Playground, attached: App) -> None:
    opened: list[str] = []

    @attached.event("app_home_opened")
    def publishes(client: Any, event: JSON) -> None:
        opened.append(event["user"])
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Good morning"}}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    page = Browser(playground)
    assert page.get("home", user="U1") == {"view": None}
    shown = page.post("home", user="U1")["view"]
    assert shown["blocks"][0]["text"]["text"] == "Good morning"
    assert page.get("home", user="U1")["view"]["hash"] == shown["hash"]
    assert opened == ["U1"]


def test_the_page_shows_threads(playground: Playground, attached: App) -> None:
    page = Browser(playground)
    page.post("say", user="U1", channel="C1", text="parent")
    parent = page.get("messages", channel="C1", user="U1")["messages"][0]
    page.post("say", user="U2", channel="C1", text="reply", thread_ts=parent["ts"])
    thread = page.get("replies", channel="C1", user="U1", thread_ts=parent["ts"])["messages"]
    assert [(each["text"], each["thread_ts"]) for each in thread] == [("parent", None), ("reply", parent["ts"])]
    assert page.get("messages", channel="C1", user="U1")["messages"][0]["reply_count"] == 1
    answer = page.post("say", user="U1", channel="C1", text="/care", thread_ts=parent["ts"])
    assert answer == {"ok": False, "error": "not_supported_in_threads"}


def test_the_page_is_told_of_changes_that_concern_its_person(playground: Playground) -> None:
    address = f"{playground.url}/playground/events?user=U1"
    with urllib.request.urlopen(address) as stream:  # noqa: S310 - this test's server
        assert stream.readline() == b": hello\n"
        playground.workspace.post_as_slackbot("U2", "C1", "for another")
        playground.workspace.post_as_slackbot("U1", "C2", "for me")
        playground.workspace.views.clear("U1")
        playground.attach(lambda _headers, _body: (200, {}, ""))
        told = [json.loads(line[6:]) for line in (stream.readline() for _ in range(7)) if line.startswith(b"data: ")]
    assert told == [{"type": "channel", "channel": "C2"}, {"type": "modals"}, {"type": "connected"}]


def test_the_log_shows_the_traffic_newest_first(playground: Playground) -> None:
    page = Browser(playground)
    page.post("say", user="U1", channel="C1", text="/care log")
    log = page.get("log", limit="10")["log"]
    assert [(each["direction"], each["kind"], each["refused"]) for each in log] == [
        ("from_bot", "ack", "dispatch_failed"),
        ("to_bot", "slash_commands", None),
    ]
    assert log[1]["payload"]["text"] == "log"


def test_what_a_person_cannot_do_is_told_not_done(playground: Playground) -> None:
    page = Browser(playground)
    assert page.post("say", user="U2", channel="C2", text="hello") == {
        "ok": False,
        "error": "this person is not in this channel",
    }
    assert page.post("say", user="U1", channel="C1") == {"ok": False, "error": "missing: text"}


def test_other_hosts_and_other_sites_are_turned_away(playground: Playground) -> None:
    page = Browser(playground)
    assert page.ask("GET", "/playground/state", Host="evil.example")[0] == 400
    assert page.ask("GET", "/playground/state", Host="localhost")[0] == 200
    body = json.dumps({"user": "U1", "channel": "C1", "text": "forged"})
    assert page.ask("POST", "/playground/say", body, **{"Content-Type": "text/plain"})[0] == 415
    assert playground.as_user("U1").messages("C1") == []
