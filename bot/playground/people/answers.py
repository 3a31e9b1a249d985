"""What Slack does with the app's acknowledgement of a command, of a submitted modal, and of a menu's question."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground.api.responses import respond
from bot.playground.delivery.answer import Answer
from bot.playground.errors import SlackError
from bot.playground.filling import fill_blocks
from bot.playground.limits.content import check_options_answer, check_view
from bot.playground.people.sources import blocks_of
from bot.playground.settings import JSON
from bot.playground.surfaces import OpenView
from bot.playground.workspace import Workspace


@dataclass(frozen=True)
class Outcome:
    """What came of an action: `error` where it failed, `errors` by block id where a form was not taken."""

    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Returns whether nothing went wrong."""
        return self.error is None and not self.errors


def take_command_answer(workspace: Workspace, response_token: str, answer: Answer) -> Outcome:
    """Show the answer to a slash command (https://docs.slack.dev/interactivity/implementing-slash-commands)."""
    if answer.error is not None or not answer.body:
        return Outcome(answer.error)
    given = {"text": answer.body} if isinstance(answer.body, str) else answer.body
    try:
        respond(workspace, workspace.tickets.response_url(response_token), given)
    except SlackError as error:
        _note_refusal(workspace, "answer to a command", answer.body, error)
        return Outcome(error.error)
    return Outcome()


def take_submission_answer(workspace: Workspace, opened: OpenView, answer: Answer) -> Outcome:
    """Do what a `response_action` says; without one the modal closes (https://docs.slack.dev/surfaces/modals)."""
    if answer.error is not None:
        return Outcome(answer.error)
    if not answer.body:
        workspace.views.close(opened)
        return Outcome()
    try:
        return _do_response_action(workspace, opened, answer.body)
    except SlackError as error:
        _note_refusal(workspace, "answer to view_submission", answer.body, error)
        return Outcome(error.error)


def take_options(workspace: Workspace, answer: Answer) -> JSON:
    """Return the options a menu shows; raise SlackError where the app gave none that a menu can show."""
    if answer.error is not None:
        raise SlackError(answer.error)
    try:
        check_options_answer(answer.body)
    except SlackError as error:
        _note_refusal(workspace, "answer to block_suggestion", answer.body, error)
        raise
    options: JSON = answer.body
    return options


def _do_response_action(workspace: Workspace, opened: OpenView, body: Any) -> Outcome:
    action = body.get("response_action") if isinstance(body, dict) else None
    if action == "errors":
        return Outcome(errors=_field_errors(opened, body.get("errors")))
    if action == "clear":
        workspace.views.clear(opened.user_id)
    elif action == "update":
        workspace.views.update(opened, _next_view(workspace, body))
    elif action == "push":
        workspace.views.push(opened.user_id, _next_view(workspace, body))
    else:
        raise SlackError("invalid_response_action")
    return Outcome()


def _next_view(workspace: Workspace, body: JSON) -> JSON:
    view = body.get("view")
    check_view(view, kind="modal")
    return {**body["view"], "blocks": fill_blocks(workspace, body["view"]["blocks"])}


def _field_errors(opened: OpenView, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in blocks_of(opened) if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", ["[ERROR] must provide an object [json-pointer:/errors]"])
    for block_id, words in errors.items():
        if block_id not in inputs or not isinstance(words, str) or not words:
            told = f"[ERROR] no input block can show this [json-pointer:/errors/{block_id}]"
            raise SlackError("invalid_errors", [told])
    return errors


def _note_refusal(workspace: Workspace, summary: str, body: Any, error: SlackError) -> None:
    workspace.traffic.note("from_bot", "ack", summary, body, refused=str(error))
