"""Answers to an interaction: by its acknowledgement, or by its `response_url`.

See https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

from typing import Any

from bot.playground.errors import HungUp, SlackError
from bot.playground.filling import fill_blocks
from bot.playground.limits.content import check_message
from bot.playground.messages import Message
from bot.playground.pictures import pictures_in
from bot.playground.settings import JSON
from bot.playground.tickets import ResponseUrl
from bot.playground.workspace import Workspace

KNOWN_FIELDS = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "mrkdwn",
    }
)


def answer_response_url(workspace: Workspace, token: str, given: Any) -> None:
    """Do what was sent to a response URL, and keep it in the traffic log.

    Raises:
        SlackError: for a URL that is unknown, too old or used up, and for a message Slack would not take.
        HungUp: where a fault was put in the way that loses the connection.
    """
    fault = workspace.traffic.take_fault("response_url")
    try:
        if fault is not None and not fault.after_accepting:
            fault.strike()
        respond(workspace, workspace.tickets.use_response_url(token), given)
        if fault is not None and fault.after_accepting:
            fault.strike()
    except (SlackError, HungUp) as error:
        workspace.traffic.note(
            "from_bot", "response_url", "response_url", given, refused=str(error), injected=fault is not None
        )
        raise
    workspace.traffic.note("from_bot", "response_url", "response_url", given)


def respond(workspace: Workspace, ticket: ResponseUrl, given: Any) -> None:
    """Post, replace or delete what an answer to an interaction asks for; raise SlackError when it is malformed."""
    if not isinstance(given, dict):
        raise SlackError("invalid_payload")
    unknown = sorted(set(given) - KNOWN_FIELDS)
    if unknown:
        raise SlackError("invalid_payload", [f"[ERROR] invalid additional property: {unknown[0]} [json-pointer:]"])
    original = workspace.messages.find(ticket.channel_id, ticket.original_ts) if ticket.original_ts else None
    if given.get("delete_original"):
        if original is None:
            raise SlackError("message_not_found", status=404)
        workspace.messages.remove(original)
        return
    body = _content(workspace, given)
    if given.get("replace_original") and original is not None:
        workspace.messages.replace(original, body)
        return
    _post(workspace, ticket, given, body)


def _content(workspace: Workspace, given: JSON) -> JSON:
    blocks = given.get("blocks")
    if given.get("attachments"):
        raise SlackError("invalid_attachments", ["[ERROR] attachments are a legacy; use blocks"])
    check_message(given.get("text"), blocks)
    pictures_in(workspace, blocks or [])
    return {"text": given["text"], "blocks": fill_blocks(workspace, blocks) if blocks else None}


def _post(workspace: Workspace, ticket: ResponseUrl, given: JSON, body: JSON) -> Message:
    response_type = given.get("response_type", "ephemeral")
    if response_type not in {"ephemeral", "in_channel"}:
        raise SlackError("invalid_payload", ["[ERROR] must be one of: ephemeral, in_channel"])
    ephemeral = response_type == "ephemeral"
    whole: JSON = {**workspace.author(), **{name: value for name, value in body.items() if value is not None}}
    thread_ts = given.get("thread_ts") or ticket.thread_ts
    if thread_ts is not None:
        whole["thread_ts"] = thread_ts
    if ephemeral:
        whole["is_ephemeral"] = True
    message = workspace.messages.add(ticket.channel_id, whole, ephemeral_for=ticket.user_id if ephemeral else None)
    if ticket.original_ts is None:
        ticket.original_ts = message.ts
    return message
