"""What people do in Slack's client."""

from typing import Any

from bot.playground.delivery.dispatch import Delivery
from bot.playground.delivery.payloads import Payloads
from bot.playground.errors import ImpossibleAction
from bot.playground.people import forms
from bot.playground.people.answers import Outcome, take_command_answer, take_options, take_submission_answer
from bot.playground.people.events import Events
from bot.playground.people.sources import Source, blocks_of, find_message, find_source, find_view
from bot.playground.settings import JSON, Channel, User
from bot.playground.surfaces import OpenView
from bot.playground.workspace import Workspace
from ledger.characters import characters

# Slack asks an app for options only after so many characters, unless the menu says otherwise.
USUAL_QUERY_LENGTH = 3


class People:
    """Everything a person of the workspace can do. Methods block until the app has answered, or is too late.

    They raise ImpossibleAction for what the client would not let a person do.
    """

    def __init__(self, workspace: Workspace, delivery: Delivery, payloads: Payloads) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._payloads = payloads
        self.events = Events(workspace, delivery, payloads)

    def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> Outcome:
        """Type a line: a message, or a slash command if it begins with `/`."""
        user, channel = self._present(user_id, channel_id)
        if text.startswith("/"):
            return self._command(user, channel, text, thread_ts)
        body: JSON = {"user": user.id, "text": text, "team": self._workspace.installation.team_id}
        if thread_ts is not None:
            body["thread_ts"] = find_message(self._workspace, user.id, channel.id, thread_ts).ts
        self.events.message_said(self._workspace.messages.add(channel.id, body))
        return Outcome()

    def press(self, user_id: str, container: JSON, element: JSON, value: Any = None, state: Any = None) -> Outcome:
        """Use an element, named by `action_id` and perhaps `block_id`, of a message or a view.

        `state` is what else was entered there, as `state.values`.
        """
        user = self._active(user_id)
        source = find_source(self._workspace, user.id, container)
        entered = _entered(source, state)
        block, found = forms.find_element(blocks_of(source), element["action_id"], element.get("block_id"))
        chosen = {} if found["type"] == "button" else forms.chosen(found, value)
        if found["type"] in forms.STATE_KEYS:
            entered.setdefault(block["block_id"], {})[found["action_id"]] = chosen
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Outcome()
        payload = self._payloads.block_actions(
            user,
            source,
            {**self._action(block, found), **chosen},
            forms.merged_state(blocks_of(source), entered),
            self._response_token(user, source),
        )
        return self._interact(payload, f"block_actions {found['action_id']}")

    def submit(self, user_id: str, view_id: str, values: JSON | None = None) -> Outcome:
        """Submit a modal with these `state.values` on top of what was entered before."""
        user = self._active(user_id)
        opened = find_view(self._workspace, user.id, view_id)
        if opened.body["type"] != "modal" or opened.body["submit"] is None:
            raise ImpossibleAction("this view has no submit button")
        self._refuse_hidden_channels(opened, values)
        state = forms.merged_state(blocks_of(opened), _entered(opened, values))
        wrong = forms.wrong_entries(blocks_of(opened), state)
        if wrong:
            return Outcome(errors=wrong)
        payload = self._payloads.view_submission(user, opened, state)
        answer = self._delivery.send("interactive", payload, f"view_submission {opened.body['callback_id']}")
        return take_submission_answer(self._workspace, opened, answer)

    def _refuse_hidden_channels(self, opened: OpenView, values: JSON | None) -> None:
        """Raise ImpossibleAction for a channel shared with another organization that its menu does not show."""
        for block_id, actions in (values or {}).items():
            for action_id, value in actions.items():
                _, element = forms.find_element(blocks_of(opened), action_id, block_id)
                chosen = forms.chosen(element, value).get("selected_conversation")
                channel = self._workspace.channels.get(chosen) if chosen else None
                is_hidden = element.get("filter", {}).get("exclude_external_shared_channels", False)
                if channel is not None and channel.is_ext_shared and is_hidden:
                    raise ImpossibleAction(f"{chosen} is shared with another organization: the menu does not show it")

    def close(self, user_id: str, view_id: str) -> Outcome:
        """Dismisses a modal; the app is told if it asked to be."""
        user = self._active(user_id)
        opened = find_view(self._workspace, user.id, view_id)
        if opened.body["type"] != "modal":
            raise ImpossibleAction("an App Home cannot be closed")
        clears = bool(opened.body["clear_on_close"])
        state = forms.merged_state(blocks_of(opened), opened.entered)
        if clears:
            self._workspace.views.clear(user.id)
        else:
            self._workspace.views.close(opened)
        if not opened.body["notify_on_close"]:
            return Outcome()
        payload = self._payloads.view_closed(user, opened, state, is_cleared=clears)
        return self._interact(payload, f"view_closed {opened.body['callback_id']}")

    def suggest(self, user_id: str, container: JSON, element: JSON, query: str) -> JSON:
        """Return what the app offers for what was typed into an external menu: `options` or `option_groups`.

        Raises:
            SlackError: where the app did not answer in time, or not with options.
        """
        user = self._active(user_id)
        source = find_source(self._workspace, user.id, container)
        block, found = forms.find_element(blocks_of(source), element["action_id"], element.get("block_id"))
        if not found["type"].endswith("external_select"):
            raise ImpossibleAction("only external menus ask the app for options")
        if characters(query) < found.get("min_query_length", USUAL_QUERY_LENGTH):
            return {"options": []}
        named = {"block_id": block["block_id"], "action_id": found["action_id"]}
        state = forms.merged_state(blocks_of(source), _entered(source, None))
        payload = self._payloads.block_suggestion(user, source, named=named, query=query, state=state)
        answer = self._delivery.send("interactive", payload, f"block_suggestion {found['action_id']}")
        return take_options(self._workspace, answer)

    def open_home(self, user_id: str) -> Outcome:
        """Open the App Home; the app is told with `app_home_opened`."""
        return Outcome(self.events.home_opened(self._active(user_id)).error)

    def take_shortcut(self, user_id: str, callback_id: str, message: JSON | None = None) -> Outcome:
        """Take a global shortcut, or with `{"channel", "ts"}` one on a message."""
        user = self._active(user_id)
        kind = "global" if message is None else "message"
        declared = self._workspace.features.shortcuts
        if not any(each.callback_id == callback_id and each.type == kind for each in declared):
            raise ImpossibleAction(f"the app declares no {kind} shortcut {callback_id!r}")
        if message is None:
            payload = self._payloads.global_shortcut(user, callback_id)
        else:
            found = find_message(self._workspace, user.id, message["channel"], message["ts"])
            token = self._workspace.tickets.new_response_url(user.id, found.channel_id, thread_ts=found.thread_ts)
            payload = self._payloads.message_shortcut(user, callback_id, found, token)
        return self._interact(payload, f"shortcut {callback_id}")

    def deactivate(self, user_id: str) -> None:
        """Deactivates a person's account; the app is told with `user_change` if it listens."""
        user = self._active(user_id)
        user.deleted = True
        self._workspace.views.clear(user.id)
        self.events.user_changed(user)

    def reactivate(self, user_id: str) -> None:
        """Restore a deactivated account; the app is told with `user_change` if it listens."""
        user = self._workspace.user(user_id)
        if not user.deleted:
            raise ImpossibleAction("this account is active")
        user.deleted = False
        self.events.user_changed(user)

    def _command(self, user: User, channel: Channel, line: str, thread_ts: str | None) -> Outcome:
        command, _, text = line.partition(" ")
        declared = any(each.command == command for each in self._workspace.features.commands)
        outcome = Outcome("not_a_command" if not declared else "not_supported_in_threads")
        words = f"{command} is not a valid command." if not declared else f"{command} is not supported in threads."
        if declared and thread_ts is None:
            token = self._workspace.tickets.new_response_url(user.id, channel.id)
            payload = self._payloads.command(user, channel, command, text.strip(), token)
            answer = self._delivery.send("slash_commands", payload, line)
            outcome = take_command_answer(self._workspace, token, answer)
            words = f'{command} failed with the error "{outcome.error}"'
        if not outcome.ok:
            self._workspace.post_as_slackbot(user.id, channel.id, words, thread_ts=thread_ts)
        return outcome

    def _interact(self, payload: JSON, summary: str) -> Outcome:
        return Outcome(self._delivery.send("interactive", payload, summary).error)

    def _action(self, block: JSON, element: JSON) -> JSON:
        carried = ("type", "action_id", "text", "value", "style", "url", "placeholder")
        shown = {name: element[name] for name in carried if name in element}
        return {**shown, "block_id": block["block_id"], "action_ts": self._workspace.messages.new_ts()}

    def _response_token(self, user: User, source: Source) -> str | None:
        if isinstance(source, OpenView):
            return None
        return self._workspace.tickets.new_response_url(
            user.id, source.channel_id, thread_ts=source.thread_ts, original_ts=source.ts
        )

    def _active(self, user_id: str) -> User:
        user = self._workspace.users.get(user_id)
        if user is None or user.deleted:
            raise ImpossibleAction("this account does not exist or is deactivated")
        return user

    def _present(self, user_id: str, channel_id: str) -> tuple[User, Channel]:
        user = self._active(user_id)
        channel = self._workspace.channels.get(channel_id)
        if channel is None or user.id not in channel.members:
            raise ImpossibleAction("this person is not in this channel")
        if channel.is_archived:
            raise ImpossibleAction("this channel is archived")
        return user, channel


def _entered(source: Source, values: Any) -> JSON:
    """Return what was entered where a person acts, with `values` added to it; a view remembers them."""
    entered: JSON = source.entered if isinstance(source, OpenView) else {}
    for block_id, actions in (values or {}).items():
        for action_id, value in actions.items():
            _, element = forms.find_element(blocks_of(source), action_id, block_id)
            entered.setdefault(block_id, {})[action_id] = forms.chosen(element, value)
    return entered
