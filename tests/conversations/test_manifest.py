"""``manifest.yml`` declares what the code listens to and calls: no less, and no more."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App, BoltRequest, BoltResponse
from support.slack import MANIFEST, Harness

import bot.slack.manifest
from bot.slack.manifest import bot_scopes
from ledger.errors import LedgerError

BOT = Path(bot.__file__).parent
SCOPES_BY_METHOD = {
    "apps_connections_open": set[str](),  # with the app token
    "auth_test": set[str](),
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "files_upload_v2": {"files:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history"},
    "users_info": {"users:read"},
    "views_open": set[str](),
    "views_push": set[str](),
    "views_publish": set[str](),
    "views_update": set[str](),
}
"""The Web API methods that the code calls and the scopes they need, by Slack's reference."""
NEEDED_BY_COMMANDS = {"commands"}
ROOMS_OF_BUTTONS = (
    "card",
    "close",
    "digest",
    "entry",
    "fact",
    "fix",
    "home",
    "log",
    "month",
    "near",
    "patient",
    "patients",
    "settings",
    "staff",
    "stranger",
    "team",
    "timer",
)
"""How the names of buttons begin."""
API_METHOD = re.compile(
    r"(admin|apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views)_[a-zA-Z0-9_]+"
)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """The manifest as Slack reads it."""
    return dict(yaml.safe_load(MANIFEST.read_text(encoding="utf-8")))


def called_methods() -> set[str]:
    """The Web API methods that the bot calls or hands on to be called, the playground apart."""
    found: set[str] = set()
    for path in BOT.rglob("*.py"):
        if "playground" in path.relative_to(BOT).parts:
            continue
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        called = [node.func for node in nodes if isinstance(node, ast.Call)]
        handed_on = [node for node in nodes if isinstance(node, ast.Attribute) and _is_client(node.value)]
        names = {node.attr for node in (*called, *handed_on) if isinstance(node, ast.Attribute)}
        found |= {name for name in names if API_METHOD.fullmatch(name)}
    return found


def _is_client(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in {"client", "_client"}


def test_every_method_the_code_calls_is_known_with_its_scopes() -> None:
    assert called_methods() == set(SCOPES_BY_METHOD)


def test_the_scopes_are_those_of_the_methods_called(manifest: dict[str, Any]) -> None:
    needed = NEEDED_BY_COMMANDS.union(*SCOPES_BY_METHOD.values())

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
    assert "user" not in manifest["oauth_config"]["scopes"]


def answers(app: App, body: dict[str, Any]) -> bool:
    """Whether any listener of the app takes this payload."""
    request = BoltRequest(body=body, mode="socket_mode")
    return any(listener.matches(req=request, resp=BoltResponse(status=200)) for listener in app._listeners)


def test_the_declared_commands_are_those_the_app_listens_to(manifest: dict[str, Any], harness: Harness) -> None:
    declared = [each["command"] for each in manifest["features"]["slash_commands"]]

    assert declared == ["/ccm"]
    assert all(answers(harness.app, {"command": command, "text": ""}) for command in declared)
    assert not answers(harness.app, {"command": "/other", "text": ""})


def test_the_declared_shortcuts_and_events_are_those_the_app_listens_to(
    manifest: dict[str, Any], harness: Harness
) -> None:
    kinds = {"global": "shortcut", "message": "message_action"}
    declared = {(kinds[each["type"]], each["callback_id"]) for each in manifest["features"]["shortcuts"]}
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])

    assert declared == {("shortcut", "log_shortcut"), ("message_action", "log_message_shortcut")}
    assert events == {"app_home_opened", "user_change", "app_uninstalled", "tokens_revoked"}
    for kind, callback_id in [*declared, ("shortcut", "log_form_submitted"), ("message_action", "other")]:
        assert answers(harness.app, {"type": kind, "callback_id": callback_id}) == ((kind, callback_id) in declared)
    for event in (*events, "message", "app_mention"):
        body = {"type": "event_callback", "event": {"type": event, "user": "U1"}}
        assert answers(harness.app, body) == (event in events)


def test_interactivity_is_on_because_the_app_listens_to_buttons_and_forms(
    manifest: dict[str, Any], harness: Harness
) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"]
    for action in (
        "log_undo",
        "log_form",
        "log_save_anyway",
        "digest_post_now",
        "month_page_next",
        "near_page_previous",
    ):
        assert answers(harness.app, {"type": "block_actions", "actions": [{"action_id": action}]})
    assert answers(
        harness.app, {"type": "view_submission", "view": {"type": "modal", "callback_id": "log_form_submitted"}}
    )


def test_every_button_of_every_view_has_a_listener(harness: Harness) -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (BOT / "views").glob("*.py"))
    names = re.findall(rf'^[A-Z_]+ = "((?:{"|".join(ROOMS_OF_BUTTONS)})_[a-z_]+)"$', sources, re.MULTILINE)
    pages = {f"{name}_{turn}" for name in names if name.endswith("_page") for turn in ("next", "previous")}
    actions = pages | {name for name in names if not name.endswith(("_page", "_submitted", "_open"))}
    actions |= {f"{name}_plan" for name in names if name.endswith("_open")}

    assert len(actions) >= 10
    for action in actions:
        assert answers(harness.app, {"type": "block_actions", "actions": [{"action_id": action}]}), action


def test_the_messages_tab_is_on_because_the_bot_sends_direct_messages(manifest: dict[str, Any]) -> None:
    tab = manifest["features"]["app_home"]

    assert "conversations_open" in called_methods()
    assert (tab["messages_tab_enabled"], tab["messages_tab_read_only_enabled"]) == (True, True)


def test_a_name_is_typed_as_a_name_and_not_as_a_mention(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["slash_commands"][0]["should_escape"] is False


def test_the_demo_uses_this_manifest(manifest: dict[str, Any]) -> None:
    assert bot.slack.manifest.manifest() == manifest


def test_an_installation_has_the_manifest_inside_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.slack.manifest, "PACKAGE", tmp_path / "site-packages" / "bot")
    installed = tmp_path / "site-packages" / "bot" / "manifest.yml"
    installed.parent.mkdir(parents=True)
    installed.write_text("features: {}\n", encoding="utf-8")

    assert bot.slack.manifest.manifest() == {"features": {}}


def test_whoever_misses_the_manifest_is_told_to_install_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.slack.manifest, "PACKAGE", tmp_path / "bot")

    with pytest.raises(LedgerError, match=r"lacks manifest\.yml") as told:
        bot.slack.manifest.manifest()
    assert (told.value.code, "pip install" in told.value.remedy) == ("INSTALLATION_INCOMPLETE", True)


def test_an_installation_asks_for_the_scopes_of_the_manifest(manifest: dict[str, Any]) -> None:
    assert list(bot_scopes()) == manifest["oauth_config"]["scopes"]["bot"]
