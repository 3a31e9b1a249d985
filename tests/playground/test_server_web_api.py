"""The Web API: what it answers, and what it refuses by which name."""

import contextlib
import dataclasses
import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.playground import Features, Playground, SlackError, Workspace
from bot.playground.api.methods import METHODS, answer

JSON = dict[str, Any]
SECTION: JSON = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}
MODAL: JSON = {"type": "modal", "title": {"type": "plain_text", "text": "Title"}, "blocks": [SECTION]}
HOME: JSON = {"type": "home", "blocks": [SECTION]}


def call(workspace: Workspace, method: str, **args: Any) -> JSON:
    """Calls a method as the server does, without a server."""
    return answer(workspace, method, workspace.installation.bot_token, args, "http://127.0.0.1:1")


def refusal(workspace: Workspace, method: str, **args: Any) -> SlackError:
    with pytest.raises(SlackError) as caught:
        call(workspace, method, **args)
    return caught.value


def post(workspace: Workspace, text: str = "words", channel: str = "C1", **args: Any) -> str:
    workspace.enforce_message_rate = False
    return str(call(workspace, "chat.postMessage", channel=channel, text=text, **args)["ts"])


def with_scopes(workspace: Workspace, *scopes: str) -> Workspace:
    workspace.features = Features(scopes=frozenset(scopes))
    return workspace


def test_a_client_learns_who_it_is_and_its_scopes(client: WebClient) -> None:
    told = client.auth_test()
    assert (told["team_id"], told["user_id"], told["bot_id"]) == ("T0PLAYGROUND", "U0APP", "B0APP")
    assert "chat:write" in told.headers["x-oauth-scopes"]


def test_a_call_without_a_good_token_is_refused(workspace: Workspace) -> None:
    for token, error in [(None, "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-playground", "not_allowed")]:
        with pytest.raises(SlackError, match=error):
            answer(workspace, "auth.test", token, {}, "")
    with pytest.raises(SlackError, match="not_allowed_token_type"):
        answer(workspace, "apps.connections.open", "xoxb-playground", {}, "")


def test_an_unknown_method_is_named(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.shout")
    assert caught.value.response.data == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


@pytest.mark.parametrize("method", sorted(name for name, method in METHODS.items() if method.scope))
def test_a_method_whose_scope_the_app_lacks_is_refused(workspace: Workspace, method: str) -> None:
    error = refusal(with_scopes(workspace, "commands"), method, channel="C1")
    assert error.error == "missing_scope"
    assert error.extra["provided"] == "commands"
    with_scopes(workspace, error.extra["needed"])
    with contextlib.suppress(SlackError):
        call(workspace, method, channel="C1")
    assert workspace.traffic.newest(1)[0].refused != "missing_scope"


def test_history_needs_the_scope_of_the_conversations_kind(workspace: Workspace) -> None:
    direct = call(workspace, "conversations.open", users="U1")["channel"]["id"]
    with_scopes(workspace, "channels:history", "channels:read")
    assert call(workspace, "conversations.history", channel="C1")["messages"] == []
    assert refusal(workspace, "conversations.history", channel=direct).extra["needed"] == "im:history"
    assert refusal(workspace, "conversations.list", types="im").extra["needed"] == "im:read"


def test_a_message_is_posted_updated_and_deleted(client: WebClient, playground: Playground) -> None:
    posted = client.chat_postMessage(channel="C1", text="before", blocks=[SECTION])
    assert posted["message"]["blocks"][0]["block_id"]
    client.chat_update(channel="C1", ts=posted["ts"], text="between", blocks=[SECTION])
    assert "edited" not in playground.as_user("U1").messages("C1")[0].body
    client.chat_update(channel="C1", ts=posted["ts"], text="after")
    seen = playground.as_user("U1").messages("C1")
    assert [each.text for each in seen] == ["after"]
    assert not seen[0].blocks, "a text alone takes the place of blocks"
    assert "edited" in seen[0].body
    client.chat_delete(channel="C1", ts=posted["ts"])
    assert playground.as_user("U1").messages("C1") == []


def test_posting_where_the_app_may_not_is_refused(workspace: Workspace) -> None:
    assert refusal(workspace, "chat.postMessage", channel="C9", text="x").error == "channel_not_found"
    assert refusal(workspace, "chat.postMessage", channel="C2", text="x").error == "not_in_channel"
    assert refusal(workspace, "chat.postMessage", channel="C3", text="x").error == "is_archived"
    workspace.features = dataclasses.replace(workspace.features, messages_tab_enabled=False)
    assert refusal(workspace, "chat.postMessage", channel="U1", text="x").error == "messages_tab_disabled"
    assert refusal(workspace, "chat.postMessage", channel="C1").error == "no_text"
    assert refusal(workspace, "chat.postMessage", channel="C1", text="x", thread_ts="1.0").error == "thread_not_found"
    assert refusal(workspace, "chat.postMessage", text="x").messages == (
        "[ERROR] missing required field: channel [json-pointer:]",
    )
    assert refusal(workspace, "chat.postMessage", channel="C1", text="x", blocks="[").error == "invalid_blocks_format"


def test_a_workspace_whose_settings_forbid_it_takes_no_posts_and_no_files(workspace: Workspace) -> None:
    workspace.features = replace(workspace.features, scopes=workspace.features.scopes | {"files:write"})
    workspace.channels["C1"].is_restricted = True
    workspace.takes_files = False

    assert refusal(workspace, "chat.postMessage", channel="C1", text="x").error == "restricted_action"
    error = refusal(workspace, "files.getUploadURLExternal", filename="x.csv", length=1).error
    assert error == "file_uploads_disabled"


def test_a_changed_message_has_4000_characters_at_most(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel="C1", text="x" * 4001)["ts"]
    assert call(workspace, "chat.update", channel="C1", ts=ts, text="💊" * 2000)["ok"]
    assert refusal(workspace, "chat.update", channel="C1", ts=ts, text="💊" * 2000 + "x").error == "msg_too_long"


def test_a_channel_says_whether_another_organization_sees_it(workspace: Workspace) -> None:
    def told() -> bool:
        return bool(call(workspace, "conversations.info", channel="C1")["channel"]["is_ext_shared"])

    assert not told()
    workspace.channels["C1"].is_ext_shared = True
    assert told()


def test_only_the_apps_own_messages_can_be_changed(workspace: Workspace) -> None:
    said = workspace.messages.add("C1", {"user": "U1", "text": "mine"})
    assert refusal(workspace, "chat.update", channel="C1", ts=said.ts, text="x").error == "cant_update_message"
    assert refusal(workspace, "chat.delete", channel="C1", ts=said.ts).error == "cant_delete_message"
    assert refusal(workspace, "chat.update", channel="C1", ts="1.0", text="x").error == "message_not_found"


def test_an_ephemeral_message_is_seen_by_one_and_is_in_no_history(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postEphemeral", channel="C1", user="U1", text="psst")["message_ts"]
    assert call(workspace, "conversations.history", channel="C1")["messages"] == []
    assert refusal(workspace, "chat.update", channel="C1", ts=ts, text="x").error == "message_not_found"
    workspace.channels["C1"].members.remove("U2")
    error = refusal(workspace, "chat.postEphemeral", channel="C1", user="U2", text="psst").error
    assert error == "user_not_in_channel"


def test_a_channel_takes_one_message_a_second(client: WebClient, playground: Playground, clock: Any) -> None:
    client.chat_postMessage(channel="C1", text="first")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C1", text="second")
    refused = caught.value.response
    assert (refused.status_code, refused["error"], refused.headers["Retry-After"]) == (429, "ratelimited", "1")
    client.chat_postMessage(channel="U1", text="to another conversation")
    clock.move(1.0)
    client.chat_postMessage(channel="C1", text="third")
    assert [each.text for each in playground.as_user("U1").messages("C1")] == ["first", "third"]


def test_history_comes_newest_first_in_pages_and_without_replies(workspace: Workspace) -> None:
    stamps = [post(workspace, str(number)) for number in range(5)]
    post(workspace, "reply", thread_ts=stamps[0])
    first = call(workspace, "conversations.history", channel="C1", limit=3)
    assert [each["text"] for each in first["messages"]] == ["4", "3", "2"]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    rest = call(workspace, "conversations.history", channel="C1", limit=3, cursor=cursor)
    assert [each["text"] for each in rest["messages"]] == ["1", "0"]
    assert not rest["has_more"]
    assert rest["messages"][-1]["reply_count"] == 1
    between = call(workspace, "conversations.history", channel="C1", oldest=stamps[1], latest=stamps[3])
    assert [each["text"] for each in between["messages"]] == ["2"]
    assert refusal(workspace, "conversations.history", channel="C1", oldest="May").error == "invalid_ts_oldest"
    assert refusal(workspace, "conversations.history", channel="C1", cursor="x").error == "invalid_cursor"
    assert refusal(workspace, "conversations.history", channel="C2").error == "not_in_channel"


def test_a_thread_is_its_parent_and_its_replies(workspace: Workspace) -> None:
    parent = post(workspace, "parent")
    post(workspace, "reply", thread_ts=parent)
    thread = call(workspace, "conversations.replies", channel="C1", ts=parent)["messages"]
    assert [each["text"] for each in thread] == ["parent", "reply"]
    assert refusal(workspace, "conversations.replies", channel="C1", ts="1.0").error == "thread_not_found"


def test_metadata_is_kept_and_shown_to_those_who_ask(workspace: Workspace) -> None:
    metadata = {"event_type": "digest", "event_payload": {"team": "one"}}
    ts = post(workspace, metadata=metadata)
    assert "metadata" not in call(workspace, "conversations.history", channel="C1")["messages"][0]
    call(workspace, "chat.update", channel="C1", ts=ts, text="changed")
    asked = call(workspace, "conversations.history", channel="C1", include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == metadata


def test_people_and_channels_are_listed(client: WebClient, workspace: Workspace) -> None:
    workspace.users["U2"].deleted = True
    members = {each["id"]: each for each in client.users_list()["members"]}
    assert members["U1"]["profile"]["title"] == "Care coordinator"
    assert members["U2"]["deleted"]
    assert members["U0APP"]["is_bot"]
    assert client.users_info(user="U1")["user"]["tz"] == "America/New_York"
    assert [each["id"] for each in client.conversations_list(exclude_archived=True)["channels"]] == ["C1", "C2"]
    assert client.conversations_members(channel="C1")["members"] == ["U1", "U2", "U0APP"]
    assert client.conversations_info(channel="C1")["channel"]["is_member"]
    assert refusal(workspace, "users.info", user="U9").error == "user_not_found"
    assert refusal(workspace, "conversations.open", users="U2").error == "user_disabled"


def test_a_private_channel_is_there_only_for_who_is_in_it(client: WebClient, workspace: Workspace) -> None:
    workspace.features = replace(workspace.features, scopes=workspace.features.scopes | {"groups:read"})
    channel = workspace.channels["C2"]
    assert not client.conversations_info(channel="C2")["channel"]["is_member"]

    channel.is_private = True
    assert refusal(workspace, "conversations.info", channel="C2").error == "channel_not_found"
    channel.bot_is_member = True
    assert client.conversations_info(channel="C2")["channel"]["is_private"]


def test_an_answer_has_the_scopes_of_the_token_and_the_workspaces_own_time(
    client: WebClient, workspace: Workspace
) -> None:
    headers = {name.lower(): value for name, value in client.auth_test().headers.items()}

    assert set(headers["x-oauth-scopes"].split(",")) == workspace.features.scopes
    assert headers["date"] == "Mon, 24 Nov 2025 16:00:00 GMT"


def test_without_a_messages_tab_nobody_is_written_to_directly(client: WebClient, workspace: Workspace) -> None:
    channel = client.conversations_open(users=["U1"])["channel"]["id"]
    client.chat_postMessage(channel=channel, text="words")
    workspace.features = replace(workspace.features, messages_tab_enabled=False)
    for target in (channel, "U1"):
        refused = refusal(workspace, "chat.postMessage", channel=target, text="words")
        assert refused.error == "messages_tab_disabled"
    client.chat_postMessage(channel="C1", text="words")


def test_a_file_arrives_in_a_direct_message(client: WebClient, playground: Playground) -> None:
    channel = client.conversations_open(users=["U1"])["channel"]["id"]
    client.files_upload_v2(channel=channel, content="code,minutes\nP-1042,29\n", filename="month.csv", title="Month")
    message = playground.as_user("U1").direct_messages()[0]
    with urllib.request.urlopen(message.body["files"][0]["url_private"]) as response:  # noqa: S310 - this test's server
        assert response.read() == b"code,minutes\nP-1042,29\n"


def test_a_file_that_was_not_uploaded_cannot_be_shown(workspace: Workspace) -> None:
    place = call(workspace, "files.getUploadURLExternal", filename="a.csv", length=3)
    files = [{"id": place["file_id"]}]
    assert refusal(workspace, "files.completeUploadExternal", files=files, channel_id="C1").error == "file_not_found"
    with pytest.raises(SlackError, match="length_mismatch"):
        workspace.files.receive(place["upload_url"].rpartition("/")[2], b"four")
    assert refusal(workspace, "files.getUploadURLExternal", filename="a.csv").error == "invalid_arguments"


def upload(client: WebClient, name: str = "bars.png", **more: Any) -> str:
    uploaded = client.files_upload_v2(content=b"bars", filename=name, title="Bars", alt_txt="Three bars", **more)
    assert uploaded["files"][0]["alt_txt"] == "Three bars"
    return str(uploaded["files"][0]["id"])


def picture(**slack_file: str) -> list[JSON]:
    return [SECTION, {"type": "image", "slack_file": slack_file, "alt_text": "Three bars"}]


def test_an_uploaded_picture_is_shown_in_a_message(client: WebClient, playground: Playground) -> None:
    file_id = upload(client)
    ts = client.chat_postMessage(channel="C1", text="bars", blocks=picture(id=file_id))["ts"]
    client.chat_update(channel="C1", ts=ts, text="bars again", blocks=picture(id=file_id))
    address = f"{playground.url}/files/{file_id}/picture"
    with urllib.request.urlopen(address) as response:  # noqa: S310 - this test's server
        assert (response.read(), response.headers["Content-Type"]) == (b"bars", "image/png")
    assert [each.text for each in playground.as_user("U1").messages("C1")] == ["bars again"]
    assert not [entry for entry in playground.refusals if "files" in entry.kind]


def test_a_picture_may_be_named_by_the_address_of_its_file(client: WebClient, playground: Playground) -> None:
    file_id = upload(client)
    client.chat_postMessage(channel="C1", text="bars", blocks=picture(url=f"{playground.url}/files/{file_id}/a.png"))


def test_a_file_that_is_no_uploaded_picture_is_refused_in_a_block(client: WebClient, playground: Playground) -> None:
    workspace = playground.workspace
    begun = call(workspace, "files.getUploadURLExternal", filename="a.png", length=3)["file_id"]
    for blocks in (picture(id="F9"), picture(id=begun), picture(id=upload(client, "month.csv"))):
        error = refusal(workspace, "chat.postMessage", channel="C1", text="x", blocks=blocks)
        assert error.error == "invalid_blocks"
        assert error.messages == ("[ERROR] invalid slack file [json-pointer:/blocks/1/slack_file]",)
        assert error.extra["errors"] == ["invalid slack file [json-pointer:/blocks/1/slack_file]"]
        assert refusal(workspace, "chat.postEphemeral", channel="C1", user="U1", text="x", blocks=blocks)


def test_an_update_cannot_bring_in_a_picture_that_the_conversation_has_not_seen(client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", text="words")["ts"]
    with pytest.raises(SlackApiError, match="invalid slack file"):
        client.chat_update(channel="C1", ts=ts, text="bars", blocks=picture(id=upload(client)))


def test_a_trigger_opens_one_modal_within_three_seconds(workspace: Workspace, clock: Any) -> None:
    trigger = workspace.tickets.new_trigger("U1")
    clock.move(3.0)
    call(workspace, "views.open", trigger_id=trigger, view=MODAL)
    assert refusal(workspace, "views.open", trigger_id=trigger, view=MODAL).error == "exchanged_trigger_id"
    late = workspace.tickets.new_trigger("U1")
    clock.move(3.1)
    assert refusal(workspace, "views.open", trigger_id=late, view=MODAL).error == "expired_trigger_id"
    assert refusal(workspace, "views.open", trigger_id="1.2.3", view=MODAL).error == "invalid_trigger_id"


def test_a_modal_that_is_refused_does_not_spend_the_trigger(workspace: Workspace) -> None:
    trigger = workspace.tickets.new_trigger("U1")
    assert refusal(workspace, "views.open", trigger_id=trigger, view={}).error == "invalid_arguments"
    assert call(workspace, "views.open", trigger_id=trigger, view=MODAL)["view"]["id"]


def test_three_modals_stack_and_no_more(workspace: Workspace) -> None:
    def push() -> JSON:
        return call(workspace, "views.push", trigger_id=workspace.tickets.new_trigger("U1"), view=MODAL)["view"]

    assert refusal(workspace, "views.push", trigger_id=workspace.tickets.new_trigger("U1"), view=MODAL).error == (
        "not_found"
    )
    root = call(workspace, "views.open", trigger_id=workspace.tickets.new_trigger("U1"), view=MODAL)["view"]
    second, third = push(), push()
    assert third["root_view_id"] == root["id"]
    assert third["previous_view_id"] == second["id"]
    error = refusal(workspace, "views.push", trigger_id=workspace.tickets.new_trigger("U1"), view=MODAL)
    assert error.error == "push_limit_reached"


def test_a_view_that_changed_meanwhile_is_not_overwritten(workspace: Workspace) -> None:
    view = {**MODAL, "external_id": "mine"}
    opened = call(workspace, "views.open", trigger_id=workspace.tickets.new_trigger("U1"), view=view)["view"]
    updated = call(workspace, "views.update", external_id="mine", view=view, hash=opened["hash"])["view"]
    assert updated["id"] == opened["id"]
    stale = refusal(workspace, "views.update", view_id=opened["id"], view=view, hash=opened["hash"])
    assert stale.error == "hash_conflict"
    assert refusal(workspace, "views.update", view_id="V9", view=view).error == "not_found"
    again = refusal(workspace, "views.open", trigger_id=workspace.tickets.new_trigger("U2"), view=view)
    assert again.error == "duplicate_external_id"


def test_a_home_is_published_for_one_person(workspace: Workspace) -> None:
    first = call(workspace, "views.publish", user_id="U1", view=HOME)["view"]
    second = call(workspace, "views.publish", user_id="U1", view=HOME, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    assert workspace.views.home("U2") is None
    stale = refusal(workspace, "views.publish", user_id="U1", view=HOME, hash=first["hash"])
    assert stale.error == "hash_conflict"
    assert refusal(workspace, "views.publish", user_id="U9", view=HOME).error == "user_not_found"
    assert refusal(workspace, "views.publish", user_id="U1", view=MODAL).error == "invalid_arguments"


def response_hook(playground: Playground, **about: Any) -> WebhookClient:
    token = playground.workspace.tickets.new_response_url("U1", "C1", **about)
    return WebhookClient(f"{playground.url}/response/{token}")


def test_a_response_url_answers_five_times(playground: Playground) -> None:
    hook = response_hook(playground)
    for number in range(5):
        assert hook.send(text=str(number)).body == "ok"
    sixth = hook.send(text="6")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
    nurse = playground.as_user("U1").messages("C1")
    assert [each.text for each in nurse] == ["0", "1", "2", "3", "4"]
    assert all(each.ephemeral for each in nurse)


def test_a_response_url_lasts_thirty_minutes(playground: Playground, clock: Any) -> None:
    hook = response_hook(playground)
    clock.move(30 * 60)
    assert hook.send(text="just in time").status_code == 200
    clock.move(1)
    assert "expired_url" in hook.send(text="late").body


def test_a_response_url_replaces_and_deletes_what_it_came_from(playground: Playground) -> None:
    original = playground.workspace.messages.add("C1", {"text": "card", "bot_id": "B0APP"}, ephemeral_for="U1")
    hook = response_hook(playground, original_ts=original.ts)
    nurse = playground.as_user("U1")
    hook.send(text="changed", replace_original=True)
    assert [each.text for each in nurse.messages("C1")] == ["changed"]
    hook.send(text="for all", response_type="in_channel")
    assert [each.text for each in playground.as_user("U2").messages("C1")] == ["for all"]
    hook.send(delete_original=True)
    assert [each.text for each in nurse.messages("C1")] == ["for all"]


def test_a_response_url_refuses_what_no_message_may_be(playground: Playground) -> None:
    hook = response_hook(playground)
    assert hook.send(text="", blocks=[SECTION]).status_code == 400
    assert hook.send_dict({"text": "x", "colour": "red"}).status_code == 400
    assert str(playground.refusals[0].refused).startswith("no_text")


def failing(client: WebClient) -> SlackResponse:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C1", text="words")
    return caught.value.response


def test_a_fault_shows_once_and_is_no_refusal(client: WebClient, playground: Playground) -> None:
    playground.fail_next("chat.postMessage", status=429, retry_after=30)
    refused = failing(client)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    playground.fail_next("chat.postMessage", status=200, error="fatal_error")
    assert failing(client)["error"] == "fatal_error"
    client.chat_postMessage(channel="C1", text="words")
    assert playground.refusals == []


def test_a_call_can_be_done_though_its_answer_is_lost(client: WebClient, playground: Playground) -> None:
    playground.fail_next("chat.postMessage", status=500, after_accepting=True)
    assert failing(client).status_code == 500
    assert [each.text for each in playground.as_user("U1").messages("C1")] == ["words"]


def test_refused_calls_are_kept_for_tests_to_ask_after(client: WebClient, playground: Playground) -> None:
    client.chat_postMessage(channel="C1", text="words")
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C2", text="words")
    assert [(each.kind, each.refused) for each in playground.refusals] == [("chat.postMessage", "not_in_channel")]
    assert len(playground.calls("chat.postMessage")) == 2
    assert all("token" not in each.payload for each in playground.calls("chat.postMessage"))
