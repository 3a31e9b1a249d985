"""How a listener answers: in a message, in a modal, over one, or beside the inputs of a form."""

import json
from typing import Any

import structlog
from slack_bolt import Ack, Respond
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookResponse

from bot.listeners.context import Services
from bot.messages.in_text import without_blocks
from bot.slack.refusals import Kind, reason_of, refusal_of
from bot.views.forms.inputs import as_entered, errors_beside
from bot.views.reply import Answer, OpenForm, Reply, reply_view

BAD_REQUEST = 400

log = structlog.get_logger("bot.listeners.responses")


def press_key(body: dict[str, Any], action: dict[str, Any]) -> str:
    """Return the key of every press of one button where it stands: whoever presses twice asks for one thing.

    A Home tab is published again after what is done in it: its next state has another hash, and its buttons other keys.
    """
    if is_in_view(body):
        return f"press:{body['view']['id']}:{body['view']['hash']}:{action['block_id']}:{action['action_id']}"
    container = body["container"]
    return f"press:{container['channel_id']}:{container['message_ts']}:{action['action_id']}"


def is_in_view(body: dict[str, Any]) -> bool:
    """Return whether a button stands in the Home tab or in a form: no message to answer in, and no ``response_url``."""
    return bool(body["container"]["type"] == "view")


def submission_key(view: dict[str, Any]) -> str:
    """Return the key of every submission of one form as it was shown: a form shown anew in its place is another one."""
    return f"view:{view['id']}:{view['hash']}"


def is_in_modal(body: dict[str, Any]) -> bool:
    """Return whether a button stands in a modal."""
    return is_in_view(body) and bool(body["view"]["type"] == "modal")


def tell(respond: Respond, reply: Reply, *, replaces: bool = False) -> None:
    """Show ``reply`` to whoever asked alone, below the message or in its place; as text where Slack takes no blocks."""
    message = {"replace_original": replaces, "response_type": "ephemeral", **reply.payload()}
    reason = _refusal(respond(**message))
    if reason and reply.blocks and refusal_of(reason).kind is Kind.BLOCKS:
        log.error("blocks_refused", reason=reason)
        reason = _refusal(respond(**without_blocks(message)))
    if reason:
        log.error("slack_refused", request="response_url", reason=reason)


def _refusal(answer: WebhookResponse) -> str:
    """Return Slack's word for why a ``response_url`` did not take an answer, in JSON or bare; "" where it did."""
    if answer.status_code < BAD_REQUEST and not answer.body.startswith("{"):
        return ""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {"error": answer.body.strip()}
    return "" if said.get("ok") else str(said.get("error") or f"http_{answer.status_code}")


def replace_message(respond: Respond, reply: Reply) -> None:
    """Show ``reply`` in place of the message whose button was pressed."""
    tell(respond, reply, replaces=True)


def answer_press(
    services: Services, body: dict[str, Any], respond: Respond, reply: Reply, *, title: str, replaces: bool
) -> None:
    """Show ``reply`` in place of the button's message where it ``replaces`` that, else below it.

    A button of the Home tab has no message: its answer is a modal under ``title``, without buttons of its own.
    """
    if is_in_view(body):
        blocks = tuple(block for block in reply.blocks if block["type"] != "actions")
        view = reply_view(Reply(reply.text, blocks), title=title)
        services.show_view(body, view)
    else:
        tell(respond, reply, replaces=replaces)


def show_in_place(services: Services, body: dict[str, Any], respond: Respond, reply: Reply, *, title: str) -> None:
    """Show ``reply`` in place of the message or the modal (then under ``title``) whose button was pressed."""
    if is_in_view(body):
        update_form(services, body, reply_view(reply, title=title))
    else:
        replace_message(respond, reply)


def show_over(services: Services, body: dict[str, Any], respond: Respond, said: Answer, *, title: str) -> None:
    """Show a form, or an answer (in a modal under ``title``), over the message or the view whose button was pressed.

    What is shown over a modal is closed back to it.
    """
    if isinstance(said, Reply) and not is_in_view(body):
        tell(respond, said)
        return
    view = said.view if isinstance(said, OpenForm) else reply_view(said, title=title)
    services.show_view(body, view, above=is_in_modal(body))


def update_form(services: Services, body: dict[str, Any], new: dict[str, Any]) -> None:
    """Show ``new`` in place of the modal pressed, unless that has been replaced meanwhile: the later press holds."""
    old = body["view"]
    try:
        services.client(body).views_update(view_id=old["id"], hash=old["hash"], view=new)
    except SlackApiError as error:
        if reason_of(error) != "hash_conflict":
            raise


def answer_form(ack: Ack, view: dict[str, Any], said: OpenForm | dict[str, str]) -> None:
    """Answer the submission of ``view``: with errors beside its inputs, or with the view that takes its place."""
    if isinstance(said, dict):
        ack(response_action="errors", errors=errors_beside(view, said))
    else:
        ack(response_action="update", view=as_entered(said.view, view))
