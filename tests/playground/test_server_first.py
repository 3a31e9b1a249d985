from typing import Any

from slack_bolt import App

from bot.playground import Playground

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "log",
    "title": {"type": "plain_text", "text": "Log time"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "code",
            "label": {"type": "plain_text", "text": "Patient"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        }
    ],
}


def test_a_command_is_answered_to_its_caller_alone(playground: Playground, attached: App) -> None:
    attached.command("/care")(lambda ack, command: ack(f"You said {command['text']}"))
    seen = playground.as_user("U1").command("C1", "/care log P-1042")
    assert seen.message.text == "You said log P-1042"
    assert seen.message.ephemeral
    assert playground.as_user("U2").messages("C1") == []
    assert playground.refusals == []


def test_a_modal_opens_and_its_values_reach_the_app(playground: Playground, attached: App) -> None:
    got: list[str] = []

    @attached.command("/care")
    def opens(ack: Any, client: Any, command: Any) -> None:
        client.views_open(trigger_id=command["trigger_id"], view=MODAL)
        ack()

    @attached.view("log")
    def saves(ack: Any, view: Any) -> None:
        got.append(view["state"]["values"]["code"]["value"]["value"])
        ack()

    nurse = playground.as_user("U1")
    modal = nurse.command("C1", "/care").modal
    assert modal is not None
    assert nurse.submit(modal).errors == {"code": "Please complete this required field."}
    assert nurse.submit(modal, {"code": "P-1042"}).modal is None
    assert got == ["P-1042"]
    assert playground.refusals == []


def test_a_home_is_shown_when_it_is_opened(playground: Playground, attached: App) -> None:
    @attached.event("app_home_opened")
    def publishes(client: Any, event: Any) -> None:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Good morning"}}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    home = playground.as_user("U1").home()
    assert home is not None
    assert home.words == "Good morning"
